"""The App: who is here, where they are, and what goes on while it is open."""

from __future__ import annotations

import os
import signal
from asyncio import get_running_loop
from collections.abc import Callable
from datetime import tzinfo
from threading import Timer
from uuid import uuid4

from rich.text import Text
from textual.app import App
from textual.events import Event, Key, Paste
from textual.screen import Screen

from thrumsg_tui.crash_log import keep
from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import Conversation
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.people import Action, Identity
from thrumsg_tui.domain.reassignment import Outcome
from thrumsg_tui.domain.words import ConversationSort
from thrumsg_tui.gateway.contacts import PracticeContacts
from thrumsg_tui.store.changes.holding import let_due
from thrumsg_tui.store.changes.paced import STANDS_STILL
from thrumsg_tui.store.changes.people import set_preference
from thrumsg_tui.store.changes.presence import end_presence, show_presence
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.campaigns import assignment_of_user
from thrumsg_tui.store.queries.lookup import FoundConversation
from thrumsg_tui.store.queries.people import identify, preference
from thrumsg_tui.store.queries.settings import settings
from thrumsg_tui.tui.desk import Desk
from thrumsg_tui.tui.glyphs import glyphs_for_locale
from thrumsg_tui.tui.key_queue import KeyQueue
from thrumsg_tui.tui.moves import Moves
from thrumsg_tui.tui.palette import PaletteProvider
from thrumsg_tui.tui.places import LAST_PLACE, Place, opening_place
from thrumsg_tui.tui.screens.base import CommandScreen
from thrumsg_tui.tui.screens.campaigns import CampaignsScreen
from thrumsg_tui.tui.screens.messenger import MessengerScreen
from thrumsg_tui.tui.screens.messenger_moving import CONVERSATION_SORT
from thrumsg_tui.tui.screens.over import OverScreen
from thrumsg_tui.tui.screens.overview import OverviewScreen
from thrumsg_tui.tui.shell import Waiting
from thrumsg_tui.tui.theme import THRUMSG

_ALWAYS = frozenset({"ctrl+q", "ctrl+c", "ctrl+z"})
"""Keys that do not wait for the ones before them."""

_INSIST_AFTER = 3
"""Seconds that the app has to end in once the terminal is gone or the process was told to."""

_WATCH_EVERY = 0.2
"""Seconds between two looks whether anybody wrote; a look takes microseconds."""

_PRESENCE_EVERY = 10
_PRACTICE_EVERY = 0.5
_TICK_EVERY = 30
"""Seconds after which ages, opening hours and expiries are looked at again."""


class ThrumsgApp(App[None]):
    """The terminal app over one database."""

    CSS_PATH = "app.tcss"
    TITLE = "thrumsg"
    COMMANDS = {PaletteProvider}
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, db: Database, who: Identity, zone: tzinfo) -> None:
        super().__init__()
        self.register_theme(THRUMSG)
        self.theme = THRUMSG.name
        self.desk = Desk(db)
        self.keys = KeyQueue(self, super().on_event)
        self.who = who
        self.zone = zone
        self.glyphs = glyphs_for_locale()
        self.moves = Moves(self.desk, self.glyphs)
        self.session = uuid4().hex
        self.opened_at = db.clock()
        self.place = Place()
        self.animation_level = "none"
        self._version = -1

    async def on_mount(self) -> None:
        """Open where the person was, and keep in touch with the store."""
        for ending in (signal.SIGTERM, signal.SIGHUP):
            get_running_loop().add_signal_handler(ending, self.end_by_signal, ending)
        await self._show_place(await self.desk.ask(opening_place, self.who))
        self.set_interval(_WATCH_EVERY, self._watch)
        self.set_interval(_TICK_EVERY, self._tick)
        self.set_interval(_PRESENCE_EVERY, self._show_presence)
        self.set_interval(STANDS_STILL, self._look_after_moves)
        await self._look_after_moves()
        seed = (await self.desk.ask(settings)).practice_seed
        if seed is not None:
            self._contacts = PracticeContacts(seed)
            self.set_interval(_PRACTICE_EVERY, self._let_contacts_live)

    # Places

    def go_to(self, place: Place) -> None:
        """Show the screen of a place, once the key that asked for it has been dealt with."""
        self.run_worker(self._show_place(place), group="place", exclusive=True)

    async def _show_place(
        self, place: Place, cursor_on: FoundConversation | None = None, came_from: AssignmentId | None = None
    ) -> None:
        self.place = place
        while isinstance(self.screen, OverScreen):
            await self.pop_screen()
        screen: CommandScreen
        if place.campaign_id is None:
            screen = CampaignsScreen(self.glyphs)
        elif place.assignment_id is None:
            screen = OverviewScreen(place.campaign_id, self.glyphs, came_from)
        else:
            sort = await self.desk.ask(preference, self.who.user.id, CONVERSATION_SORT)
            known = ConversationSort(sort) if sort else ConversationSort.NEEDS_REPLY
            screen = MessengerScreen(place.campaign_id, place.assignment_id, self.glyphs, sort=known)
            if cursor_on:
                screen.begin_on(cursor_on.tab, cursor_on.id)
        if isinstance(self.screen, CommandScreen):
            await self.switch_screen(screen)
        else:
            await self.push_screen(screen)
        self._remember()

    async def open_campaign(self, campaign_id: CampaignId) -> None:
        """Open a campaign: its overview, or a sender's own assignment."""
        if self.who.may(Action.VIEW_ALL):
            self.go_to(Place(campaign_id))
            return
        own = await self.desk.ask(assignment_of_user, campaign_id, self.who.user.id)
        if own is not None:
            self.go_to(Place(campaign_id, own))

    def open_messenger(self, campaign_id: CampaignId, assignment_id: AssignmentId) -> None:
        """Open the messenger on an assignment."""
        self.go_to(Place(campaign_id, assignment_id))

    def open_conversation(self, found: FoundConversation) -> None:
        """Open the messenger on a conversation, whoever holds it."""
        place = Place(found.campaign_id, found.assignment_id)
        self.run_worker(self._show_place(place, found), group="place", exclusive=True)

    def show_history(self, campaign_id: CampaignId | None, conversation: Conversation | None) -> None:
        """Show the journal over the present screen."""
        if not self.who.may(Action.VIEW_ALL):
            self._tell("The history of a campaign needs a moderator.")
            return
        from thrumsg_tui.tui.screens.history import HistoryScreen  # wanted seldom, and start-up counts

        name, its_id = (conversation.name, conversation.id) if conversation else ("", None)
        self.push_screen(HistoryScreen(campaign_id, its_id, name))

    def show_over(self, screen: Screen[None]) -> None:
        """Show a screen over the present one."""
        self.push_screen(screen)

    def resting_on_a_conversation(self) -> None:
        """Let others see which conversation is open here."""
        self.run_worker(self._show_presence(), group="presence", exclusive=True)

    def viewing(self, assignment_id: AssignmentId) -> None:
        """Remember whose assignment the messenger has turned to."""
        self.place = Place(self.place.campaign_id, assignment_id)
        self._remember()

    def go_back(self) -> None:
        """Go to the screen before, or quit from the first one."""
        if self.place.campaign_id is None:
            self.end()
        elif self.place.assignment_id is None or not self.who.may(Action.VIEW_ALL):
            self.go_to(Place())
        else:
            self.run_worker(self._show_place(Place(self.place.campaign_id), came_from=self.place.assignment_id))

    def _remember(self) -> None:
        if self.place.campaign_id is not None:  # whoever quits by way of the campaigns comes back to the last one
            self.run_worker(self.desk.do(set_preference, self.who.user.id, LAST_PLACE, str(self.place)))
        self.run_worker(self._show_presence())

    # Keys

    async def on_event(self, event: Event) -> None:
        """Let keys and pastes wait for their turn; all but those that must always work."""
        fresh = isinstance(event, Key | Paste) and not event.is_forwarded
        if fresh and not (isinstance(event, Key) and event.key in _ALWAYS):
            for each in _as_typed(event):
                self.keys.put(each)
            return
        await super().on_event(event)

    @property
    def keys_pressed(self) -> int:
        """How many keys have been taken so far, the present one among them."""
        return self.keys.taken

    @property
    def ready_for_keys(self) -> bool:
        """Whether the screen in front shows what the last key led to."""
        screen = self.screen
        return not isinstance(screen, Waiting) or screen.ready_for_keys

    # What goes on

    async def _watch(self) -> None:
        """Let the screen ask again when anybody wrote."""
        try:
            version = await self.desk.version()
        except ThrumsgError as error:
            self._tell(str(error))
            return
        if version != self._version:
            self._version = version
            await self._know_the_role()
            self.ask_again()

    async def _know_the_role(self) -> None:
        """Read again who is here: an owner may have changed their role (`docs/rules.md 8.1`)."""
        user, actor = self.who.user.login, self.who.actor.login
        try:
            self.who = await self.desk.ask(identify, actor, None if user == actor else user)
        except ThrumsgError as error:
            self._tell(str(error))

    async def _tick(self) -> None:
        await self._in_background(let_due)
        self.ask_again()

    async def _show_presence(self) -> None:
        messenger = self.place.campaign_id if self.place.assignment_id else None
        opened = self.front.opened if isinstance(self.front, MessengerScreen) else None
        try:
            await self.desk.do(show_presence, self.session, self.who.user.id, messenger, opened)
        except ThrumsgError as error:
            self._tell(str(error))

    # Moves in steps

    def finish_later(self, begun: Outcome) -> None:
        """Make the moves that a change has only begun, while everything else goes on, and say what came of them."""
        self.run_worker(self._finish(begun), group="moves")

    async def _finish(self, begun: Outcome) -> None:
        if (screen := self._under_dialogs) is None:
            return
        sentence = await self.moves.finish(begun, screen.key_line)
        if (screen := self._under_dialogs) is not None:
            screen.say(sentence)

    async def _look_after_moves(self) -> None:
        try:
            for left in await self.moves.left_by_others():
                self.run_worker(self.moves.finish(left), group="moves")
        except ThrumsgError as error:
            self._tell(str(error))

    async def _let_contacts_live(self) -> None:
        await self._in_background(self._contacts.live)

    async def _in_background(self, change: Callable[[Database], None]) -> None:
        try:
            await self.desk.do(change)
        except ThrumsgError as error:
            self._tell(str(error))

    @property
    def front(self) -> Screen[object] | None:
        """The screen in front; None once the app is ending, when things may still come in."""
        return self.screen_stack[-1] if self.screen_stack else None

    @property
    def _under_dialogs(self) -> CommandScreen | None:
        """The screen in front, dialogs aside; None once the app is ending."""
        return next((each for each in reversed(self.screen_stack) if isinstance(each, CommandScreen)), None)

    def ask_again(self) -> None:
        """Let the screen in front ask again."""
        if isinstance(self.front, CommandScreen):
            self.front.ask_again()

    def _tell(self, sentence: str) -> None:
        if isinstance(self.front, CommandScreen):
            self.front.say(sentence, warning=True)

    @property
    def settled(self) -> bool:
        """Whether nothing is under way, so that a test may look at the screen."""
        asked = not isinstance(self.screen, CommandScreen) or self.screen.settled
        return asked and self.desk.busy == 0 and not self.keys.busy

    # Ending

    def end(self) -> None:
        """Leave, keeping what is being written; also when the terminal is closed or the process is told to end."""
        for screen in self.screen_stack:
            if isinstance(screen, MessengerScreen):
                screen.store_draft_last()
        self.exit(message=self.moves.farewell)

    def end_by_signal(self, ending: signal.Signals) -> None:
        """Leave, and insist on it: a terminal that is gone may never take what is still to be written to it."""
        insist = Timer(_INSIST_AFTER, os._exit, [128 + ending])
        insist.daemon = True
        insist.start()
        self.end()

    def action_help_quit(self) -> None:
        """Say how to leave, without covering anything."""
        self._tell("q goes back, ctrl+q leaves at once; a draft is kept.")

    async def action_quit(self) -> None:
        """Leave."""
        self.end()

    def _fatal_error(self) -> None:
        """Print one line and keep the rest in a log: Textual's own report shows locals, which are people's numbers."""
        error = self._exception or RuntimeError("stopped without an error")
        self._exit_renderables.append(Text(keep(getattr(error, "error", error))))
        self._close_messages_no_wait()


def _as_typed(event: Event) -> list[Event]:
    """Undo what a slow line does to Esc and the key behind it: together they look like Alt and that key."""
    if not isinstance(event, Key) or not (event.key.startswith("alt+") and len(event.key) == len("alt+x")):
        return [event]
    typed = [Key("escape", None), Key(event.key[-1], event.character or event.key[-1])]
    for each in typed:
        each.time = event.time
    return list[Event](typed)


def run_app(db: Database, who: Identity) -> int:
    """Run the app until its user leaves; return the exit code."""
    from tzlocal import get_localzone

    app = ThrumsgApp(db, who, get_localzone())
    try:
        app.run()
    finally:
        app.desk.close()
        end_presence(db, app.session)
    return app.return_code or 0

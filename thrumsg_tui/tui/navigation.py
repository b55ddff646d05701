"""Navigation between screens; the current place is stored, and shown to others."""

from __future__ import annotations

from asyncio import Lock
from datetime import tzinfo
from os import urandom
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.screen import ModalScreen, Screen

from thrumsg_tui.domain.enums import ConversationSort
from thrumsg_tui.domain.errors import OutcomeUnknown, ThrumsgError
from thrumsg_tui.domain.permissions import Permission, needed_role
from thrumsg_tui.store.changes.preferences import set_preference
from thrumsg_tui.store.changes.presence import show_presence
from thrumsg_tui.store.queries.assignments import assignment_of_user
from thrumsg_tui.store.queries.users import preference
from thrumsg_tui.tui.notice_log import NoticeLog
from thrumsg_tui.tui.opening_route import LAST_ROUTE, Route
from thrumsg_tui.tui.painting import PaintingApp
from thrumsg_tui.tui.screens.base import CommandScreen
from thrumsg_tui.tui.store_client import StoreClient
from thrumsg_tui.tui.unstored_drafts import UnstoredDrafts

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
    from thrumsg_tui.domain.conversations import Conversation
    from thrumsg_tui.domain.preferences import Preferences
    from thrumsg_tui.domain.users import Identity
    from thrumsg_tui.store.database import Database
    from thrumsg_tui.store.queries.lookup import FoundConversation
    from thrumsg_tui.tui.carrier_view import CarrierView
    from thrumsg_tui.tui.timers import Timers


class NavigatingApp(PaintingApp):
    """An app that knows its user, its store and the way to each screen."""

    def __init__(
        self,
        db: Database,
        who: Identity,
        zone: tzinfo,
        *,
        forced_command: bool,
        preferences: Preferences,
        timers: Timers,
    ) -> None:
        super().__init__(preferences)
        self.forced_command = forced_command
        self.timers = timers
        self.store = StoreClient(db, timers.sleep)
        self.unstored = UnstoredDrafts(self.store)
        self.who = who
        self.zone = zone
        self.carrier: CarrierView | None = None
        self.session = urandom(16).hex()
        self.opened_at = db.clock()
        self.notices = NoticeLog()
        self.place = Route()
        self._on_the_way = 0
        self._turn = Lock()

    def go_to(
        self,
        place: Route,
        cursor_on: FoundConversation | None = None,
        came_from: AssignmentId | None = None,
        notice: str = "",
    ) -> None:
        """Show the screen of a route, once the current key is handled.

        Screens come up one after the other: to cancel one while it comes up would end the app.

        Args:
            place: The route.
            cursor_on: The conversation on which the messenger begins.
            came_from: The assignment on which the overview's cursor begins.
            notice: What the screen says.
        """
        self._on_the_way += 1
        self.run_worker(self._show_in_turn(place, cursor_on, came_from, notice), group="place")

    @property
    def is_on_the_way(self) -> bool:
        """Whether a requested screen is still to come."""
        return self._on_the_way > 0

    async def _show_in_turn(
        self, place: Route, cursor_on: FoundConversation | None, came_from: AssignmentId | None, notice: str
    ) -> None:
        try:
            async with self._turn:
                await self.show_place(place, cursor_on, came_from)
                if notice and isinstance(self.front, CommandScreen):
                    self.front.say(notice)
        finally:
            self._on_the_way -= 1

    async def show_place(
        self, place: Route, cursor_on: FoundConversation | None = None, came_from: AssignmentId | None = None
    ) -> None:
        """Show the screen of a route now, and remember it."""
        self.place = place
        while isinstance(self.screen, CommandScreen) and self.screen.IS_OVERLAY:
            await self.pop_screen()
        if isinstance(self.screen, CommandScreen):
            self.screen.let_go()
        screen = await self._screen_of(place, cursor_on, came_from)
        if isinstance(self.screen, CommandScreen):
            await self.switch_screen(screen)
        else:
            await self.push_screen(screen)
        self._remember()

    def push_screen(self, screen: Any, *args: Any, **kwargs: Any) -> Any:
        """Show a screen over the others."""
        self._read_styles_of(screen)
        return super().push_screen(screen, *args, **kwargs)

    def switch_screen(self, screen: Any) -> Any:
        """Show a screen in the place of another."""
        self._read_styles_of(screen)
        return super().switch_screen(screen)

    def _read_styles_of(self, screen: Screen[object]) -> None:
        """Read the style sheet of a kind of screens before its first one; those of others are not parsed again."""
        name = "dialogs.tcss" if isinstance(screen, ModalScreen) else getattr(screen, "STYLE_SHEET", "")
        path = Path(__file__).with_name(name) if name else None
        if path and not self.stylesheet.has_source(str(path)):
            self.stylesheet.read(path)
            self.stylesheet.parse()

    async def _screen_of(
        self, place: Route, cursor_on: FoundConversation | None, came_from: AssignmentId | None
    ) -> CommandScreen:
        """Make the screen of a route. Each is imported when it is needed, to start faster."""
        if place.campaign_id is None:
            from thrumsg_tui.tui.screens.campaigns import CampaignsScreen

            return CampaignsScreen(self.glyphs)
        if place.assignment_id is None:
            from thrumsg_tui.tui.screens.overview import OverviewScreen

            return OverviewScreen(place.campaign_id, self.glyphs, came_from)
        from thrumsg_tui.tui.screens.messenger.screen import MessengerScreen
        from thrumsg_tui.tui.screens.messenger.state import CONVERSATION_SORT

        sort = await self.store.query(preference, self.who.user.id, CONVERSATION_SORT)
        known = ConversationSort(sort) if sort else self.preferences.default_sort
        messenger = MessengerScreen(place.campaign_id, place.assignment_id, self.glyphs, sort=known)
        if cursor_on:
            messenger.begin_on(cursor_on.tab, cursor_on.id)
        return messenger

    async def open_campaign(self, campaign_id: CampaignId, notice: str = "") -> None:
        """Open a campaign's overview, which says `notice`, or for a sender their own assignment."""
        if self.who.may(Permission.VIEW_ALL):
            self.go_to(Route(campaign_id), notice=notice)
            return
        own = await self.store.query(assignment_of_user, campaign_id, self.who.user.id)
        if own is not None:
            self.go_to(Route(campaign_id, own))

    def open_messenger(self, campaign_id: CampaignId, assignment_id: AssignmentId) -> None:
        """Open the messenger on an assignment."""
        self.go_to(Route(campaign_id, assignment_id))

    def open_conversation(self, found: FoundConversation) -> None:
        """Open the messenger on a conversation, whoever holds it."""
        self.go_to(Route(found.campaign_id, found.assignment_id), found)

    def show_history(self, campaign_id: CampaignId | None, conversation: Conversation | None) -> None:
        """Show the journal over the current screen."""
        if not self.who.may(Permission.VIEW_ALL):
            self.tell(f"The history of a campaign needs {needed_role(Permission.VIEW_ALL)}.")
            return
        from thrumsg_tui.tui.screens.history import HistoryScreen  # rarely needed: start-up stays fast

        name, its_id = (conversation.name, conversation.id) if conversation else ("", None)
        self.push_screen(HistoryScreen(campaign_id, its_id, name))

    def show_over(self, screen: Screen[None]) -> None:
        """Show a screen over the current one."""
        self.push_screen(screen)

    def resting_on_a_conversation(self) -> None:
        """Tell others which conversation is open here."""
        self.run_worker(self.tell_presence(), group="presence", exclusive=True)

    def viewing(self, assignment_id: AssignmentId) -> None:
        """Remember the assignment that the messenger shows."""
        self.place = Route(self.place.campaign_id, assignment_id)
        self._remember()

    def go_back(self) -> None:
        """Go up to the parent screen, or quit from the first one."""
        if self.place.campaign_id is None:
            self.end()
        elif self.place.assignment_id is None or not self.who.may(Permission.VIEW_ALL):
            self.go_to(Route())
        else:
            self.go_to(Route(self.place.campaign_id), came_from=self.place.assignment_id)

    def end(self) -> None:
        """Exit."""
        self.exit()

    def _remember(self) -> None:
        if self.place.campaign_id is not None:  # quitting from the campaigns keeps the last campaign
            self.run_worker(self._remember_place(str(self.place)))
        self.run_worker(self.tell_presence())

    async def _remember_place(self, place: str) -> None:
        try:
            await self.store.execute(set_preference, self.who.user.id, LAST_ROUTE, place)
        except ThrumsgError as error:
            self.tell(str(error))

    async def tell_presence(self) -> None:
        """Tell others where the person is."""
        messenger = self.place.campaign_id if self.place.assignment_id else None
        opened = self.front.open_conversation_id if isinstance(self.front, CommandScreen) else None
        try:
            await self.store.execute(show_presence, self.session, self.who.user.id, messenger, opened)
        except OutcomeUnknown:
            return  # it is told again in some seconds, and nobody has to look whether it was stored
        except ThrumsgError as error:
            self.tell(str(error))

    @property
    def front(self) -> Screen[object] | None:
        """The front screen; None once the app is ending, when events may still arrive."""
        return self.screen_stack[-1] if self.screen_stack else None

    def tell(self, sentence: str) -> None:
        """Show a warning in the bottom line of the front screen."""
        if isinstance(self.front, CommandScreen):
            self.front.say(sentence, warning=True)

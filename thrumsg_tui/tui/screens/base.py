"""The base of all screens: commands, refreshing, and sentences in the bottom line."""

from __future__ import annotations

from asyncio import Task, create_task, timeout
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from inspect import isawaitable
from typing import TYPE_CHECKING, ClassVar, Concatenate, ParamSpec, TypeVar

from textual import on, work
from textual.actions import parse
from textual.events import DescendantBlur, DescendantFocus
from textual.geometry import Region
from textual.screen import Screen

from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.queries.settings import settings
from thrumsg_tui.tui.app_context import AppContext, app_context
from thrumsg_tui.tui.commands import Command, Facts, Scope, command, commands_of, scopes_at
from thrumsg_tui.tui.notice_log import Notice
from thrumsg_tui.tui.painting import HeldScreen
from thrumsg_tui.tui.textual_compat import end_with
from thrumsg_tui.tui.widgets.inputs import SearchInput
from thrumsg_tui.tui.widgets.key_line import KeyLine
from thrumsg_tui.tui.widgets.paged_list import PagedList
from thrumsg_tui.tui.widgets.title_line import TitleLine

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import CampaignId
    from thrumsg_tui.domain.conversations import Conversation, ConversationId
    from thrumsg_tui.store.database import Database
    from thrumsg_tui.store.queries.lookup import FoundConversation
    from thrumsg_tui.tui.widgets.line_widgets import Part

_P = ParamSpec("_P")
_Answer = TypeVar("_Answer")

ACTION = "action"
"""The group of the workers that run a key's action, with its dialogs."""

IN_TOUR = "-in-tour"
"""The class of screens that show the step of a tour."""


class CommandScreen(HeldScreen[None]):
    """A screen whose panes run their queries again whenever anybody changed anything.

    It is held until the first answers are on its panes, or have been waited for long enough.
    """

    SCOPES: ClassVar[Sequence[Scope]] = ()
    FOREMOST: ClassVar[Sequence[str]] = ("app.help",)
    """The commands that the bottom line names first, by id: in a narrow window it has no room for the others."""
    BACK_TO: ClassVar[str] = ""
    """Where going back leads, for the bottom line; empty if it is not named there."""
    LEADS_HERE: ClassVar[str] = ""
    """The command that opens this screen from everywhere, by id: here the bottom line has no use for it."""
    AUTO_FOCUS = ""  # each screen says what has the focus; None is Textual's choice
    STYLE_SHEET: ClassVar[str] = ""
    """The style sheet of this kind of screens alone, beside that of the app."""
    IS_OVERLAY: ClassVar[bool] = False
    """Whether it opens over another screen, to which going back returns."""

    def __init__(self) -> None:
        super().__init__()
        self.title_line = TitleLine(id="title")
        self.key_line = KeyLine(id="keys")
        self._stale = False
        self._asking: Task[None] | None = None
        """Runs the queries; a task costs a third of a worker of Textual's, of which nobody here looks at the states."""

    @property
    def thrumsg(self) -> AppContext:
        """The app."""
        return app_context(self)

    # Refreshing

    def ask_again(self) -> None:
        """Let the panes run their queries again; several calls before the answer count as one."""
        self._stale = True
        if self._asking is None:
            self._asking = create_task(self._ask_until_fresh(), name="ask")
            self._asking.add_done_callback(self._asked)

    async def _ask_until_fresh(self) -> None:
        try:
            while self._stale and self.is_attached:
                self._stale = False
                self._show_banner()
                self.hold(self.thrumsg.timers.hold if self.is_new else self._longest_frame)
                await self.ask_and_paint()
                with suppress(TimeoutError):
                    async with timeout(self.thrumsg.timers.hold):
                        await self.until_drawn()
        except ThrumsgError as error:
            self.say(str(error), warning=True)
        finally:
            self._asking = None
            self.release()

    def _asked(self, asking: Task[None]) -> None:
        """End the app if anything went wrong, also when the answers were drawn, as where messages are handled."""
        error = None if asking.cancelled() else asking.exception()
        if isinstance(error, Exception):
            end_with(self.app, error)

    def on_unmount(self) -> None:
        """Stop asking: nobody sees the answers."""
        if self._asking:
            self._asking.cancel()

    @property
    def _longest_frame(self) -> float:
        """For how many seconds a frame waits at most; who types into a search sees letters before what they find."""
        timers = self.thrumsg.timers
        return timers.letter if isinstance(self.focused, SearchInput) else timers.frame

    def _show_banner(self) -> None:
        """Show below the title why delivery stands still, while it does."""
        thrumsg = self.thrumsg
        if thrumsg.carrier:
            now = thrumsg.store.db.clock()
            self.title_line.show_banner(thrumsg.carrier.banner(thrumsg.who, now, thrumsg.zone), thrumsg.glyphs)

    async def ask_and_paint(self) -> None:
        """Run the screen's queries and show the answers."""
        raise NotImplementedError

    @property
    def settled(self) -> bool:
        """Whether all answers are on the screen."""
        return self._asking is None and not self.is_held

    @property
    def ready_for_keys(self) -> bool:
        """Whether the screen is settled and the last key's action is done."""
        return self.settled and not any(
            worker.group == ACTION and worker.is_running for worker in self.workers if worker.node is self
        )

    def on_screen_resume(self) -> None:
        """Refresh, since data may have changed meanwhile."""
        self.ask_again()

    @property
    def cursor_region(self) -> Region:
        lists = (each for each in self.query(PagedList) if each.has_focus or each.active)
        return next((each.cursor_region for each in lists), Region())

    # Leaving

    @property
    def open_conversation_id(self) -> ConversationId | None:
        """The conversation that others see as open here, None if there is none."""
        return None

    def let_go(self) -> None:
        """Let go of what was read, if that is much: another screen is about to be loaded, and to take its place."""

    def keep_what_is_written(self) -> None:
        """Store what the person is writing, while the app is ending."""

    # Commands

    def facts(self) -> Facts:
        """Return the facts that decide which commands are allowed."""
        thrumsg = self.thrumsg
        own_only = not thrumsg.who.may(Permission.VIEW_ALL)
        return Facts(thrumsg.who, own_only=own_only, in_tour=self.has_class(IN_TOUR))

    async def action_run_command(self, id: str, key: str = "") -> None:
        """Run a command, for the key that was pressed, or say why it is not allowed or cannot be done now."""
        if not self.is_mounted:  # the key was meant for the screen before
            return
        chosen = command(id)
        if why_not := chosen.why_not(self.facts()):
            self.say(why_not, warning=True)
            return
        self.key_line.show_keys(self.shown_commands())
        try:
            await self._run_chosen(chosen.action_for(key))
        except ThrumsgError as refusal:  # a server that is away, or a database that is locked, is no crash
            self.say(str(refusal), warning=True)
            self.ask_again()

    @cached_property
    def parts(self) -> Sequence[object]:
        """Parts that run the commands whose action the screen has not; they are made when the first of these is run."""
        from thrumsg_tui.tui.screens.undo_commands import UndoCommands

        return (UndoCommands(self),)

    async def _run_chosen(self, action: str) -> None:
        namespace, name, parameters = parse(action)
        if namespace or hasattr(self, f"action_{name}"):
            await self.run_action(action)
        elif (owner := next((part for part in self.parts if hasattr(part, f"action_{name}")), None)) is None:
            await self.app.run_action(action)  # what the app itself does, such as a tour
        elif isawaitable(done := getattr(owner, f"action_{name}")(*parameters)):
            await done

    @work(group=ACTION)
    async def run_action_worker(self, action: Callable[[], Coroutine[None, None, None]]) -> None:
        """Run an action that may wait for a dialog; the next key waits until it is done."""
        await action()

    @work(group=ACTION)
    async def find_command(self) -> None:
        """Let the user find a command of this screen by its name, and run it."""
        from thrumsg_tui.tui.dialogs.palette import Palette, entries_at

        for chosen in await self.show_dialog(Palette(entries_at(self, self.facts()))):
            await self.action_run_command(chosen.command.id)

    async def show_dialog(self, dialog: Screen[_Answer]) -> _Answer:
        """Show a dialog and return its answer; call it from a worker only."""
        answer: _Answer = await self.app.push_screen_wait(dialog)
        return answer

    @on(DescendantFocus)
    @on(DescendantBlur)
    def _name_keys(self) -> None:
        self.key_line.name_keys(self.shown_commands())

    def shown_commands(self) -> list[Command]:
        """Return the commands that the bottom line names, in the order of their importance.

        In a search, whose text takes the letters, they are those that type nothing.
        """
        if isinstance(self.focused, SearchInput):
            bound = (each.binding.id or "" for each in self.active_bindings.values())
            out = [replace(command(id), footer="clear") for id in bound if id.endswith(".escape")]
            return [*commands_of(Scope.SEARCH), *out]
        who = self.thrumsg.who
        here = [*map(command, self.FOREMOST), *commands_of(*self.SCOPES), *commands_of(Scope.EVERYWHERE)]
        back = command("app.back")
        named = (replace(each, footer=self.BACK_TO) if each is back else each for each in dict.fromkeys(here))
        return [each for each in named if each.footer and each.id != self.LEADS_HERE and not each.beyond(who)]

    async def make(
        self, change: Callable[Concatenate[Database, _P], object], *args: _P.args, **kwargs: _P.kwargs
    ) -> bool:
        """Make a change and refresh the panes; if it is refused, show why and return False."""
        try:
            await self.thrumsg.store.execute(change, *args, **kwargs)
        except ThrumsgError as refusal:
            self.say(str(refusal), warning=True)
            return False
        finally:
            self.ask_again()
        return True

    def say(self, sentence: str, *, warning: bool = False) -> None:
        """Show a sentence in the bottom line, and keep it for `action_notices`."""
        self.thrumsg.notices.add(Notice(self.thrumsg.store.db.clock(), sentence, warning))
        self.key_line.say(sentence, warning=warning)

    def uncover(self) -> None:
        """Take away a notice that covers something, but no question; one on the bottom line stays until a command."""
        if self.key_line.notice and self.covered and not self.key_line.asks:
            self.key_line.show_keys(self.shown_commands())

    def say_for(self, seconds: float, sentence: str, then: str) -> None:
        """Show `sentence` for some seconds, then `then`, unless another sentence came meanwhile."""
        self.say(sentence)
        self.set_timer(seconds, lambda: self.key_line.say(then) if self.key_line.notice == sentence else None)

    def say_progress(self, sentence: str) -> None:
        """Show in the bottom line how far work is; the next such sentence makes this one old, so it is not kept."""
        self.key_line.say(sentence)

    def action_notices(self) -> None:
        """Show the last notices."""
        from thrumsg_tui.tui.dialogs.notices import NoticesDialog

        self.app.push_screen(NoticesDialog(self.thrumsg.notices.newest_first, self.thrumsg.zone))

    def show_title(self, *path: str, others_online: int | None = None, news: str = "") -> None:
        """Show the path to the screen, the user, and news if there is room."""
        who, glyphs = self.thrumsg.who, self.thrumsg.glyphs
        left: list[Part] = [(" " + f" {glyphs.path} ".join(path), "strong")]
        name = who.user.login if who.user == who.actor else f"{who.actor.login} as {who.user.login}"
        right = f"{name} {glyphs.separator} {who.role}"
        if others_online is not None:
            right += f"   {pluralize(others_online, 'other')} online"
        told: list[Part] = [(f"  {news} ", "marked")] if news else []  # last: left out if there is no room
        self.title_line.show(left, [(right + " ", "quiet"), *told])

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from thrumsg_tui.tui.dialogs.help import HelpDialog

        scopes = dict.fromkeys([*scopes_at(self.focused or self), *self.SCOPES, Scope.LIST, Scope.EVERYWHERE])
        self.app.push_screen(HelpDialog(list(scopes), self.thrumsg.who))

    @property
    def place(self) -> tuple[CampaignId | None, Conversation | None]:
        """The current campaign and conversation."""
        facts = self.facts()
        return (facts.campaign.id if facts.campaign else None), facts.conversation

    def action_history(self) -> None:
        """Show the journal."""
        self.thrumsg.show_history(*self.place)

    @work(group=ACTION)
    async def action_lookup(self) -> None:
        """Look up a phone number, beginning with the current contact's."""
        _, conversation = self.place
        await self.look_up(conversation.phone if conversation else "")

    async def look_up(self, number: str) -> None:
        """Look up `number` (E.164), or one that is typed, and open one of its conversations."""
        from thrumsg_tui.tui.dialogs.phone_lookup import PhoneLookup

        thrumsg = self.thrumsg
        phones = (await thrumsg.store.query(settings)).phone_display(ascii_only=thrumsg.glyphs.ascii_only)
        dialog = PhoneLookup(number, thrumsg.store, thrumsg.who, thrumsg.zone, phones)
        if found := await self.show_dialog(dialog):
            thrumsg.open_conversation(found)

    @property
    def searched(self) -> str:
        """What is typed into the search of this screen."""
        return ""

    @work(group=ACTION)
    async def action_find(self) -> None:
        """Find a contact in all campaigns, beginning with what is searched here, and open their conversation."""
        from thrumsg_tui.store.queries.lookup import conversations_by_id
        from thrumsg_tui.tui.dialogs.contact_finder import ContactFinder

        thrumsg = self.thrumsg
        phones = (await thrumsg.store.query(settings)).phone_display(ascii_only=thrumsg.glyphs.ascii_only)
        for chosen in await self.show_dialog(ContactFinder(thrumsg, phones, self.searched)):
            place = (await thrumsg.store.query(conversations_by_id, [chosen.row.id])).get(chosen.row.id)
            if place is None or (place.sender != thrumsg.who.user.login and self.facts().own_only):
                self.say(f"{safe_text(chosen.row.name)} is no longer yours.", warning=True)
            else:
                thrumsg.open_conversation(place)

    def action_back(self) -> None:
        """Go up to the parent screen, or quit."""
        self.thrumsg.go_back()

    async def about_to_undo(self) -> None:
        """Store what is being written, before undo may put other text into the box."""

    async def write_again(self, found: FoundConversation) -> None:
        """Go to the box that holds the text of an undone message."""
        self.thrumsg.open_conversation(found)

    def undone(self) -> None:
        """Return to the subject of the undone change, before the panes refresh."""

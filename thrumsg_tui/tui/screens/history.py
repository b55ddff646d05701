"""The history screen: the journal, and undo of any event in it (`docs/rules.md 4.9`, `8.3`)."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on, work
from textual.strip import Strip

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.event_sentences import summary
from thrumsg_tui.domain.events import Event
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import fold, search_rows
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.wording import capitalized, pluralize
from thrumsg_tui.store.changes.undo import begin_undo
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.history import HistoryRequest, count_history, history
from thrumsg_tui.store.queries.settings import Settings, settings
from thrumsg_tui.store.queries.users import users
from thrumsg_tui.tui.commands import Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.commands.questions import LEAVE
from thrumsg_tui.tui.cursors import nearest_index
from thrumsg_tui.tui.dialogs.choice import Choice, ChoiceDialog
from thrumsg_tui.tui.dialogs.undo import undo_confirmation
from thrumsg_tui.tui.screens.base import ACTION
from thrumsg_tui.tui.screens.overlay import ListingScreen, NumbersList
from thrumsg_tui.tui.widgets.line_widgets import Part, pad
from thrumsg_tui.tui.widgets.paged_list import PagedList

_COUNTED = 2_000
"""How many events below the window are counted; of millions, nobody waits for the number."""

_NONE_BY_THEM = f"No change by anybody of that name: {key_of('overlay.escape')} clears the search."
_NONE_YET = "No change yet. What anybody does is listed here, and most of it can be undone."

_WHO = 12
"""The width of the column with who did it."""


@dataclass(frozen=True, slots=True)
class _Page:
    """Some of the events: how many there are, or at least are, the index of the first one read, and those read."""

    total: int
    is_counted: bool
    first: int
    rows: list[Event]
    settings: Settings


class HistoryList(NumbersList[Event]):
    """The events of the journal, newest first."""

    two_lines_below = 110

    def titles(self) -> tuple[Sequence[str], Sequence[str]]:
        columns = [f"{'Change':>8}  ", f"{'When':<14}", pad("Who", _WHO)]
        return columns if self.in_two_lines else [*columns, "  What"], ["Can be undone "]

    def draw(self, row: Event, index: int, line: int, width: int) -> Strip:
        base = self.cursor_look(index)
        what: Part = (safe_text(summary(row.facts, self.phones)), "quiet" if row.undone_by else "")
        if line == 1:
            return self.strip([(" " * 10, ""), what], width=width, base=base)
        state: Part = (" can be undone " if row.undoable else "", "recorded")
        if row.under_way:
            state = (" under way ", "marked")
        elif row.undone_by:
            state = (f" undone by {row.undone_by} ", "quiet")
        who = safe_text(f"{row.by} for {row.acting_for}" if row.acting_for else row.by or "automatic")
        left: list[Part] = [
            (f"{row.id:>8}  {row.at.astimezone(self.zone):%d %b %H:%M}  ", "quiet"),
            (who if self.in_two_lines else pad(who, _WHO), "strong"),
            *([] if self.in_two_lines else [("  ", ""), what]),
        ]
        return self.strip(left, [state], width=width, base=base)


class HistoryScreen(ListingScreen[Event]):
    """The journal of one campaign or all, one conversation or all, some people or all."""

    SCOPES = (Scope.HISTORY, Scope.OVERLAY)
    BINDINGS = bindings(commands_of(Scope.HISTORY))
    LEADS_HERE = "app.history"
    searches_for = "login or name of who did it"
    list: HistoryList

    def __init__(self, campaign_id: CampaignId | None, conversation_id: ConversationId | None, whose: str) -> None:
        super().__init__()
        self._campaign_id = campaign_id
        self._conversation_id = conversation_id
        self._whose = whose
        self._all_campaigns = campaign_id is None
        self._this_conversation = False
        self._traffic = False
        self._counts_all = False
        """Whether all events are counted, since the person wants to see the oldest one."""

    def make_list(self) -> HistoryList:
        return HistoryList(self.thrumsg.zone, id="history")

    def on_mount(self) -> None:
        self.show_title("History")
        super().on_mount()
        self.list.count_all = self._count_all

    async def _count_all(self) -> None:
        self._counts_all = True
        try:
            await self.ask_and_paint()
        except ThrumsgError as error:
            self.say(str(error), warning=True)

    def from_the_top(self) -> None:
        self._counts_all = False
        super().from_the_top()

    async def ask_and_paint(self) -> None:
        first, height = self.list.window
        page = await self.thrumsg.store.query(self._read, self.search.value, first, max(height, 1))
        self.list.tell_phones(page.settings.phone_display(ascii_only=self.thrumsg.glyphs.ascii_only))
        self.list.empty_text = _NONE_BY_THEM if self.search.value else _NONE_YET
        self.list.show(page.total, page.first, page.rows, self.list.cursor)
        number = pluralize(page.total, "change") if page.is_counted else f"more than {page.total} changes"
        self.summary.show([(f"  {number}: {safe_text(self._of_what)}", "quiet")])

    @property
    def _of_what(self) -> str:
        """Which changes are shown; a long name stands last."""
        traffic = "with messages" if self._traffic else "without messages"
        if self._this_conversation:
            return f"{traffic}, conversation with {self._whose}"
        return f"all campaigns, {traffic}" if self._all_campaigns else f"this campaign, {traffic}"

    def _read(self, conn: Connection, person: str, first: int, height: int) -> _Page:
        found = search_rows(users(conn), person, lambda user: f"{user.login} {user.name}")
        request = HistoryRequest(
            campaign_id=None if self._all_campaigns or self._this_conversation else self._campaign_id,
            conversation_id=self._conversation_id if self._this_conversation else None,
            people=tuple(user.id for user in found) if fold(person) else None,
            traffic=self._traffic,
        )
        at_most = None if self._counts_all else first + height + _COUNTED
        total = count_history(conn, request, at_most)
        first = nearest_index(first, total)
        return _Page(total, total != at_most, first, _events(conn, request, total, first, height), settings(conn))

    def action_all_campaigns(self) -> None:
        """Switch between this campaign's changes and all."""
        self._all_campaigns = not self._all_campaigns if self._campaign_id else True
        self._this_conversation = False
        self.from_the_top()

    def action_this_conversation(self) -> None:
        """Switch between one conversation's changes and all."""
        if self._conversation_id is None:
            self.say("Open the history from a conversation to see its changes.", warning=True)
            return
        self._this_conversation = not self._this_conversation
        self.from_the_top()

    def action_traffic(self) -> None:
        """Show or hide messages sent and received."""
        self._traffic = not self._traffic
        self.from_the_top()

    @on(PagedList.Chosen)
    @work(group=ACTION)
    async def action_take_back(self) -> None:
        """Undo the change under the cursor, after a preview."""
        if (row := self.list.row) is None:
            return
        store = self.thrumsg.store
        try:
            question = await undo_confirmation(store, self.thrumsg.who, row.id, self.list.phones, campaign=row.campaign)
        except ThrumsgError as refusal:
            whole = f"{summary(row.facts, self.list.phones)}.\n\n{refusal}"
            await self.app.push_screen_wait(ChoiceDialog(f"Change {row.id}", whole, [Choice(LEAVE, "Close", None)]))
            return
        if not await self.app.push_screen_wait(question):
            return
        try:
            outcome = await store.execute(begin_undo, self.thrumsg.who, row.id)
        except ThrumsgError as refusal:
            self.say(str(refusal), warning=True)
            return
        sentence = self.list.phones.text(outcome.sentence)
        self.say(f"{capitalized(sentence)}.")
        if outcome.under_way:
            self.thrumsg.finish_later(outcome)
        self.ask_again()


def _events(conn: Connection, request: HistoryRequest, total: int, first: int, height: int) -> list[Event]:
    """Read a window of the events, newest first, from that end of them which is nearer."""
    height = min(height, total - first)
    if first <= total - first - height:
        return history(conn, request, first, height)
    return history(conn, request, total - first - height, height, oldest_first=True)[::-1]

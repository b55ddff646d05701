"""The messenger's left pane: tabs, search, order, and the conversations of one tab."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.strip import Strip

from thrumsg_tui.domain.enums import Tab
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.queries.conversations import ListRequest
from thrumsg_tui.store.queries.list_places import Landmark
from thrumsg_tui.store.queries.messenger import MessengerView
from thrumsg_tui.tui.commands import Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.screens.messenger.count_prefix import Cursor, digit_of
from thrumsg_tui.tui.screens.messenger.state import MessengerState
from thrumsg_tui.tui.widgets.conversation_list import ConversationList
from thrumsg_tui.tui.widgets.inputs import SearchInput
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part, width_of
from thrumsg_tui.tui.widgets.tab_line import TabLine


class MessengerList(ConversationList):
    """The conversation list, with the keys of a list."""

    BINDINGS = bindings(
        [key for key in commands_of(Scope.LIST) if key.id != "list.choose"], checked=False, priority=True
    )


class CountLine(LineWidget):
    """How many conversations are listed, then by what order: a number behind that would seem to count the latter."""

    def show_count(self, count: Sequence[Part], order: str) -> None:
        """Show the number, and the order where it has room."""
        self.show(count, [(f"by {order} ", "quiet")])

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        both = [*self._left, *self._right]
        return self.strip([], both if width_of(both) <= width else self._left, width=width)


class ConversationListPane(Vertical):
    """The conversations of a tab, below its search and sort order."""

    list: MessengerList

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self._tabs = TabLine(id="tabs")
        self._count = CountLine(id="count")
        self._elsewhere: tuple[ListRequest, str] | None = None
        """Where else the search of a list has matches that has none there."""
        self.search = SearchInput(placeholder="search", id="search")

    def make_list(self, zone: tzinfo) -> None:
        """Make the list; the screen calls it before the pane comes up, since an answer may come first."""
        self.list = MessengerList(self._glyphs, zone, id="list")

    def compose(self) -> ComposeResult:
        yield self._tabs
        yield Horizontal(LineWidget(id="slash"), self.search, self._count, id="list-head")
        yield self.list

    def on_mount(self) -> None:
        self.query_one("#slash", LineWidget).show([(" / ", "quiet")])

    def show_elsewhere(self, request: ListRequest, told: str) -> None:
        """Say where else a search has matches that has none in its list."""
        self._elsewhere = request, told
        self.list.empty_text = self._nothing_matches(request)
        self.list.repaint_changed()

    def knows_elsewhere(self, request: ListRequest) -> bool:
        """Whether it is known where else the search of a list has matches."""
        return self._elsewhere is not None and self._elsewhere[0] == request

    def _nothing_matches(self, request: ListRequest) -> str:
        known_for, told = self._elsewhere or (None, "")
        return told if known_for == request else f"Nothing matches: {key_of('messenger.escape')} clears the search."

    @property
    def cursor(self) -> Cursor:
        """The cursor."""
        return Cursor(self.list.row.id if self.list.row else None, self.list.cursor)

    @property
    def landmark(self) -> Landmark | None:
        """A row in memory."""
        return Landmark(self.list.rows[0].id, self.list.first) if self.list.rows else None

    def show_state(self, state: MessengerState, before: MessengerState) -> None:
        """Show the cursor and marks of a state, and its search if `before` had another list."""
        self.list.cursor = state.cursor.index
        self.list.show_marks(state.marks)
        if state.list_request() != before.list_request():
            self.search.value = state.search

    def show(self, view: MessengerView, now: datetime) -> None:
        """Show the tabs and rows of an answer."""
        tab = view.list.tab or Tab.RESPONSES
        self._tabs.show_tabs(view.tabs, tab)
        self.list.empty_text = self._nothing_matches(view.list) if view.list.search else _why_empty(view, tab)
        self.list.tell_time(now)
        self.list.show(view.total, view.first, view.rows, view.cursor_index)
        self.list.show_drafts(view.drafts)
        marked = len(self.list.marks)
        more = "" if view.is_counted else "+"
        count: list[Part] = [(f"{marked} marked", "marked"), (" of ", "quiet")] if marked else []
        count.append((f"{view.total}{more} ", ""))
        self._count.show_count(count, f"{view.list.order.label}{self._glyphs.menu}")


def _why_empty(view: MessengerView, tab: Tab) -> str:
    """Say why a tab without a search is empty, and what to do next."""
    if tab is Tab.OPT_OUTS:
        return "Nobody of these contacts has opted out."
    if tab is not Tab.RESPONSES:
        return "Nobody is left in this tab."
    if waiting := view.tabs.get(Tab.INITIAL):
        return f"Nobody has replied yet. {digit_of(Tab.INITIAL)} has {pluralize(waiting, 'initial message')} to send."
    if not view.viewing.assigned:
        return f"No conversation is assigned here. {key_of('messenger.next_waiting')} goes to a contact who waits."
    texted, waiting_elsewhere = key_of("messenger.sent_tab"), key_of("messenger.next_waiting")
    return f"Nobody has replied yet. {texted} shows who was texted; {waiting_elsewhere} goes to who waits elsewhere."

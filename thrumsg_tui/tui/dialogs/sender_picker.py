"""The picker of a sender, to view as or to reassign to (`docs/rules.md 2.3`, `3.8`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from textual.widget import Widget

from thrumsg_tui.domain.campaigns import Assignment, AssignmentId
from thrumsg_tui.domain.sender_search import best_match, search_senders, searched_text
from thrumsg_tui.store.queries.senders import Senders
from thrumsg_tui.tui.commands import Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.dialogs.picker import Picker
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.sender_order import SenderOrder
from thrumsg_tui.tui.widgets.line_widgets import Part
from thrumsg_tui.tui.widgets.paged_list import NO_ROW
from thrumsg_tui.tui.widgets.sender_table import NOBODY, SenderHeading, SenderTable


class SenderPicker(Picker[Assignment]):
    """A picker of assignments. The arrow to the right goes to the next order, that to the left reverses it.

    The cursor starts on `current`; if that is None, on no row, so that Enter alone chooses nobody. A search goes to the
    first sender who matches, not to Unassigned.
    """

    SCOPES = (Scope.SENDER_PICKER, Scope.PICKER)
    lines_around = 6
    BINDINGS = bindings(commands_of(Scope.SENDER_PICKER), checked=False, priority=True)

    def __init__(
        self,
        title: str,
        rows: Senders,
        current: AssignmentId | None,
        order: SenderOrder,
        glyphs: Glyphs,
        *,
        waiting: Mapping[AssignmentId, datetime],
        age: Callable[[datetime], str],
        have_them: Sequence[Assignment] = (),
        note: str = "",
        on_order: Callable[[SenderOrder], None],
    ) -> None:
        table = SenderTable(glyphs, id="senders")
        table.fit_names(rows.names)
        table.show_waiting(waiting, age)
        self._rows, self._waiting, self._note = rows, waiting, note
        self._senders, self._have_them = table, have_them
        start = next((row for row in rows if row.id == current), None)
        choose, leave = key_of("picker.choose"), key_of("picker.leave")
        sort, reverse = key_of("sender_picker.sort"), key_of("sender_picker.reverse")
        hint = f"{choose} chooses, {leave} leaves, {sort} order, {reverse} reverse"
        super().__init__(title, rows, table, start=start, first_cursor=NO_ROW if current is None else 0, hint=hint)
        self._order = order
        self._glyphs = glyphs
        self._on_order = on_order
        self._heading = SenderHeading(id="heading")

    def on_resize(self) -> None:
        super().on_resize()
        self.call_after_refresh(self._show_heading)

    def above_list(self) -> Sequence[Widget]:
        return [self._heading]

    def ordered(self) -> Sequence[Assignment]:
        return self._order.sorted(self._rows, self._waiting)

    def status(self) -> Sequence[Part]:
        return [(f" {self._note}", "warning")] if self._note else []

    def searched_text(self, row: Assignment) -> str:
        return searched_text(row)

    def best_match(self, found: Sequence[Assignment], search: str) -> int:
        return best_match(found, search)

    def narrow(self, keep: Assignment | None = None) -> None:
        search = self._search.value if self._search else ""
        found = search_senders(self._have_them, search)
        self._senders.empty_text = f"Already with {found[0].shown_name}." if found else NOBODY
        super().narrow(keep)
        self._show_heading()

    def _show_heading(self) -> None:
        self._heading.show_sort(self._order.sort, self._senders, reverse=self._order.reverse, glyphs=self._glyphs)

    def action_sort(self) -> None:
        """Go to the next order."""
        self._reorder(self._order.next())

    def action_reverse(self) -> None:
        """Reverse the order."""
        self._reorder(self._order.flipped())

    def _reorder(self, order: SenderOrder) -> None:
        self._order = order
        self._on_order(order)
        self.narrow(keep=self.table.row)

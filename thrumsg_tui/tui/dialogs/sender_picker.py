"""Choosing a sender: whom to view as, or who takes over (`docs/rules.md 2.3`, `3.8`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from thrumsg_tui.domain.campaigns import Assignment, AssignmentId
from thrumsg_tui.domain.names import fold
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.sender_order import SenderOrder
from thrumsg_tui.tui.widgets.inputs import LineInput
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, heading
from thrumsg_tui.tui.widgets.paged_list import NO_ROW
from thrumsg_tui.tui.widgets.sender_table import SenderHeading, SenderTable


class SenderPicker(ModalScreen[AssignmentId | None]):
    """Type to search, arrows, Enter. Tab goes to the next order, shift+Tab turns it round.

    The cursor starts on `current`; without it on no row, so that Enter alone chooses nobody.
    """

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "move(1)", show=False, priority=True),
        Binding("up,ctrl+p", "move(-1)", show=False, priority=True),
        Binding("pagedown", "move(8)", show=False, priority=True),
        Binding("pageup", "move(-8)", show=False, priority=True),
        Binding("tab", "sort", show=False, priority=True),
        Binding("shift+tab", "reverse", show=False, priority=True),
        Binding("enter", "choose", show=False, priority=True),
        Binding("escape", "dismiss(None)", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        rows: list[Assignment],
        current: AssignmentId | None,
        order: SenderOrder,
        glyphs: Glyphs,
        *,
        ages: Mapping[AssignmentId, str],
        on_order: Callable[[SenderOrder], None],
    ) -> None:
        super().__init__()
        self._title = title
        self._all = rows
        self._current = current
        self._order = order
        self._glyphs = glyphs
        self._on_order = on_order
        self._search = LineInput(placeholder="type to search", id="search")
        self._heading = SenderHeading(id="heading")
        self.table = SenderTable(glyphs, id="senders")
        self.table.can_focus = False
        self.table.active = True
        self.table.show_ages(ages)
        self._keys = LineWidget(id="keys")

    def compose(self) -> ComposeResult:
        box = Vertical(self._search, self._heading, self.table, self._keys, classes="dialog wide")
        box.border_title = heading(self._title)
        yield box

    def on_mount(self) -> None:
        self._show_keys()
        self._search.focus()
        self._paint(keep=self._current)

    def on_input_changed(self) -> None:
        """Narrow the list."""
        self._paint(keep=None)
        self._show_keys()

    def _show_keys(self) -> None:
        self._keys.show([(" Enter chooses  Esc leaves  Tab next order  shift+Tab reverse", "quiet")])

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self._show_keys()
        self.table.action_move(rows)

    def action_sort(self) -> None:
        """Go to the next order."""
        self._reorder(self._order.next())

    def action_reverse(self) -> None:
        """Turn the order round."""
        self._reorder(self._order.flipped())

    def action_choose(self) -> None:
        """Return the sender under the cursor, or say that there is none."""
        if row := self.table.row:
            self.dismiss(row.id)
        else:
            self._keys.show([(" Choose somebody first: type a name, or use the arrows.", "warning")])

    def _reorder(self, order: SenderOrder) -> None:
        self._order = order
        self._on_order(order)
        self._paint(keep=self.table.row.id if self.table.row else None)

    def _paint(self, keep: AssignmentId | None) -> None:
        wanted = fold(self._search.value)
        rows = [each for each in self._order.sorted(self._all) if wanted in fold(each.name)]
        ids = [each.id for each in rows]
        if keep in ids:
            cursor = ids.index(keep)
        elif wanted:
            cursor = next((index for index, each in enumerate(rows) if each.user), 0)
        else:
            cursor = NO_ROW if self._current is None else 0
        self.table.show_all(rows, cursor)
        self._heading.show_sort(self._order.sort, reverse=self._order.reverse, glyphs=self._glyphs)

"""Choosing from a list: one row, or several that are marked; a search narrows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from thrumsg_tui.domain.names import fold, search_rows
from thrumsg_tui.tui.commands import Scope, bindings, commands_of
from thrumsg_tui.tui.dialogs.dialog import Dialog
from thrumsg_tui.tui.widgets.inputs import LineInput
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part, heading
from thrumsg_tui.tui.widgets.paged_list import NO_ROW, PagedList

_Row = TypeVar("_Row")


class Picker(Dialog[tuple[_Row, ...]], Generic[_Row]):
    """Returns the chosen row, or nothing if the picker was left.

    A subclass says what a search compares (`searched_text`); `table` draws the rows.
    """

    SCOPES: ClassVar[Sequence[Scope]] = (Scope.PICKER,)
    BINDINGS = bindings(commands_of(Scope.PICKER), checked=False, priority=True)
    width_class: ClassVar[str] = "wide"
    searchable: ClassVar[bool] = True
    nothing_chosen: ClassVar[str] = "Choose somebody first: type a name, or use the arrows."

    def __init__(
        self,
        title: str,
        rows: Sequence[_Row],
        table: PagedList[_Row],
        *,
        start: _Row | None = None,
        first_cursor: int = NO_ROW,
        hint: str = "",
    ) -> None:
        """Make a picker.

        Args:
            title: What is chosen; may be a text from outside.
            rows: All rows, in the order in which they are shown.
            table: The list that draws them.
            start: The row that the cursor starts on.
            first_cursor: Index of the cursor without `start`, and when a search is erased; on `NO_ROW` Enter alone
                chooses nothing.
            hint: What the keys do, in the frame.
        """
        super().__init__()
        self._title = title
        self._all = rows
        self._start = start
        self._first_cursor = first_cursor
        self._hint = hint
        self._search = LineInput(placeholder="type to search", id="search") if self.searchable else None
        self.table = table
        self.table.can_focus = False
        self.table.active = True
        self._status = LineWidget(id="keys")

    def compose(self) -> ComposeResult:
        search = [self._search] if self._search else []
        box = Vertical(*search, *self.above_list(), self.table, self._status, classes=f"dialog {self.width_class}")
        box.border_title = heading(self._title)
        box.border_subtitle = self._hint
        yield box

    def on_mount(self) -> None:
        if self._search:
            self._search.focus()
        self.narrow(keep=self._start)
        self.show_status()

    # What a subclass says

    def above_list(self) -> Sequence[Widget]:
        """The widgets between the search and the list."""
        return ()

    def ordered(self) -> Sequence[_Row]:
        """All rows in the present order."""
        return self._all

    def searched_text(self, row: _Row) -> str:
        """The text of a row that a search is looked for in."""
        raise NotImplementedError

    def is_likely(self, row: _Row) -> bool:
        """Whether the cursor may go to this row when it is found."""
        return True

    def status(self) -> Sequence[Part]:
        """What the last line says while there is nothing to warn of."""
        return ()

    def take(self, row: _Row) -> None:
        """Return the row that was chosen."""
        self.dismiss((row,))

    # Searching

    def on_input_changed(self) -> None:
        """Narrow the list to what is typed."""
        self.narrow()
        self.show_status()

    def narrow(self, keep: _Row | None = None) -> None:
        """Show the rows that match; the cursor stays on `keep`, else goes to the first likely one that was found."""
        search = self._search.value if self._search else ""
        rows = search_rows(self.ordered(), search, self.searched_text)
        if keep is not None and keep in rows:
            cursor = rows.index(keep)
        elif fold(search):
            cursor = next((index for index, row in enumerate(rows) if self.is_likely(row)), 0)
        else:
            cursor = self._first_cursor
        self.table.show_all(rows, cursor)

    # The last line

    def show_status(self) -> None:
        """Say what is so; a warning goes away."""
        self._status.show(self.status())

    def warn(self, sentence: str) -> None:
        """Say why a key did nothing, until the next one that does something."""
        self._status.show([(f" {sentence}", "warning")])

    # Keys

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.table.action_move(rows)
        self.show_status()

    def action_choose(self) -> None:
        """Return the row under the cursor, or say that there is none."""
        if row := self.table.row:
            self.take(row)
        else:
            self.warn(self.nothing_chosen)


class MarkableList(PagedList[_Row]):
    """A list that draws some rows as marked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.marked: set[_Row] = set()


class MultiPicker(Picker[_Row]):
    """Returns the marked rows, else the one under the cursor; nothing if the picker was left."""

    SCOPES = (Scope.MULTI_PICKER, Scope.PICKER)
    BINDINGS = bindings(commands_of(Scope.MULTI_PICKER), checked=False, priority=True)

    def __init__(self, title: str, rows: Sequence[_Row], table: MarkableList[_Row], *, hint: str = "") -> None:
        super().__init__(title, rows, table, hint=hint)
        self._marked = table.marked

    def status(self) -> Sequence[Part]:
        return [(f" {len(self._marked)} marked", "marked")] if self._marked else []

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take the mark off; a search is cleared, so that all are shown again."""
        if (row := self.table.row) is None:
            self.warn(self.nothing_chosen)
            return
        self._marked ^= {row}
        self.table.repaint_changed()
        if self._search and self._search.value:
            self._search.value = ""
        else:
            self.action_move(1)

    def action_choose(self) -> None:
        """Return the marked rows, in their order, else the one under the cursor."""
        if marked := tuple(row for row in self._all if row in self._marked):
            self.dismiss(marked)
        else:
            super().action_choose()

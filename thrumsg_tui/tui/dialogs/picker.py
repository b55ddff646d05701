"""Pickers: dialogs that choose one row of a list, or several marked ones; a search narrows the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from thrumsg_tui.domain.names import fold, search_rows
from thrumsg_tui.tui.commands import Scope, bindings, commands_of
from thrumsg_tui.tui.dialogs.dialog import Dialog
from thrumsg_tui.tui.dialogs.frame import Apart
from thrumsg_tui.tui.widgets.inputs import LineInput
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part, heading
from thrumsg_tui.tui.widgets.paged_list import NO_ROW, PagedList

_Row = TypeVar("_Row")

LARGEST_PART = 0.96
"""Largest part of the screen's height that a dialog takes, as in the style sheet."""
_MARKS = frozenset(key for command in commands_of(Scope.MULTI_PICKER) for key in command.keys.split())


class MarkingSearch(LineInput):
    """A search whose list has marks. The key that marks goes to the picker."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return key not in _MARKS and super().check_consume_key(key, character)


class Picker(Dialog[tuple[_Row, ...]], Generic[_Row]):
    """Return the chosen row in a tuple, which is empty if the picker was left.

    A subclass says which text of a row is searched (`searched_text`), or what a search finds (`found`).
    """

    SCOPES: ClassVar[Sequence[Scope]] = (Scope.PICKER,)
    BINDINGS = bindings(commands_of(Scope.PICKER), checked=False, priority=True)
    width_class: ClassVar[str] = "wide"
    searchable: ClassVar[bool] = True
    lines_around: ClassVar[int] = 4
    """Lines of the dialog that are no rows: the frame, the search and the last line, and what a subclass adds."""
    search_class: ClassVar[type[LineInput]] = LineInput
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
            title: The title of the frame; may be a text from outside.
            rows: All rows, in displayed order.
            table: The list that draws the rows.
            start: The row on which the cursor starts.
            first_cursor: Index of the cursor without `start`, and after a search is erased; with `NO_ROW`, Enter alone
                chooses nothing.
            hint: The keys, for the frame.
        """
        super().__init__()
        self._title = title
        self._all = rows
        self._start = start
        self._first_cursor = first_cursor
        self._hint = hint
        self._search = self.search_class(placeholder="type to search", id="search") if self.searchable else None
        self.table = table
        self.table.can_focus = False
        self.table.active = True
        self._status = LineWidget(id="keys")

    def compose(self) -> ComposeResult:
        search = [self._search] if self._search else []
        around = (*self.above_list(), self.table, *self.below_list(), self._status)
        box = Vertical(*search, *around, classes=f"dialog {self.width_class}")
        box.border_title = heading(self._title)
        box.border_subtitle = heading(self._hint)
        yield Apart(box)

    def on_resize(self) -> None:
        self._share_lines()

    def _share_lines(self) -> None:
        """Give the list as many lines as it needs, or as many as there are: the last line, too, while it is empty."""
        room = int(self.size.height * LARGEST_PART) - self.lines_around
        is_lent = self.lines_of_list() > room and not self._status.text
        self._status.display = not is_lent
        self.table.styles.height = max(min(self.lines_of_list(), room + is_lent), 1)

    def on_mount(self) -> None:
        if self._search:
            self._search.focus()
        self.narrow(keep=self._start)
        self.show_status()

    # For subclasses

    def above_list(self) -> Sequence[Widget]:
        """Return the widgets between the search and the list."""
        return ()

    def below_list(self) -> Sequence[Widget]:
        """Return the widgets between the list and the last line."""
        return ()

    def lines_of_list(self) -> int:
        """Return how many lines the list has where there is room for them."""
        return len(self._all)

    def ordered(self) -> Sequence[_Row]:
        """Return all rows in the present order."""
        return self._all

    def found(self, rows: Sequence[_Row], search: str) -> Sequence[_Row]:
        """Return the rows that a search finds."""
        return search_rows(rows, search, self.searched_text)

    def searched_text(self, row: _Row) -> str:
        """Return the text of a row in which a search looks."""
        raise NotImplementedError

    def best_match(self, found: Sequence[_Row], search: str) -> int:
        """Return the index of the row on which a search puts the cursor."""
        return 0

    def status(self) -> Sequence[Part]:
        """Return the last line, which is shown while there is no warning."""
        return ()

    def take(self, row: _Row) -> None:
        """End the picker with the chosen row."""
        self.dismiss((row,))

    # Searching

    def on_input_changed(self) -> None:
        """Narrow the list to the search."""
        self.narrow()
        self.show_status()

    def narrow(self, keep: _Row | None = None) -> None:
        """Show the rows that match, with the cursor on `keep` if that is one, else on the best match."""
        search = self._search.value if self._search else ""
        rows = self.ordered()
        if fold(search):
            rows = self.found(rows, search)
        if keep is not None and keep in rows:
            cursor = rows.index(keep)
        elif fold(search):
            cursor = self.best_match(rows, search)
        else:
            cursor = self._first_cursor
        self.table.show_all(rows, cursor)

    # The last line

    def show_status(self) -> None:
        """Show `status` in the last line, in place of a warning."""
        self._tell(self.status())

    def warn(self, sentence: str) -> None:
        """Show why a key did nothing, until the next key that does something."""
        self._tell([(f" {sentence}", "warning")])

    def _tell(self, parts: Sequence[Part]) -> None:
        self._status.show(parts)
        self._share_lines()

    # Keys

    def action_leave(self) -> None:
        """Clear the search, or else leave without choosing."""
        if self._search and self._search.value:
            self._search.value = ""
        else:
            self.dismiss(())

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.table.action_move(rows)
        self.show_status()

    def action_choose(self) -> None:
        """Take the row under the cursor, or warn that there is none."""
        if row := self.table.row:
            self.take(row)
        else:
            self.warn(self.nothing_chosen)


class MarkableList(PagedList[_Row]):
    """A list with marked rows."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.marked: set[_Row] = set()


class MultiPicker(Picker[_Row]):
    """Return the marked rows, else the one under the cursor; an empty tuple if the picker was left."""

    SCOPES = (Scope.MULTI_PICKER, Scope.PICKER)
    search_class = MarkingSearch
    BINDINGS = bindings(commands_of(Scope.MULTI_PICKER), checked=False, priority=True)

    def __init__(self, title: str, rows: Sequence[_Row], table: MarkableList[_Row], *, hint: str = "") -> None:
        super().__init__(title, rows, table, hint=hint)
        self._marked = table.marked

    def status(self) -> Sequence[Part]:
        return [(f" {len(self._marked)} marked", "marked")] if self._marked else []

    def action_mark(self) -> None:
        """Mark or unmark the row under the cursor, and clear the search, so that all rows are shown again."""
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
        """End the picker with the marked rows in order, else with the row under the cursor."""
        if marked := tuple(row for row in self._all if row in self._marked):
            self.dismiss(marked)
        else:
            super().action_choose()

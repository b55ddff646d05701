"""The table of senders with state, progress and Needs Reply (`docs/rules.md 2.2`), and the list of names that it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar, assert_never

from rich.cells import cell_len
from textual.strip import Strip

from thrumsg_tui.domain.campaigns import Assignment, AssignmentId
from thrumsg_tui.domain.enums import SenderSort
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part, fit_person, pad, separated, width_of
from thrumsg_tui.tui.widgets.paged_list import PagedList
from thrumsg_tui.tui.widgets.progress_bar import progress_bar

_ROOMY = 90
"""From this width on, in cells, the online state is a word; below it is a dot."""

_SLIM = 66
"""Below this width, in cells, progress has its numbers only."""

_LEAST_OF_NAMES = 26
"""The least width of a column of names, with the gap behind them, so that few short names make no narrow table."""

_GAP = 2

_Row = TypeVar("_Row")


class NamesList(PagedList[_Row]):
    """A list whose column of names is as wide as the longest one, where there is room for that."""

    _longest = 0

    def width_of_others(self, width: int) -> int:
        """Return the cells of all that is no name in a row of a width."""
        raise NotImplementedError

    def fit_names(self, names: Iterable[str]) -> bool:
        """Make the column of names as wide as the longest of some needs; return whether it was not so before."""
        before, self._longest = self._longest, max(map(_width, names), default=0)
        return self._longest != before

    def spare(self, width: int) -> int:
        """Return how many cells of a row of a width are left over at its right end."""
        return max(width - self.width_of_others(width) - max(self._longest + _GAP, _LEAST_OF_NAMES), 0)

    @property
    def beside_rows(self) -> int:
        """The columns right of what rows show: those that are left over, and that of the scrollbar."""
        return super().beside_rows + self.spare(self.scrollable_content_region.width)


def _width(name: str) -> int:
    return len(name) if name.isascii() else cell_len(name)  # of thousands, nearly all are


def sorted_by(current: SenderSort, column: SenderSort, *, reverse: bool, glyphs: Glyphs) -> str:
    """Return an arrow with the direction if the table is sorted by this column, else nothing."""
    if current is not column:
        return ""
    return f" {glyphs.up if reverse else glyphs.down}"


class SenderHeading(LineWidget):
    """The column titles of a sender table."""

    _sorted: tuple[SenderSort, SenderTable, bool, Glyphs] | None = None

    def show_sort(self, sort: SenderSort, table: SenderTable, *, reverse: bool, glyphs: Glyphs) -> None:
        """Show the titles above the columns of a table, and an arrow at the one by which it is sorted."""
        self._sorted = sort, table, reverse, glyphs
        self.show(*self._titles(sort, table, reverse, glyphs))

    def render_line(self, y: int) -> Strip:
        """Draw the titles above the columns as they are now: the table may have got a scrollbar since."""
        if self._sorted:
            self._left, self._right = self._titles(*self._sorted)
        return super().render_line(y)

    def _titles(
        self, sort: SenderSort, table: SenderTable, reverse: bool, glyphs: Glyphs
    ) -> tuple[Sequence[Part], Sequence[Part]]:
        width = table.scrollable_content_region.width or self.size.width
        first, *others = (
            _column_heading(column, sorted_by(sort, column, reverse=reverse, glyphs=glyphs), width)
            for column in SenderSort
        )
        status = " Status   " if width >= _ROOMY else ""
        right = "".join(others) + " " * table.beside_rows
        return [(first, "quiet")], [(status, "quiet"), (right, "quiet")]


def _column_heading(column: SenderSort, arrow: str, width: int) -> str:
    """Align the title of a column with its cells, and add the titles of the cells beside it."""
    title = column.label + arrow
    match column:
        case SenderSort.SENDER:
            return f"  {title}"
        case SenderSort.PROGRESS:
            return f"{title:>11} " if width < _SLIM else f"{'Sent/assigned':>15}  {title:<10} "
        case SenderSort.NEEDS_REPLY:
            return f"{title:>13} "
        case SenderSort.WAITING:
            return f"{title:>7} "
        case _:
            assert_never(column)


NOBODY = f"No sender of this campaign matches; {key_of('senders.add')} on the overview adds somebody."


class SenderTable(NamesList[Assignment]):
    """All assignments of a campaign, Unassigned first."""

    empty_text = NOBODY

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.marks: set[AssignmentId] = set()
        self._glyphs = glyphs
        self._waiting: Mapping[AssignmentId, datetime] = {}
        self._age: Callable[[datetime], str] = str
        self._among: Collection[AssignmentId] | None = None

    def show_waiting(
        self,
        since: Mapping[AssignmentId, datetime],
        age: Callable[[datetime], str],
        among: Collection[AssignmentId] | None = None,
    ) -> None:
        """Show for each assignment how long its longest waiting contact has waited.

        Args:
            since: Since when that contact waits.
            age: Says how long ago a time is; asked only for the rows that are seen.
            among: The assignments of which that is known, None for all.
        """
        self._waiting, self._age, self._among = since, age, among
        self.repaint_changed()

    @property
    def nearby(self) -> list[AssignmentId]:
        """The assignments in sight, and as many before and after them, also before the table has its size."""
        lines = max(self.visible_rows, self.app.size.height)
        first = max(0, self.scroll_offset.y - lines)
        return [row.id for row in self.rows[first : first + 3 * lines]]

    @property
    def lacks_waiting(self) -> bool:
        """Whether it is in sight of some assignment how many wait, but not known for how long."""
        top = self.scroll_offset.y
        return any(map(self._lacks, self.rows[top : top + self.visible_rows]))

    def _lacks(self, row: Assignment) -> bool:
        return self._among is not None and row.needs_reply > 0 and row.id not in self._among

    def width_of_others(self, width: int) -> int:
        return len("  ") + (60 if width >= _ROOMY else 53 if width >= _SLIM else 37)

    def draw(self, row: Assignment, index: int, line: int, width: int) -> Strip:
        glyphs = self._glyphs
        roomy, slim = width >= _ROOMY, width < _SLIM
        state: Part = (" " * (10 if roomy else 3), "")
        if row.user and row.online:
            state = (f" {glyphs.dot} online " if roomy else f" {glyphs.dot} ", "recorded")
        elif row.user and roomy:
            state = (" offline  ", "quiet")
        since = self._waiting.get(row.id)
        if self._lacks(row):
            self.post_message(self.WindowWanted())
        needs_reply = f"{row.needs_reply:>13} "
        right: list[Part] = [
            state,
            (pad(f"{row.texted}/{row.assigned}", 11 if slim else 15, right=True) + " ", ""),
            ("" if slim else f" {progress_bar(row.texted, row.assigned, 10, glyphs)} ", "quiet"),
            (needs_reply, "strong" if row.needs_reply else "quiet"),
            (f"{self._age(since) if since else '':>7} " + " " * self.spare(width), "quiet"),
        ]
        mark: Part = (f"{glyphs.mark} " if row.id in self.marks else "  ", "marked")
        room = max(width - width_of(right) - 2, 1)
        name: Part = (fit_person(separated(safe_text(row.shown_name)), room), "" if row.user else "accent")
        return self.strip([mark, name], right, width=width, base=self.cursor_look(index))

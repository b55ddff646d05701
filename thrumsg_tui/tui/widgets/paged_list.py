"""A list of any length that keeps only the rows near its window in memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from thrumsg_tui.tui.cursors import nearest_index
from thrumsg_tui.tui.textual_compat import refresh_scrollbars
from thrumsg_tui.tui.widgets.line_widgets import StripWidget

_Row = TypeVar("_Row")

NO_ROW = -1
"""The cursor's index while it is on no row."""


async def _nothing() -> None:
    """Wait for nothing."""


def thumb_start(y: float, height: int, lines: int) -> int:
    """Return where Textual draws a scrollbar's thumb, in eighths of a cell.

    Args:
        y: The first line of the window.
        height: The height of the window.
        lines: The number of all lines.
    """
    if lines <= height:
        return 0
    room = height - max(1, height * height / lines)
    return int(room * y / (lines - height) * 8)


class PagedList(StripWidget, ScrollView, Generic[_Row], can_focus=True):
    """A list of rows with a cursor. The screen shows it a window of rows; `WindowWanted` asks for others.

    A move of the cursor calls `on_move` at once, so that the pane beside the list follows in the same frame.
    """

    DEFAULT_CSS = "PagedList { scrollbar-size-vertical: 1; overflow: hidden auto; }"
    row_height = reactive(1)
    empty_text = ""
    """What stands in place of the rows if there are none: why, and what to do next."""

    class Chosen(Message):
        """Enter was pressed on a row."""

    class WindowWanted(Message):
        """The list has to draw rows that are not in memory."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, PagedList.WindowWanted)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.total = 0
        self.cursor = 0
        self.active = False
        """Whether the cursor looks focused although the focus is elsewhere, as in a search above the list."""
        self.on_move: Callable[[], None] = lambda: None
        self.count_all: Callable[[], Awaitable[None]] = _nothing
        """Called before a move to the last row: returns once `total` counts all rows."""
        self._first = 0
        self._rows: Sequence[_Row] = ()
        self._place = 0, 0, 1
        """The width and the height of the rows, and the first line in sight, when lines were last drawn."""
        self._painted: dict[int, Strip] = {}
        """The lines as they were painted last; empty while all are still to be painted."""

    # Content

    def show(self, total: int, first: int, rows: Sequence[_Row], cursor: int) -> None:
        """Show a window of rows.

        Args:
            total: How many rows there are.
            first: Index of the first row in the window.
            rows: The rows in the window.
            cursor: Index of the cursor; the nearest row if there is none at it, no row for `NO_ROW`.
        """
        cursor = cursor if cursor == NO_ROW else nearest_index(cursor, total)
        if total and (total, first, rows, cursor) == (self.total, self._first, self._rows, self.cursor):
            return
        self.total, self._first, self._rows, self.cursor = total, first, rows, cursor
        self._measure()
        self._scroll_to_cursor()
        self.repaint_changed()

    def show_all(self, rows: Sequence[_Row], cursor: int) -> None:
        """Show all rows of a list that is in memory; `cursor` as in `show`."""
        self.show(len(rows), 0, rows, cursor)

    # State

    @property
    def row(self) -> _Row | None:
        """The row under the cursor; None if it is not in memory or there is none."""
        return self.row_at(self.cursor)

    def row_at(self, index: int) -> _Row | None:
        """Return the row at an index, None if it is not in memory."""
        offset = index - self._first
        return self._rows[offset] if 0 <= offset < len(self._rows) else None

    @property
    def rows(self) -> Sequence[_Row]:
        """The rows in memory."""
        return self._rows

    @property
    def first(self) -> int:
        """The index of the first row in memory."""
        return self._first

    @property
    def window(self) -> tuple[int, int]:
        """First index and number of the rows to keep in memory: the visible ones, and as many before and after them."""
        visible = self.visible_rows
        return max(0, self.scroll_offset.y // self.row_height - visible), visible * 3

    @property
    def beside_rows(self) -> int:
        """The columns right of the rows: that of the scrollbar, if there is one."""
        return self.size.width - self.scrollable_content_region.width

    @property
    def visible_rows(self) -> int:
        """The number of rows that fit into the window."""
        return max(1, self.size.height // self.row_height)

    @property
    def cursor_region(self) -> Region:
        """Where the row under the cursor is on the screen, as far as it is in sight."""
        if self.row is None:
            return Region()
        top = self.cursor * self.row_height - self.scroll_offset.y
        return Region(0, top, self.size.width, self.row_height).translate(self.region.offset).intersection(self.region)

    # Moving

    def move(self, index: int) -> None:
        """Put the cursor on an index, or on the nearest row."""
        index = nearest_index(index, self.total)
        if index == self.cursor:
            return
        before, self.cursor = self.cursor, index
        if not self._scroll_to_cursor():
            self.repaint_row(before)
            self.repaint_row(index)
        self.on_move()

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self.move(self.cursor + rows)

    def action_move_page(self, pages: float) -> None:
        """Move the cursor by pages or half pages."""
        self.move(self.cursor + round(pages * self.visible_rows))

    def action_first(self) -> None:
        """Go to the first row."""
        self.move(0)

    async def action_last(self) -> None:
        """Go to the last row."""
        await self.count_all()
        self.move(self.total - 1)

    def action_choose(self) -> None:
        """Post `Chosen` for the row under the cursor."""
        if self.total:
            self.post_message(self.Chosen())

    # Drawing

    def draw(self, row: _Row, index: int, line: int, width: int) -> Strip:
        """Draw one line of a row."""
        raise NotImplementedError

    def draw_empty(self, line: int, width: int) -> Strip:
        """Draw a line of a list without rows, which says why it is empty and what to do next (`empty_text`)."""
        lines = self.wrapped(self.empty_text, width - 4)
        return self.strip([(f"  {lines[line]}", "quiet")] if line < len(lines) else [], width=width)

    def cursor_look(self, index: int) -> str:
        """Return the look of a row: that of the cursor if it is there, else the plain one."""
        if index != self.cursor:
            return ""
        return "cursor" if self.has_focus or self.active else "blurred"

    def render_lines(self, crop: Region) -> list[Strip]:
        self._find_place()
        return super().render_lines(crop)

    def _find_place(self) -> None:
        """Look where the rows are: once for all lines, since Textual computes it anew whenever it is asked."""
        width = self.scrollable_content_region.width or self.size.width
        self._place = width, self.row_height, self.scroll_offset.y

    def render_line(self, y: int) -> Strip:
        self._painted[y] = strip = self._line(y)
        return strip

    def _line(self, y: int) -> Strip:
        width, height, top = self._place
        index, line = divmod(y + top, height)
        if index >= self.total:
            return self.draw_empty(y, width) if not self.total else Strip.blank(width, self.style_of_lines)
        row = self.row_at(index)
        if row is None:
            self.post_message(self.WindowWanted())
            return Strip.blank(width, self.style_of_lines)
        strip = self.draw(row, index, line, width)
        return self._parted_from_scrollbar(strip) if index == self.cursor and self.show_vertical_scrollbar else strip

    def _parted_from_scrollbar(self, strip: Strip) -> Strip:
        """Leave the last cell of the row under the cursor plain: some terminals show both in one colour."""
        row, last = strip.divide([strip.cell_length - 1, strip.cell_length])
        return strip if last.text.strip() else Strip.join([row, Strip.blank(1, self.style_of_lines)])

    def watch_row_height(self) -> None:
        self._measure()
        self._scroll_to_cursor()

    def let_go(self) -> None:
        """Let go of the rows: what is left of a screen stays in memory until somebody looks for garbage."""
        self._rows = ()
        self._painted = {}

    def on_unmount(self) -> None:
        self.let_go()

    def on_focus(self) -> None:
        self.repaint_row(self.cursor)

    def on_blur(self) -> None:
        self.repaint_row(self.cursor)

    def on_resize(self) -> None:
        self._measure()
        self._scroll_to_cursor()

    def _measure(self) -> None:
        size = Size(self.size.width, max(self.total * self.row_height, self.size.height))
        if size != self.virtual_size:  # a change makes Textual lay out the screen again
            self.virtual_size = size
            refresh_scrollbars(self)  # Textual does this only when the widget's own size changes

    def repaint_changed(self) -> None:
        """Paint only the lines that changed: each line costs bytes, and these take time over a slow connection."""
        if not self._painted:
            return
        width, height = self.size
        self._find_place()
        for y in range(height):
            before, after = self._painted.get(y), self._line(y)
            if after is not before and after != before:
                self.refresh(Region(0, y, width, 1))

    def repaint_row(self, index: int) -> None:
        """Paint a row again."""
        if index == NO_ROW:
            return
        top = index * self.row_height - self.scroll_offset.y
        self.refresh(Region(0, top, self.size.width, self.row_height))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Paint the lines, and the scrollbar only if its thumb moves: in a long list it seldom does."""
        bar, height, lines = self.vertical_scrollbar, self.size.height, self.virtual_size.height
        if thumb_start(new_value, height, lines) != thumb_start(bar.position, height, lines):
            bar.position = new_value
        if round(old_value) != round(new_value):
            self.refresh(Region(0, 0, self.scrollable_content_region.width, height))

    def _scroll_to_cursor(self) -> bool:
        """Scroll as little as needed to make the cursor visible; return whether anything moved.

        A list that is out of sight stays where it was until it is shown again.
        """
        seen, row = self.size.height, self.row_height
        if not seen:
            return False
        top, height = max(self.cursor, 0) * row, max(seen, row)
        before, last = self.scroll_offset.y, max(self.virtual_size.height - height, 0)
        after = min(max(before, top + row - height), top, last)
        if after == before:
            return False
        self.set_scroll(None, after)  # `scroll_to` looks four times what the last line is, and for animations
        self.set_reactive(PagedList.scroll_target_y, after)
        self.watch_scroll_y(before, after)
        self._painted.clear()
        return True

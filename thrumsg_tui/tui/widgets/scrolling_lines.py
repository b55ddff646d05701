"""The base of widgets that draw all their lines for a width, and scroll them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from thrumsg_tui.tui.textual_compat import refresh_scrollbars
from thrumsg_tui.tui.widgets.line_widgets import StripWidget


class ScrollingLines(StripWidget, ScrollView):
    """Lines that scroll. A subclass draws all of them for a width (`lines`)."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strips: list[Strip] = []
        self._made_for = (0, 0)

    def lines(self, width: int) -> list[Strip]:
        """Draw all lines for a width in cells."""
        raise NotImplementedError

    def remake(self) -> None:
        """Draw the lines again, because their content has changed."""
        self._make()
        if self.scrollable_content_region.width not in {0, self._made_for[0]}:
            self._make()  # a scrollbar appeared or disappeared

    def _make(self) -> None:
        width = self.scrollable_content_region.width or self.size.width
        self._made_for = (width, self.size.height)
        if width <= 0:
            return  # hidden: drawn when it is shown
        before, self._strips = self._strips, self.lines(width)
        size = Size(width, max(len(self._strips), self.size.height))
        if size == self.virtual_size:
            self._repaint_other_than(before)
        else:
            self.virtual_size = size
            self.refresh()
            refresh_scrollbars(self)  # Textual does this only when the widget's own size changes

    def _repaint_other_than(self, before: Sequence[Strip]) -> None:
        """Paint only the lines that changed: each line costs bytes, and these take time over a slow connection."""
        top = self.scroll_offset.y
        for y in range(self.size.height):
            if self._strips[top + y : top + y + 1] != before[top + y : top + y + 1]:
                self.refresh(Region(0, y, self.size.width, 1))

    def on_resize(self) -> None:
        if (self.scrollable_content_region.width, self.size.height) != self._made_for:
            self.remake()

    def on_show(self) -> None:
        self.call_later(self.on_resize)

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        width = self.size.width
        if index < len(self._strips):
            return self._strips[index].adjust_cell_length(width, self.style_of_lines)
        return Strip.blank(width, self.style_of_lines)

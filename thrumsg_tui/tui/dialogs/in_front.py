"""A screen that stands before another one, which is seen around it in quieter colours."""

from __future__ import annotations

from typing import Generic, Self, TypeVar

from textual import events, on
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.strip import Strip

from thrumsg_tui.tui.compositor import draw_by_line
from thrumsg_tui.tui.painting import StyledScreen
from thrumsg_tui.tui.textual_compat import dimmed_screen, keep_drawing

_Result = TypeVar("_Result")


class ScreenInFront(StyledScreen[_Result], ModalScreen[_Result], Generic[_Result]):
    """A screen before another one. It is drawn as a whole when it opens, and not once more, as Textual would."""

    def __init__(self) -> None:
        super().__init__()
        draw_by_line(self)

    @on(events.ScreenResume)
    def _draw_whole_once(self) -> None:
        if not self.outer_size:  # then it is laid out and drawn within this event, and would be once more soon after
            self.call_next(keep_drawing, self)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Ask to be drawn, or laid out: a new layout paints by itself what it has moved."""
        return super().refresh(*regions, repaint=repaint and not layout, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw what is seen of the screen below, which in a larger window still has the size from before."""
        stack = self.app.screen_stack
        if self not in stack[1:]:
            return super().render_lines(crop)
        style = self.rich_style
        below = dimmed_screen(stack[stack.index(self) - 1], self.styles.background, style, crop.line_range)
        lines = [line.crop(*crop.column_span).adjust_cell_length(crop.width, style) for line in below]
        return lines + [Strip.blank(crop.width, style)] * (crop.height - len(lines))

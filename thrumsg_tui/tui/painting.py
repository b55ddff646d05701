"""What the app writes to the terminal: only what differs from what the terminal shows."""

from __future__ import annotations

from rich.console import COLOR_SYSTEMS, RenderableType
from textual.app import App
from textual.events import Event, Resize
from textual.screen import Screen

from thrumsg_tui.tui.frame_buffer import FrameBuffer
from thrumsg_tui.tui.textual_compat import ChopsUpdate, LayoutUpdate, RenderedUpdate, is_displaying, size_of, strips_of


class PaintingApp(App[None]):
    """An app that writes only the cells that changed."""

    def __init__(self) -> None:
        super().__init__()
        self._frame_buffer = FrameBuffer()

    def action_redraw(self) -> None:
        """Write the whole screen again."""
        self._frame_buffer.forget()
        if self.screen_stack:
            self.screen.refresh()

    async def on_event(self, event: Event) -> None:
        """Handle an event; after a change of the terminal that left its size, such as a suspension, write all again."""
        is_same_size = isinstance(event, Resize) and event.size == self.size
        await super().on_event(event)
        if is_same_size:
            self.action_redraw()

    def _check_resize(self) -> None:
        """Lay out the screens in a new size, and write all again: terminals differ in what they do to old content."""
        super()._check_resize()
        self.action_redraw()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Write what differs from what the terminal shows."""
        if isinstance(renderable, LayoutUpdate | ChopsUpdate) and is_displaying(self):
            color_system = COLOR_SYSTEMS[self.console.color_system or "truecolor"]
            output = self._frame_buffer.draw(size_of(renderable), strips_of(renderable), color_system)
            renderable = RenderedUpdate(output) if output else None  # type: ignore[assignment]  # Textual's own kind
        super()._display(screen, renderable)

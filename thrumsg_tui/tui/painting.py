"""What the app writes to the terminal: whole screens, and of these only what differs from what it shows."""

from __future__ import annotations

import os
from asyncio import TimerHandle, get_running_loop, sleep
from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from rich.console import RenderableType
from textual import events, on
from textual.app import App
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from thrumsg_tui.tui.compositor import LinesOver, draw_by_line
from thrumsg_tui.tui.directions import MARK, draws_marks
from thrumsg_tui.tui.frame_buffer import FrameBuffer
from thrumsg_tui.tui.glyphs import glyphs_for
from thrumsg_tui.tui.rendition import terminal_theme
from thrumsg_tui.tui.textual_compat import (
    ChopsUpdate,
    LayoutUpdate,
    RenderedUpdate,
    StripsUpdate,
    announce_repaints,
    draw_now,
    has_work,
    is_batching,
    is_displaying,
    refresh_now,
    size_of,
    strips_of,
    take_undrawn,
)
from thrumsg_tui.tui.theme import color_system_of, is_light, tells_light, theme_for

if TYPE_CHECKING:
    from textual.await_remove import AwaitRemove
    from textual.dom import DOMNode
    from textual.events import Key
    from textual.filter import LineFilter

    from thrumsg_tui.domain.preferences import Preferences

_Result = TypeVar("_Result")

_MOMENT = 0.001
"""Seconds in which the widgets of a new screen do what they have to do, before it is looked at again."""


class StyledScreen(Screen[_Result], Generic[_Result]):
    """A screen whose styles are right whenever it comes to the front, and of which a new focus paints only the widgets.

    It says when it takes keys: a screen that shows the result of a key with a delay overrides that.

    Textual styles all its widgets again, in case its theme changed meanwhile. Here that stays, whatever the terminal
    shows for its colours, and a change of a class or of the focus styles the widgets at once, behind other screens too.
    """

    focused = reactive[Widget | None](None, repaint=False)

    @on(events.ScreenResume)
    def _keep_styles(self, event: events.ScreenResume) -> None:
        event.refresh_styles = False

    @property
    def ready_for_keys(self) -> bool:
        """Whether the screen shows the result of the last key."""
        return True

    def takes_early(self, key: Key) -> bool:
        """Whether the screen takes a key before it shows the result of the last one."""
        return False

    @property
    def to_be_painted(self) -> bool:
        """Whether a key would be stale until the screen is painted."""
        return False

    def was_painted(self) -> None:
        """Note that the drawing was written to the terminal."""


class HeldScreen(StyledScreen[_Result], Generic[_Result]):
    """A screen of which nothing is drawn while it is held: until then the terminal shows what it showed before.

    A new screen is held, so that it appears at once and whole, and not first as empty panes. So is one that has run a
    query for a key, so that the key and all that follows from it change in one frame.
    """

    is_held = True
    is_new = True
    """Whether it was never drawn."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._drawing = draw_by_line(self)
        self._end_of_hold: TimerHandle | None = None
        self._undrawn: set[Region] = set()
        """What was to be drawn while the screen was held."""
        self._was_to_draw = False
        """Whether a refresh found something to draw."""

    def hold(self, seconds: float) -> None:
        """Draw nothing until the screen is released, but at most for some seconds."""
        if self._end_of_hold is None:
            self.is_held = True
            self._end_of_hold = get_running_loop().call_later(seconds, self._draw_held)

    def release(self) -> None:
        """Draw what was held back, as soon as the screen knows all that its widgets have to draw."""
        if self.is_held:  # else the widgets tell in their own time
            if announce_repaints(self):
                self._draw_held()
            else:
                self.call_later(self._draw_held)

    @property
    def stays_in_sight(self) -> Widget | None:
        """The widget over which no lines are drawn; None if there is none."""
        return None

    @property
    def cursor_region(self) -> Region:
        """Where the row of the cursor is, over which no lines are drawn; empty if there is none."""
        return Region()

    def draw_over(self, lines: LinesOver | None) -> None:
        """Draw lines over the lowest rows when a widget is next painted; None ends that (`LineCompositor`)."""
        self._drawing.draw_over(lines, self.stays_in_sight, lambda: self.cursor_region)

    @property
    def covered(self) -> Region:
        """Where lines are drawn over the widgets; empty where there are none."""
        return self._drawing.covered

    def draw_at_once(self) -> None:
        """Draw in this call all there is to draw, although the message queue of the screen may be blocked."""
        if not self.is_new:
            announce_repaints(self)
            self.is_held = True
            self._draw_held()

    def _draw_held(self) -> None:
        if self.is_held:
            self.is_held = self.is_new = False
            if self._end_of_hold:
                self._end_of_hold.cancel()
                self._end_of_hold = None
            undrawn, self._undrawn = self._undrawn, set()
            draw_now(self, undrawn)

    async def until_drawn(self) -> None:
        """Wait until no widget of a new screen has anything left to do, and a refresh then finds nothing to draw."""
        is_idle = False
        while self.is_new and not is_idle:
            is_busy = is_batching(self.app) or any(map(has_work, (self, *self.walk_children(Widget))))
            await sleep(_MOMENT)
            self._was_to_draw = False
            refresh_now(self)
            is_idle = not is_busy and not self._was_to_draw

    def _compositor_refresh(self) -> None:
        """Draw, except while the screen is held."""
        if self.is_held and self is self.app.screen:
            self._was_to_draw = True
            self._undrawn |= take_undrawn(self)
        else:
            super()._compositor_refresh()


class PaintingApp(App[None]):
    """An app that writes only the cells that changed."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.preferences = preferences
        self.glyphs = glyphs_for(preferences.ascii, os.environ)
        self._draws_marks = draws_marks(os.environ)
        self._frame_buffer = FrameBuffer()
        self._color_system = color_system_of(os.environ, self.console.color_system)
        self._is_light = tells_light(os.environ)
        self.terminal_theme = terminal_theme(self._theme_name())
        """What the terminal shows for the colours that widgets paint."""
        self._terminal_size: Size | None = None
        """The size that the terminal told last."""

    def get_default_screen(self) -> Screen[object]:
        """Return the screen below the first one, which is never seen."""
        return HeldScreen(id="_default")

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return none: the theme says what the terminal shows, also without colours."""
        return ()

    @property
    def is_colored(self) -> bool:
        """Whether the terminal shall show colours."""
        return self.terminal_theme.name != "monochrome"

    @property
    def asks_for_background(self) -> bool:
        """Whether the theme depends on the background of the terminal, and the terminal may tell it."""
        return self.preferences.theme == "auto" and self.is_colored and os.environ.get("TERM") != "linux"

    def background_told(self, red: float, green: float, blue: float) -> None:
        """Show the theme for the background of the terminal, in parts from 0 to 1."""
        self._is_light = is_light(red, green, blue)
        theme = terminal_theme(self._theme_name())
        if theme is not self.terminal_theme:
            self.terminal_theme = theme
            self.action_redraw()

    def _theme_name(self) -> str:
        return theme_for(self.preferences.theme, self._color_system, is_light=self._is_light)

    def _written(self, text: str) -> str:
        return self.glyphs.written(text.replace(MARK, "") if self._draws_marks else text)

    def action_redraw(self) -> None:
        """Write the whole screen again."""
        self._frame_buffer.forget()
        if self.screen_stack:
            self.screen.refresh()

    async def on_event(self, event: events.Event) -> None:
        """Handle an event; a terminal that tells the size that it had was another program's: write all again."""
        await super().on_event(event)
        if isinstance(event, events.Resize):
            if event.size == self._terminal_size:
                self.action_redraw()
            self._terminal_size = event.size

    def _prune(self, *nodes: Widget, parent: DOMNode | None = None) -> AwaitRemove:
        """Remove widgets; where a screen was removed, the one below stays as it was laid out and drawn."""
        return super()._prune(*nodes, parent=None if parent is self else parent)

    def _check_resize(self) -> None:
        """Lay out the screens in a new size, and write all again: terminals differ in what they do to old content."""
        super()._check_resize()
        if self._terminal_size is not None:
            self.action_redraw()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Write what differs from what the terminal shows."""
        if isinstance(renderable, LayoutUpdate | ChopsUpdate | StripsUpdate) and is_displaying(self):
            look = self.terminal_theme.rendition
            output = self._frame_buffer.draw(size_of(renderable), strips_of(renderable), look, self._written)
            renderable = RenderedUpdate(output) if output else None  # type: ignore[assignment]  # Textual's own kind
        super()._display(screen, renderable)

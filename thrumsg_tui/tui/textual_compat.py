"""The app's uses of Textual beyond its documented interface.

Private members are used through the functions of this module. An override has to stay in its class.
`tests/tui/textual_members.py` lists both, and a test compares the list with the installed Textual.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from time import monotonic
from typing import Any, TypeVar

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import constants
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate, LayoutUpdate, ReflowResult
from textual._parser import ParseError
from textual._queue import Queue
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.binding import BindingsMap, BindingType
from textual.color import Color
from textual.dom import DOMNode
from textual.driver import Driver
from textual.drivers._writer_thread import WriterThread
from textual.geometry import Region, Size
from textual.message import Message
from textual.message_pump import MessagePump
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

__all__ = [
    "ANSI_SEQUENCES_KEYS",
    "ChopsUpdate",
    "Compositor",
    "LayoutUpdate",
    "ParseError",
    "ReflowResult",
    "RenderedUpdate",
    "StripsUpdate",
    "XTermParser",
    "announce_repaints",
    "bind_first",
    "close_with",
    "dimmed_screen",
    "draw_now",
    "driver_of",
    "end_queue",
    "end_with",
    "exception_of",
    "has_work",
    "is_at_rest",
    "is_batching",
    "is_displaying",
    "is_exiting",
    "keep_drawing",
    "paint_again",
    "refresh_scrollbars",
    "repaint_required",
    "seconds_until_given_up",
    "set_compositor",
    "size_of",
    "strips_of",
    "suggestion_of",
    "take_esc_after",
    "take_from_queue",
    "take_spans_to_paint",
    "take_undrawn",
]

_Result = TypeVar("_Result")


# The app


def is_exiting(app: App[None]) -> bool:
    """Return whether `App.exit` was called."""
    return app._exit


def is_batching(app: App[None]) -> bool:
    """Return whether updates are held back, so that nothing was written to the terminal."""
    return bool(app._batch_count)


def is_displaying(app: App[None]) -> bool:
    """Return whether an update is written to a terminal."""
    return app._running and not app._closed and not app.is_headless and not app._batch_count and app._driver is not None


class RenderedUpdate(CompositorUpdate):
    """An update as the output that shows it."""

    def __init__(self, output: str) -> None:
        self._output = output

    def render_segments(self, console: Console) -> str:
        return self._output


class StripsUpdate(CompositorUpdate):
    """An update as the strips that it draws, each with its row and first column."""

    def __init__(self, size: Size, strips: Sequence[tuple[int, int, Strip]]) -> None:
        self.size = size
        self.strips = strips


def set_compositor(screen: Screen[Any], compositor: Compositor) -> None:
    """Set what draws a screen."""
    screen._compositor = compositor


def take_spans_to_paint(compositor: Compositor) -> list[tuple[int, int, int]]:
    """Return the row, the first column and the one after the last of all that is to be painted, and forget it."""
    screen = compositor.size.region
    regions = [screen.intersection(region) for region in compositor._dirty_regions]
    compositor._dirty_regions.clear()
    return list(compositor._regions_to_spans(regions))


def paint_again(compositor: Compositor, region: Region) -> None:
    """Paint a region with the next update of the screen; an empty one is nothing."""
    if region:
        compositor._dirty_regions.add(region)


def size_of(update: LayoutUpdate | ChopsUpdate | StripsUpdate) -> Size:
    """Return the size of the screen of an update."""
    if isinstance(update, StripsUpdate):
        return update.size
    if isinstance(update, LayoutUpdate):
        return update.region.size
    return Size(update.chop_ends[0][-1], len(update.chops))


def strips_of(update: LayoutUpdate | ChopsUpdate | StripsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Yield the row, the first column and the content of each strip that an update draws."""
    if isinstance(update, StripsUpdate):
        yield from update.strips
        return
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips):
            x = 0
            for strip in strips:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, left, right in update.spans:
        for (x, chop), end in zip(update.chops[y].items(), update.chop_ends[y], strict=True):
            if chop is not None and x < right and left < end:
                yield y, x, chop.crop(0, right - x)


def driver_of(app: App[None]) -> Driver | None:
    """Return the driver of the running app."""
    return app._driver


def exception_of(app: App[None]) -> Exception | None:
    """Return the exception that ends the app."""
    return app._exception


def end_with(app: App[Any], error: Exception) -> None:
    """End the app because of an error, as if it had come where a message is handled."""
    app._handle_exception(error)


def close_with(app: App[None], text: Text) -> None:
    """Close the app, and print a text once it has left the terminal."""
    app._exit_renderables.append(text)
    app._close_messages_no_wait()


# Widgets


def bind_first(node: DOMNode, bindings: Iterable[BindingType]) -> None:
    """Bind keys in this one widget or screen, before those of its class."""
    node._bindings = BindingsMap.merge([BindingsMap(bindings), node._bindings])


def refresh_scrollbars(widget: Widget) -> None:
    """Show or hide the scrollbars for the current virtual size, before the next layout."""
    widget._refresh_scrollbars()


def repaint_required(widget: Widget) -> bool:
    """Return whether anything of the widget is to be painted that its screen does not know of yet."""
    return widget._repaint_required and bool(widget._repaint_regions)


def is_at_rest(node: MessagePump) -> bool:
    """Return whether a widget, screen or app has handled all its messages, and waits for the next one."""
    queue: Queue[Message] = node._message_queue
    return queue.empty() and len(queue.ready_event._waiters) > 0  # who waits there is not within a handler


def has_work(widget: Widget) -> bool:
    """Return whether the widget has messages to handle, or is to ask for a new layout."""
    return any((not widget._message_queue.empty(), widget._layout_required))


def keep_drawing(screen: Screen[_Result]) -> None:
    """Let a screen that was just drawn as a whole paint of its widgets only what they ask for from now on."""
    screen._repaint_required = False
    screen._exchange_repaint_regions()


def dimmed_screen(screen: Screen[Any], tint: Color, base: Style, rows: range) -> list[Strip]:
    """Return rows of a screen that another one stands before, tinted, on the style of that one.

    Textual makes the same of the screen's lines by one text for Rich to take apart, and finds each colour anew.
    """
    lines = screen._compositor.render_strips()[rows.start : rows.stop]
    return [
        Strip([Segment(text, _dimmed(style, tint, base)) for text, style, _ in line], line.cell_length)
        for line in lines
    ]


@lru_cache(maxsize=1024)
def _dimmed(style: Style | None, tint: Color, base: Style) -> Style:
    (part,) = BackgroundScreen.process_segments([Segment("", style)], tint)
    return base + part.style


def take_undrawn(screen: Screen[_Result]) -> set[Region]:
    """Return what the screen has to draw, and let it forget that."""
    undrawn = screen._compositor._dirty_regions.copy()
    screen._dirty_widgets.clear()
    screen._compositor._dirty_regions.clear()
    return undrawn


def refresh_now(screen: Screen[_Result]) -> None:
    """Let the screen lay out its widgets and find out what to draw in this call, and not when its timer next ticks."""
    screen._on_timer_update()


def draw_now(screen: Screen[_Result], regions: Iterable[Region]) -> None:
    """Draw some regions, and what the screen has to draw, in this call."""
    screen._compositor._dirty_regions.update(regions)
    screen._dirty_widgets.add(screen)  # else it would not look at the regions
    refresh_now(screen)


def announce_repaints(screen: Screen[_Result]) -> bool:
    """Let all visible widgets tell the screen what they have to repaint, instead of each in its next idle moment.

    Returns:
        Whether the screen knows it already. Else it has to handle its messages first, because the layout changes.
    """
    is_known = True
    for widget in screen._compositor.visible_widgets:
        if widget is not screen:  # it looks at its own needs when it draws
            if widget._repaint_required:
                widget._repaint_required = False
                screen._dirty_widgets.add(widget)
            if widget._layout_required or widget._scroll_required or widget._refresh_styles_required:
                widget._check_refresh()
                is_known = False
    return is_known and screen._message_queue.empty()


def suggestion_of(editor: Input) -> str:
    """Return the completion shown behind the cursor, with the typed text; empty if there is none."""
    return editor._suggestion


# The driver


def take_esc_after(seconds: float) -> None:
    """Take Esc for a key of its own once nothing has followed it for some seconds, or as `ESCDELAY` says.

    Textual waits a tenth of a second.
    """
    if "ESCDELAY" not in os.environ:
        constants.ESCAPE_DELAY = seconds  # type: ignore[misc]  # the parser reads it for each key


def seconds_until_given_up(parser: XTermParser) -> float | None:
    """Return for how long the parser still waits for the rest of a sequence; None if it waits for none."""
    return None if parser._timeout_time is None else max(parser._timeout_time - monotonic(), 0.0)


def take_from_queue(writer: WriterThread) -> None:
    """Remove one pending text from the queue; raise `queue.Empty` if there is none."""
    writer._queue.get_nowait()


def end_queue(writer: WriterThread) -> None:
    """Let the writer end after its pending output."""
    writer._queue.put(None)

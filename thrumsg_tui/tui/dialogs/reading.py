"""The base of dialogs of lines to read, which scroll."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from thrumsg_tui.tui.commands import Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.dialogs.frame import Apart
from thrumsg_tui.tui.dialogs.in_front import ScreenInFront
from thrumsg_tui.tui.widgets.line_widgets import heading
from thrumsg_tui.tui.widgets.scrolling_lines import ScrollingLines


class LinesToRead(ScrollingLines, can_focus=True):
    """Lines that the arrows scroll."""

    DEFAULT_CSS = "LinesToRead { scrollbar-size-vertical: 1; overflow: hidden auto; }"


class ReadingDialog(ScreenInFront[None]):
    """Lines in a frame."""

    BINDINGS = bindings(commands_of(Scope.HELP), checked=False, priority=True)

    def __init__(self, title: str, lines: LinesToRead) -> None:
        super().__init__()
        self._title = title
        self._lines = lines

    def compose(self) -> ComposeResult:
        box = Vertical(self._lines, classes="dialog wide tall")
        box.border_title = self._title
        box.border_subtitle = heading(f"arrows scroll, {key_of('help.leave')} leaves")
        yield Apart(box)

    def on_mount(self) -> None:
        self._lines.focus()

    def action_scroll_keys(self, lines: int) -> None:
        """Scroll by some lines."""
        self._lines.scroll_relative(y=lines, animate=False, force=True, immediate=True)

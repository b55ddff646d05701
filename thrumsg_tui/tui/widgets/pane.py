"""The base class of the sidebar's panes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.message import Message

from thrumsg_tui.tui.commands import Scope, bindings, commands_of
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.scrolling_lines import ScrollingLines


class Pane(ScrollingLines, can_focus=True):
    """A pane of the sidebar, drawn again when it gets or loses the focus."""

    SCOPES: ClassVar[Sequence[Scope]] = (Scope.SIDEBAR,)
    BINDINGS = bindings(commands_of(Scope.SIDEBAR), checked=False)
    DEFAULT_CSS = "Pane { scrollbar-size-vertical: 1; overflow: hidden auto; }"

    class Leave(Message):
        """Esc was pressed in the pane."""

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs

    def on_focus(self) -> None:
        self.call_later(self.remake)  # has_focus changes after this

    def on_blur(self) -> None:
        self.call_later(self.remake)

    def action_leave(self) -> None:
        """Leave the pane."""
        self.post_message(self.Leave())

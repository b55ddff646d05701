"""The dialog of the command palette, in the frame that all dialogs have."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.command import CommandPalette
from textual.containers import Vertical
from textual.widgets import Input

from thrumsg_tui.tui.dialogs.frame import Apart
from thrumsg_tui.tui.widgets.line_widgets import heading


class Palette(CommandPalette):
    """Textual's palette in a frame, with a cursor that does not blink: each blink is a frame."""

    def __init__(self) -> None:
        super().__init__(placeholder="type to search")

    @property
    def ready_for_keys(self) -> bool:
        """Whether the list has what matches the text: Enter must not choose what was there before."""
        return all(worker.is_finished for worker in self.workers if worker.node is self)

    def compose(self) -> ComposeResult:
        with Apart():
            yield from super().compose()

    def on_mount(self) -> None:
        box = self.query_one("#--container", Vertical)
        box.add_class("dialog")
        box.border_title, box.border_subtitle = "Commands", heading("Enter does it, arrows choose, Esc leaves")
        self.query_one(Input).cursor_blink = False

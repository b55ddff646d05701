"""The blank cells at both sides of a dialog."""

from __future__ import annotations

from textual.containers import Vertical
from textual.geometry import Size
from textual.screen import Screen


class Apart(Vertical):
    """A dialog with a blank cell at each side, which keeps its frame apart from what is behind it."""

    DEFAULT_CSS = "Apart { width: auto; height: auto; padding: 0 1; background: $background; }"

    _made_for: Size | None = None

    def on_mount(self) -> None:
        self._made_for = self.screen.size
        self.screen.screen_layout_refresh_signal.subscribe(self, self._follow, immediate=True)

    def _follow(self, screen: Screen[object]) -> None:
        """Lay the dialog out anew for another size of the screen: Textual keeps the layout that it has for this one."""
        if screen.size != self._made_for:
            self._made_for = screen.size
            for dialog in self.children:
                dialog.refresh(layout=True)

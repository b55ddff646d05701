"""An app of five plain Textual widgets: the least that an app with a title, a search, a list and keys can take.

    python -m benchmarks.floor_app

Its first screen has `READY` on it, once every widget is there. ctrl+q ends it.
"""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Footer, Header, Input, OptionList, Static

READY = "row 30"
"""Text that the first screen shows."""


class FloorApp(App[None]):
    """A title, a search, a list of thirty rows, a line of text and the line of keys."""

    TITLE = "floor"

    def compose(self) -> ComposeResult:
        """Make the widgets."""
        yield Header()
        yield Input(placeholder="Search")
        yield OptionList(*(f"row {number}" for number in range(1, 31)))
        yield Static("Thirty rows")
        yield Footer()


if __name__ == "__main__":
    FloorApp().run()

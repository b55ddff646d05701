"""The top of a screen: its title, and below it why delivery stands still, while it does (`docs/rules.md 10.5`)."""

from __future__ import annotations

import re

from textual.geometry import Region
from textual.strip import Strip

from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part, width_of

_WORDS = r" ?[^ ]+"
"""The pieces between which the banner may wrap: words with the space before them."""

_MOST_LINES = 3

_LOW = 20
"""Below so many rows of the window the banner takes one line, so that the screen keeps room for what it shows."""


class TitleLine(LineWidget):
    """The title of a screen with a banner below it; without a banner it is one line high."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._banner = ""
        self._mark = ""
        self._rows: list[list[Part]] = []

    @property
    def banner(self) -> str:
        """The banner, empty if there is none."""
        return self._banner

    def show_banner(self, sentence: str, glyphs: Glyphs) -> None:
        """Show a sentence below the title, or with an empty one nothing; painted only if it differs."""
        if sentence != self._banner:
            self._banner, self._mark = sentence, glyphs.flag
            self._flow()

    def on_resize(self) -> None:
        self._flow()

    def render_line(self, y: int) -> Strip:
        if y == 0:
            return super().render_line(0)
        row = self._rows[y - 1] if y <= len(self._rows) else []
        return self.strip(row, width=self.size.width)

    def _rows_for(self, width: int) -> list[list[Part]]:
        if not self._banner:
            return []
        most = _MOST_LINES if self.app.size.height >= _LOW else 1
        rows: list[list[Part]] = [[(f" {self._mark}", "warning")]]
        for word in re.findall(_WORDS, f" {' '.join(safe_text(self._banner).split())}"):
            if width_of(rows[-1]) + width_of([(word, "")]) > width and len(rows) < most:
                rows.append([("  ", "")])
            rows[-1].append((word, "warning"))
        return rows

    def _flow(self) -> None:
        rows = self._rows_for(self.size.width or 80)
        taller = len(rows) != len(self._rows)
        self._rows = rows
        if taller:  # a height of `auto` is not measured again if styles have changed since the last layout
            self.styles.height = 1 + len(rows)
        else:
            self.refresh(Region(0, 1, self.size.width, len(rows)))

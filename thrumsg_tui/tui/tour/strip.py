"""The strip of a tour, at the top of every screen and dialog while there is a tour."""

from __future__ import annotations

import re
from collections.abc import Sequence

from textual.strip import Strip

from thrumsg_tui.tui.widgets.line_widgets import Part, StripWidget, width_of

_WORDS = re.compile(r" ?[^ ]+ ?")
_LINES = 2
"""How many lines there are for what to do, also where it takes one, so that the screen below stays where it is."""


class TourStrip(StripWidget):
    """The step of a tour: its title, what a presenter says, and what to do."""

    DEFAULT_CSS = "TourStrip { dock: top; height: 3; }"

    def __init__(self) -> None:
        super().__init__()
        self._title: Sequence[Part] = ()
        self._keys: Sequence[Part] = ()
        self._point = ""
        self._text: Sequence[Part] = ()

    def show(self, title: Sequence[Part], keys: Sequence[Part], point: str, text: Sequence[Part]) -> None:
        """Show a step.

        Args:
            title: The number and title of the step, and what there is to say about the last key.
            keys: The keys of the tour itself.
            point: What a presenter says; with it the strip has a line more.
            text: What to do.
        """
        if (title, keys, point, text) != (self._title, self._keys, self._point, self._text):
            self._title, self._keys, self._point, self._text = title, keys, point, text
            self._fit()
            self.refresh()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """Take as many lines as the text needs; in 80 columns no text takes more than there are anyway."""
        least = 1 + bool(self._point) + _LINES
        height = max(least, len(self._rows(self.size.width or self.app.size.width)))
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height

    @property
    def lines(self) -> list[str]:
        """The lines as they are shown."""
        return ["".join(text for text, _ in row).strip() for row in self._rows(self.size.width)]

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        rows = self._rows(width)
        row = rows[y] if y < len(rows) else []
        return self.strip(row, self._keys if y == 0 else (), width=width, base="ours")

    def _rows(self, width: int) -> list[Sequence[Part]]:
        point: list[Sequence[Part]] = [[(f" {self._point}", "strong")]] if self._point else []
        return [self._title, *point, *wrapped(self._text, width)]


def wrapped(parts: Sequence[Part], width: int) -> list[Sequence[Part]]:
    """Wrap parts into lines of a width, each with a space before it."""
    rows: list[list[Part]] = [[(" ", "")]]
    words = [(word, look) for text, look in parts for word in _WORDS.findall(text)]
    for index, (word, look) in enumerate(words):
        follower = words[index + 1][0] if index + 1 < len(words) else " "
        glued = word if word.endswith(" ") or follower.startswith(" ") else word + follower.split(" ")[0]
        if width_of([*rows[-1], (glued.rstrip(), "")]) > width - 1 and len(rows[-1]) > 1:
            rows.append([(" ", "")])
            rows[-1].append((word.lstrip(), look))
        else:
            rows[-1].append((word, look))
    return [*rows]

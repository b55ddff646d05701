"""A widget of sentences below each other."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from thrumsg_tui.tui.widgets.line_widgets import Part, fit
from thrumsg_tui.tui.widgets.scrolling_lines import ScrollingLines


class SentenceLines(ScrollingLines):
    """Sentences below each other, each wrapped and in its own look."""

    DEFAULT_CSS = "SentenceLines { overflow: hidden hidden; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._sentences: Sequence[Part] = ()

    def show(self, sentences: Sequence[Part]) -> bool:
        """Show sentences; return whether they differ from those before."""
        if sentences == self._sentences:
            return False
        self._sentences = sentences
        self.remake()
        return True

    def lines_for(self, width: int) -> int:
        """Return how many lines the sentences need in a width."""
        return len(self._wrapped_for(width))

    def lines(self, width: int) -> list[Strip]:
        """Draw the sentences; an ellipsis ends the last line that there is room for, if they need more."""
        lines, most = self._wrapped_for(width), max(self.size.height, 1)
        if len(lines) > most:
            (last, look), (more, _) = lines[most - 1], lines[most]
            lines[most - 1] = (fit(f"{last} {more} {more}", width - 2), look)
        return [self.strip([(f" {line}", look)], width=width) for line, look in lines[:most]]

    def _wrapped_for(self, width: int) -> list[Part]:
        return [(line, look) for sentence, look in self._sentences for line in self.wrapped(sentence, width - 2)]

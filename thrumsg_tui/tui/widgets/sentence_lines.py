"""A widget of sentences below each other."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from thrumsg_tui.tui.widgets.line_widgets import Part, ScrollingLines


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

    def lines(self, width: int) -> list[Strip]:
        return [
            self.strip([(f" {line}", look)], width=width)
            for sentence, look in self._sentences
            for line in self.wrapped(sentence, width - 2)
        ]

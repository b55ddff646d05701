"""Sentences below one another, each wrapped and in its own look."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from thrumsg_tui.tui.widgets.line_widgets import Part, ScrollingLines


class SentenceLines(ScrollingLines):
    """Sentences, each with its look, one below the other."""

    DEFAULT_CSS = "SentenceLines { overflow: hidden hidden; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._sentences: Sequence[Part] = ()

    def show(self, sentences: Sequence[Part]) -> bool:
        """Say something; return whether it is something else than before."""
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

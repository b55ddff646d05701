"""The blank cells at both sides of a dialog."""

from __future__ import annotations

from textual.containers import Vertical


class Apart(Vertical):
    """A dialog with a blank cell at each side, which keeps its frame apart from what is behind it."""

    DEFAULT_CSS = "Apart { width: auto; height: auto; padding: 0 1; background: $background; }"

"""A progress bar of characters."""

from __future__ import annotations

from thrumsg_tui.tui.glyphs import Glyphs


def progress_bar(done: int, total: int, width: int, glyphs: Glyphs) -> str:
    """Draw a bar of `width` characters; only a finished one looks full, only an untouched one empty."""
    if total <= 0:
        return glyphs.empty * width
    filled = max(min(round(width * done / total), width - (done < total)), 1 if done else 0)
    return glyphs.full * filled + glyphs.empty * (width - filled)

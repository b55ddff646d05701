"""How much of something is done, as a bar of characters."""

from __future__ import annotations

from thrumsg_tui.tui.glyphs import Glyphs


def progress_bar(done: int, total: int, width: int, glyphs: Glyphs) -> str:
    """Draw progress; only what is finished looks full, only what is untouched looks empty."""
    if total <= 0:
        return glyphs.empty * width
    filled = max(min(round(width * done / total), width - (done < total)), 1 if done else 0)
    return glyphs.full * filled + glyphs.empty * (width - filled)

"""Sentences about what cannot be used as a database, shared by all engines."""

from __future__ import annotations

from thrumsg_tui.domain.errors import Nothing
from thrumsg_tui.store.location import Location

_RESTORE = "go back to a backup with `thrumsg restore FILE`, which keeps a copy of what is there."
REPAIR = f"`thrumsg doctor --repair` mends what can be worked out again; else {_RESTORE}"
"""What to do with a damaged database."""

RESTORE = f"It cannot be mended: {_RESTORE}"
"""What to do with one that `doctor --repair` could not mend."""


def is_damaged(location: Location, reason: str) -> str:
    """Say that a database is damaged."""
    return f"{location} is damaged ({reason})."


def damaged(location: Location, reason: str, advice: str = REPAIR) -> str:
    """Say that a database is damaged, and how to repair or restore it."""
    return f"{is_damaged(location, reason)} {Nothing.CHANGED} {advice}"


def foreign(location: Location) -> str:
    """Say that something is not a thrumsg database."""
    return f"{location} is not a thrumsg database; it was left as it is. Name another with --db."

"""Sentences about what cannot be used as a database, shared by all engines."""

from __future__ import annotations

from thrumsg_tui.store.location import Location


def damaged(location: Location, reason: str) -> str:
    """Say that a database is damaged, and how to repair or restore it."""
    return (
        f"{location} is damaged ({reason}). Nothing was changed. `thrumsg doctor --repair` mends what can be worked "
        "out again; else go back to a backup with `thrumsg restore FILE`, which keeps a copy of what is there."
    )


def foreign(location: Location) -> str:
    """Say that something is not a thrumsg database."""
    return f"{location} is not a thrumsg database; it was left as it is. Name another with --db."

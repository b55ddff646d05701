"""Sentences about a file that cannot be used as a database, whichever engine finds it."""

from __future__ import annotations

from pathlib import Path


def damaged(path: Path, reason: str) -> str:
    """Say that a database is damaged, and what can be done."""
    return (
        f"{path} is damaged ({reason}). Nothing was changed. `thrumsg doctor --repair` mends what can be worked out "
        "again; else go back to a backup with `thrumsg restore FILE`, which keeps a copy of what is there."
    )


def foreign(path: Path) -> str:
    """Say that a file is somebody else's."""
    return f"{path} is not a thrumsg database; it was left as it is. Name another with --db."

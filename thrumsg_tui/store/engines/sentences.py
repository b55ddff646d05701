"""Sentences about files that cannot be used as a database, shared by all engines."""

from __future__ import annotations

from pathlib import Path


def damaged(path: Path, reason: str) -> str:
    """Say that a database is damaged, and how to repair or restore it."""
    return (
        f"{path} is damaged ({reason}). Nothing was changed. `thrumsg doctor --repair` mends what can be worked out "
        "again; else go back to a backup with `thrumsg restore FILE`, which keeps a copy of what is there."
    )


def foreign(path: Path) -> str:
    """Say that a file is not a thrumsg database."""
    return f"{path} is not a thrumsg database; it was left as it is. Name another with --db."

"""Database engines: the only package that imports a database driver."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from thrumsg_tui.store.engines.base import Engine


def engine_for(path: Path) -> Engine[Any]:
    """Return the engine of a database; its driver is imported only now."""
    from thrumsg_tui.store.engines.sqlite.engine import SqliteEngine

    return SqliteEngine(path)

"""Database engines: the only package that imports a database driver."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from thrumsg_tui.store.engines.base import Engine

if TYPE_CHECKING:
    from thrumsg_tui.store.engines.sqlite.spool import SpoolEngine


def engine_for(path: Path) -> Engine[Any]:
    """Return the engine of a database; its driver is imported only now."""
    from thrumsg_tui.store.engines.sqlite.engine import SqliteEngine

    return SqliteEngine(path)


def spool_engine_for(path: Path) -> SpoolEngine:
    """Return the engine of a spool."""
    from thrumsg_tui.store.engines.sqlite.spool import SpoolEngine

    return SpoolEngine(path)

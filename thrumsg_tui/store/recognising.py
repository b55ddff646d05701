"""Telling a thrumsg file from any other, without disturbing those who have it open.

Closing any descriptor of a file drops all locks that the process has on it (POSIX), and other processes would take a
database that is open here for unused. So a file is looked at by hand only while this process has no connection to it.
SQLite cannot be asked instead: to open a stranger's file may change it, and as `immutable` a file of ours that another
process brings up to date just now, or was killed at that, looks damaged.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from weakref import WeakKeyDictionary

from thrumsg_tui.domain.errors import DatabaseUnusable
from thrumsg_tui.store.schema import APPLICATION_ID

_SQLITE = b"SQLite format 3\0"
_APPLICATION_ID = slice(68, 72)  # https://www.sqlite.org/fileformat2.html#application_id

_looking = threading.RLock()
_open: WeakKeyDictionary[sqlite3.Connection, tuple[int, int]] = WeakKeyDictionary()
"""Device and inode of the file at the other end of each connection: kept only so long, since inodes are given again."""


def is_thrumsg(path: Path) -> bool:
    """Whether an existing file bears the mark of a thrumsg database."""
    with _looking:
        if _inode(path) in _open.values():
            return True
        with path.open("rb") as file:
            header = file.read(_APPLICATION_ID.stop)
    return header.startswith(_SQLITE) and int.from_bytes(header[_APPLICATION_ID]) == APPLICATION_ID


def refuse_foreign(path: Path) -> None:
    """Raise `DatabaseUnusable` unless the file is ours, empty, or absent; it stays as it is."""
    if not path.exists():
        if not path.parent.is_dir():
            raise DatabaseUnusable(f"There is no folder {path.parent} to keep {path.name} in.")
        return
    if path.is_dir():
        raise DatabaseUnusable(f"{path} is a folder, not a thrumsg database.")
    if path.stat().st_size and not is_thrumsg(path):
        raise DatabaseUnusable(foreign(path))


def foreign(path: Path) -> str:
    """Say that a file is somebody else's."""
    return f"{path} is not a thrumsg database; it was left as it is. Name another with --db."


class _Known(sqlite3.Connection):
    """A connection that this process knows of until it is closed, or forgotten by all who held it."""

    def close(self) -> None:
        with _looking:
            super().close()
            _open.pop(self, None)


def connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open a file, without transactions of Python's own; no one here looks at it by hand meanwhile."""
    with _looking:
        conn = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, factory=_Known)
        _open[conn] = _inode(path)
    return conn


def _inode(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino

"""Connections to a SQLite file, and the files beside it.

Closing any descriptor of a file drops all locks that the process has on it (POSIX), and other processes would take a
database that is open here for unused. So this module knows which files are open, and `file_header` reads a file by
hand only while this process has no connection to it.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from pathlib import Path
from weakref import WeakKeyDictionary

from thrumsg_tui.domain.errors import DatabaseUnusable

COMPANION_ENDINGS = ("-wal", "-shm", "-journal")
"""What SQLite adds to the name of a database for the files that it keeps beside it."""

LOG_ENDINGS = ("-wal", "-journal")
"""Those of them that hold contents of the database."""

open_or_look = threading.RLock()
"""Held while a file is opened, closed, or read by hand."""

_open: WeakKeyDictionary[sqlite3.Connection, tuple[int, int]] = WeakKeyDictionary()
"""Device and inode of the file of each open connection; no longer, since inodes are given again."""


class _Known(sqlite3.Connection):
    """A connection that this process knows of until it is closed, or forgotten by all who held it."""

    def close(self) -> None:
        with open_or_look:
            super().close()
            _open.pop(self, None)


def connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open a file, without transactions of Python's own; no one here looks at it by hand meanwhile.

    Raises `DatabaseUnusable` where something else lies in the place of the files that SQLite keeps beside it, or those
    are somebody else's and shut.
    """
    with open_or_look:
        _look_at_companions(path)
        conn = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, factory=_Known)
        _open[conn] = _inode(path)
    return conn


def is_open_here(path: Path) -> bool:
    """Whether this process has a connection to a file; to be asked while holding `open_or_look`."""
    return _inode(path) in _open.values()


def companions(path: Path) -> list[Path]:
    """Return where SQLite keeps its files beside a database: beside the file at the end of a link."""
    real = Path(os.path.realpath(path))
    return [real.with_name(real.name + ending) for ending in COMPANION_ENDINGS]


def pragma(conn: sqlite3.Connection, name: str) -> int:
    """Return the value of a PRAGMA that is a number."""
    return int(conn.execute(f"PRAGMA {name}").fetchone()[0])


def _look_at_companions(path: Path) -> None:
    """See that SQLite follows no link to what it writes beside a database, and is not shut out of it."""
    real = Path(os.path.realpath(path))
    for companion in companions(path):
        try:
            status = companion.lstat()
        except OSError:
            continue
        if not stat.S_ISREG(status.st_mode):
            kind = "a link" if stat.S_ISLNK(status.st_mode) else "no ordinary file"
            raise DatabaseUnusable(
                f"{companion} is {kind}, and belongs to the database: look where it comes from, then remove it. "
                "Nothing was read or written."
            )
        if os.access(real, os.R_OK | os.W_OK) and not os.access(companion, os.R_OK | os.W_OK):
            _let_in(companion, status, real)


def _let_in(companion: Path, status: os.stat_result, database: Path) -> None:
    """Give a file of ours that shuts us out the mode of its database: SQLite made it when that one was shut."""
    if status.st_uid != os.geteuid():
        raise DatabaseUnusable(
            f"You may not read and write {companion}, and {database} cannot be used without it: ask whoever owns it."
        )
    companion.chmod(stat.S_IMODE(database.stat().st_mode) & 0o777)


def _inode(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino

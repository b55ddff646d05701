"""Connections to a SQLite file, and the files beside it.

Closing any descriptor of a file drops all locks that the process has on it (POSIX), and other processes would think
that the database is not in use. So this module records which files are open, and `file_header` reads a file directly
only while this process has no connection to it.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from thrumsg_tui.domain.errors import DatabaseUnusable
from thrumsg_tui.store.schema import APPLICATION_ID

if TYPE_CHECKING:
    from thrumsg_tui.store.engines.connection import Asked, Parameters

COMPANION_ENDINGS = ("-wal", "-shm", "-journal")
"""The suffixes of the files that SQLite keeps beside a database."""

LOG_ENDINGS = ("-wal", "-journal")
"""Those of them whose files hold contents of the database."""

open_or_look = threading.RLock()
"""Held while a file is opened, closed, or read directly."""

_open: WeakKeyDictionary[sqlite3.Connection, tuple[tuple[int, int], int]] = WeakKeyDictionary()
"""Device and inode of the file of each open connection, and the mark that the file has or gets.

They are removed on close, because inodes are reused.
"""

_numbers = count(1)
"""The numbers of connections: each counts by itself what others have committed."""


class Connection(sqlite3.Connection):
    """A connection that is recorded in `_open` until it is closed or garbage-collected."""

    answers_at_once = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._number = next(_numbers)

    def set_each(self, table: str, column: str, rows: Sequence[tuple[int, int]], /) -> None:
        """Set the column row by row."""
        self.executemany(f"UPDATE {table} SET {column} = ? WHERE id = ?", rows)

    def ask_id(self, table: str, /) -> Asked[int]:
        """Return one more than the largest id, which nobody else takes within a transaction: 3 µs."""
        (largest,) = self.execute(f"SELECT MAX(id) FROM {table}").fetchone()
        return lambda: (largest or 0) + 1

    def ask_version(self) -> Asked[int]:
        """Return a number that changes whenever another connection commits: 4 µs; a reader commits nothing itself."""
        seen = pragma(self, "data_version") + (self._number << 32)
        return lambda: seen

    def stream(self, sql: str, parameters: Parameters = (), /) -> Iterator[sqlite3.Row]:
        """Run a query; every cursor of SQLite reads a row at a time."""
        return self.execute(sql, parameters)

    def close(self) -> None:
        """Close it and forget its file."""
        with open_or_look:
            super().close()
            _open.pop(self, None)


def connect(path: Path, busy_seconds: float, mark: int = APPLICATION_ID) -> Connection:
    """Open a file in autocommit mode, while nobody in this process reads it directly.

    Args:
        path: The file; it is created if it does not exist.
        busy_seconds: How long a statement waits for a lock.
        mark: The application id that the file has or gets.

    Raises:
        DatabaseUnusable: A file that SQLite keeps beside the database is a link or no ordinary file, or belongs to
            somebody else and is not accessible.
    """
    with open_or_look:
        _look_at_companions(path)
        conn = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, factory=Connection)
        _open[conn] = _inode(path), mark
    return conn


def mark_if_open(path: Path) -> int | None:
    """Return the mark of a file to which this process has a connection, else None; hold `open_or_look` meanwhile."""
    inode = _inode(path)
    return next((mark for opened, mark in _open.values() if opened == inode), None)


def was_replaced(conn: sqlite3.Connection, path: Path) -> bool:
    """Whether another file than that of the connection has its path; a file that is gone was not replaced."""
    opened = _open.get(conn)
    try:
        return opened is not None and _inode(path) != opened[0]
    except OSError:
        return False


def number_of_file(path: Path) -> int:
    """Return a number that another file with this path does not have; 0 if there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def companions(path: Path) -> list[Path]:
    """Return the paths of the files that SQLite keeps beside a database; links are followed first."""
    real = Path(os.path.realpath(path))
    return [real.with_name(real.name + ending) for ending in COMPANION_ENDINGS]


def pragma(conn: sqlite3.Connection, name: str) -> int:
    """Return the value of a numeric PRAGMA."""
    return int(conn.execute(f"PRAGMA {name}").fetchone()[0])


def _look_at_companions(path: Path) -> None:
    """Refuse links in place of the files that SQLite writes beside a database, and make these accessible."""
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
    """Give an inaccessible file of ours the mode of its database: SQLite made it when that was inaccessible too."""
    if status.st_uid != os.geteuid():
        raise DatabaseUnusable(
            f"You may not read and write {companion}, and {database} cannot be used without it: ask whoever owns it."
        )
    with suppress(FileNotFoundError):  # it was accessible, and whoever used it last has removed it just now
        companion.chmod(stat.S_IMODE(database.stat().st_mode) & 0o777)


def _inode(path: Path) -> tuple[int, int]:
    status = os.stat(str(path))  # noqa: PTH116 - each transaction asks: half as long as `path.stat()`
    return status.st_dev, status.st_ino

"""Telling a thrumsg file from any other, without disturbing those who have it open.

Closing any descriptor of a file drops all locks that the process has on it (POSIX), and other processes would take a
database that is open here for unused. So a file is looked at by hand only while this process has no connection to it.
SQLite cannot be asked instead: to open a stranger's file may change it, and as `immutable` a file of ours that another
process brings up to date just now, or was killed at that, looks damaged.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from pathlib import Path
from weakref import WeakKeyDictionary

from thrumsg_tui.domain.errors import DatabaseDamaged, DatabaseUnusable
from thrumsg_tui.store.schema import APPLICATION_ID

_SQLITE = b"SQLite format 3\0"
_HEADER = 100
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


def was_thrumsg(path: Path) -> bool:
    """Whether a file that does not look like a database may have been one of ours before its beginning was damaged.

    Such a one still has our mark, or nothing but zeros where it began. Not to be asked of a file that is open here.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER)
    mark = int.from_bytes(header[_APPLICATION_ID]) == APPLICATION_ID
    return len(header) == _HEADER and (mark or not any(header))


def refuse_foreign(path: Path) -> None:
    """Raise `DatabaseUnusable` unless the file is ours, empty, or absent; it stays as it is."""
    if not path.exists():
        if not path.parent.is_dir():
            raise DatabaseUnusable(f"There is no folder {path.parent} to keep {path.name} in.")
        return
    if path.is_dir():
        raise DatabaseUnusable(f"{path} is a folder, not a thrumsg database.")
    if not path.is_file():
        raise DatabaseUnusable(f"{path} is a device or a pipe, not a thrumsg database.")
    if path.stat().st_size and not is_thrumsg(path):
        if was_thrumsg(path):
            raise DatabaseDamaged(damaged(path, "its beginning is gone"))
        raise DatabaseUnusable(foreign(path))


def damaged(path: Path, reason: str) -> str:
    """Say that a database is damaged, and what can be done."""
    return (
        f"{path} is damaged ({reason}). Nothing was changed. `thrumsg doctor --repair` mends what can be worked out "
        "again; else go back to a backup with `thrumsg restore FILE`, which keeps a copy of what is there."
    )


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
    """Open a file, without transactions of Python's own; no one here looks at it by hand meanwhile.

    Raises `DatabaseUnusable` where something else lies in the place of the files that SQLite keeps beside it, or those
    are somebody else's and shut.
    """
    with _looking:
        _look_at_companions(path)
        conn = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, factory=_Known)
        _open[conn] = _inode(path)
    return conn


COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite adds to the name of a database for the files that it keeps beside it."""


def _look_at_companions(path: Path) -> None:
    """See that SQLite follows no link to what it writes beside a database, and is not shut out of it."""
    of = Path(os.path.realpath(path))  # beside the file itself, as SQLite does
    for each in (of.with_name(of.name + ending) for ending in COMPANIONS):
        try:
            status = each.lstat()
        except OSError:
            continue
        if not stat.S_ISREG(status.st_mode):
            kind = "a link" if stat.S_ISLNK(status.st_mode) else "no ordinary file"
            raise DatabaseUnusable(
                f"{each} is {kind}, and belongs to the database: look where it comes from, then remove it. "
                "Nothing was read or written."
            )
        if os.access(of, os.R_OK | os.W_OK) and not os.access(each, os.R_OK | os.W_OK):
            _let_in(each, status, of)


def _let_in(companion: Path, status: os.stat_result, of: Path) -> None:
    """Give a file of ours that shuts us out the mode of its database: SQLite made it when that one was shut."""
    if status.st_uid != os.geteuid():
        raise DatabaseUnusable(
            f"You may not read and write {companion}, and {of} cannot be used without it: ask whoever owns it."
        )
    companion.chmod(stat.S_IMODE(of.stat().st_mode) & 0o777)


def _inode(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino

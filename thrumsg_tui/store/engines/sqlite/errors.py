"""Classify and explain the errors of SQLite and of the file system."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from thrumsg_tui.domain.errors import DatabaseBusy, DatabaseMoved, DatabaseUnusable, ThrumsgError
from thrumsg_tui.store.engines.failure import Failure
from thrumsg_tui.store.engines.waits import BUSY_SECONDS

_ROOM = 64 * 1024
"""Bytes that a disk must have free for the files that SQLite makes beside a database."""

_KINDS = {
    sqlite3.SQLITE_BUSY: Failure.BUSY,
    sqlite3.SQLITE_LOCKED: Failure.BUSY,
    sqlite3.SQLITE_FULL: Failure.NO_ROOM,
    sqlite3.SQLITE_IOERR: Failure.NO_ROOM,  # some file systems report a full disk as this
    sqlite3.SQLITE_CANTOPEN: Failure.NO_ACCESS,
    sqlite3.SQLITE_READONLY: Failure.NO_ACCESS,
    sqlite3.SQLITE_PERM: Failure.NO_ACCESS,
    sqlite3.SQLITE_INTERRUPT: Failure.INTERRUPTED,
    sqlite3.SQLITE_CORRUPT: Failure.DAMAGED,
    sqlite3.SQLITE_NOTADB: Failure.DAMAGED,
}


def failure(error: BaseException) -> Failure:
    """Return the kind of failure that an error reports."""
    code = error_code(error)
    if code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
        return Failure.NO_SUCH_ROW
    if code == sqlite3.SQLITE_CONSTRAINT_TRIGGER:  # only those of `whole_tables` raise
        return Failure.CLOSED
    return _KINDS.get(code & 0xFF, Failure.OTHER)


def error_code(error: BaseException) -> int:
    """Return SQLite's extended error code; 0 for an error that is not SQLite's own."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code


def explained(path: Path, error: Exception) -> ThrumsgError | None:
    """Explain that the database is locked, full or not accessible; None for other errors."""
    if isinstance(error, PermissionError):
        return DatabaseUnusable(_not_accessible(path, str(error)))
    if failure(error) is Failure.CLOSED:
        return DatabaseMoved(str(error))
    if not isinstance(error, sqlite3.OperationalError):
        return None
    kind = failure(error)
    if kind is Failure.BUSY:
        return DatabaseBusy(
            f"Somebody else kept {path} locked for {BUSY_SECONDS} seconds. Nothing was changed; try again."
        )
    if kind not in {Failure.NO_ROOM, Failure.NO_ACCESS}:
        return None
    if error_code(error) & 0xFF == sqlite3.SQLITE_FULL or _is_full(path):
        return DatabaseUnusable(
            f"The disk that holds {path} is full. Nothing was changed, and all that was stored is kept; "
            "free some space and try again."
        )
    return DatabaseUnusable(_not_accessible(path, str(error)))


def _is_full(path: Path) -> bool:

    try:
        disk = os.statvfs(path.resolve().parent)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < _ROOM


def _takes_no_writes(folder: Path) -> bool:
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def _not_accessible(path: Path, reason: str) -> str:
    """Say why a file cannot be used."""
    real = Path(os.path.realpath(path))
    if _takes_no_writes(real.parent):
        return f"The disk that holds {path} takes no writes now: it is mounted read-only. Nothing was changed."
    if real.exists() and not os.access(real, os.R_OK | os.W_OK):
        return f"You may not read and write {path}: `chmod u+rw` it if it is yours, else ask whoever owns it."
    if not os.access(real.parent, os.W_OK):
        return f"{path} cannot be used, since nothing may be written in its folder ({reason}). Check its permissions."
    return f"{path} cannot be opened, read or written ({reason}). Check its permissions and the disk."

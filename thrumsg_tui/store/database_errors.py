"""What SQLite, the file system and a damaged file raise, in sentences (`docs/rules.md 11.5`)."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thrumsg_tui.domain.errors import DatabaseBusy, DatabaseDamaged, DatabaseUnusable, Refused
from thrumsg_tui.store.recognising import connect, damaged

BUSY_SECONDS = 15
"""How long to wait for another writer before giving up."""

_ROOM = 64 * 1024
"""Bytes that a disk must have free for the files that SQLite makes beside a database."""

_TROUBLE = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM}

_SUSPECT = (
    sqlite3.Error,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    AssertionError,
    MemoryError,
)
"""What code that takes a row for sound raises where it is not."""


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into sentences, and what a damaged file leads to as well."""
    try:
        with damage_named(path):
            yield
    except sqlite3.OperationalError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise DatabaseBusy(
                f"Somebody else kept {path} locked for {BUSY_SECONDS} seconds. Nothing was changed; try again."
            ) from error
        if code == sqlite3.SQLITE_FULL or (code in _TROUBLE and _is_full(path)):
            raise DatabaseUnusable(
                f"The disk that holds {path} is full. Nothing was changed, and all that was stored is kept; "
                "free some space and try again."
            ) from error
        if code in _TROUBLE:
            raise DatabaseUnusable(_not_accessible(path, str(error))) from error
        raise
    except PermissionError as error:
        raise DatabaseUnusable(_not_accessible(path, str(error))) from error


@contextmanager
def damage_named(path: Path) -> Iterator[None]:
    """Where something fails as it does on a damaged file, look whether the file is damaged (`docs/rules.md 11.5`).

    Raises `DatabaseDamaged` if it is, and `Refused` where a row is gone that the change was about. Anything else is
    raised as it came: a mistake of ours is never taken for damage.
    """
    try:
        yield
    except _SUSPECT as error:
        if getattr(error, "looked_into", False):
            raise
        if reason := _damage(path, error):
            raise DatabaseDamaged(damaged(path, reason)) from error
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
            raise Refused("What this is about is not in the database any more. Nothing was changed.") from error
        error.looked_into = True  # type: ignore[union-attr]
        raise


def _damage(path: Path, error: BaseException) -> str:
    """Say what is damaged in a file, "" where nothing is."""
    from thrumsg_tui.store.doctor.damage import damage, is_trouble_of_its_own  # late: nothing failed so far

    if is_trouble_of_its_own(error):
        return ""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return str(error)
    try:
        conn = connect(path, BUSY_SECONDS)
        try:
            found = damage(conn)
        finally:
            conn.close()
    except (sqlite3.Error, OSError):  # whether it is damaged cannot be told just now
        return ""
    return found[0].said if found else ""


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.resolve().parent).free < _ROOM
    except OSError:
        return False


def _not_accessible(path: Path, reason: str) -> str:
    """Say why a file cannot be used."""
    of = Path(os.path.realpath(path))
    if of.exists() and not os.access(of, os.R_OK | os.W_OK):
        return f"You may not read and write {path}: `chmod u+rw` it if it is yours, else ask whoever owns it."
    if not os.access(of.parent, os.W_OK):
        return f"{path} cannot be used, since nothing may be written in its folder ({reason}). Check its permissions."
    return f"{path} cannot be opened, read or written ({reason}). Check its permissions and the disk."

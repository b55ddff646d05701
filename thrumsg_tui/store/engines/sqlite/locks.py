"""Wait for a lock that another process holds, and report the wait."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from time import monotonic, sleep
from typing import TYPE_CHECKING

from thrumsg_tui.store.engines import waits

if TYPE_CHECKING:
    from thrumsg_tui.store.engines.connection import OnWait

_PAUSE = 0.004
"""Seconds between two tries. SQLite pauses up to 0.1, and misses the turns that a move in steps leaves to others."""


def when_free(
    conn: sqlite3.Connection,
    statement: str,
    on_wait: OnWait,
    *,
    clock: Callable[[], float] = monotonic,
    pause: Callable[[float], None] = sleep,
) -> None:
    """Run a statement that needs a lock, as `tried_until_free` does, on a connection that waits for its other ones."""
    conn.execute("PRAGMA busy_timeout = 0")
    try:
        tried_until_free(conn, statement, on_wait, clock=clock, pause=pause)
    finally:
        conn.execute(f"PRAGMA busy_timeout = {int(waits.BUSY_SECONDS * 1000)}")


def tried_until_free(
    conn: sqlite3.Connection,
    statement: str,
    on_wait: OnWait,
    *,
    clock: Callable[[], float] = monotonic,
    pause: Callable[[float], None] = sleep,
) -> None:
    """Run a statement that needs a lock, waiting up to `BUSY_SECONDS`; report a wait longer than `TOLD_AFTER`.

    The connection itself does not wait for locks: its `busy_timeout` is 0.
    """
    if _hindered(conn, statement) is None:
        return
    begun, told = clock(), False
    try:
        while (error := _hindered(conn, statement)) is not None:
            waited = clock() - begun
            if not told and waited >= waits.TOLD_AFTER:
                told = True
                on_wait(True)
            elif told and waited >= waits.TOLD_AFTER + waits.BUSY_SECONDS:
                raise error
            else:
                pause(_PAUSE)
    finally:
        if told:
            on_wait(False)


def _hindered(conn: sqlite3.Connection, statement: str) -> sqlite3.OperationalError | None:
    """Run a statement, and return the error if somebody else holds the lock that it needs."""
    try:
        conn.execute(statement)
    except sqlite3.OperationalError as error:
        if not is_busy(error):
            raise
        return error
    return None


def write_ahead(conn: sqlite3.Connection, on_wait: OnWait) -> None:
    """Switch to write-ahead logging; retry while others use the file, since SQLite itself does not wait here."""
    begun, told = monotonic(), False
    try:
        while conn.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                conn.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if not is_busy(error) or monotonic() > begun + waits.BUSY_SECONDS:
                    raise
                if not told and monotonic() > begun + waits.TOLD_AFTER:
                    told = True
                    on_wait(True)
                sleep(0.02)
    finally:
        if told:
            on_wait(False)


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether somebody else holds the lock that a statement needs."""
    from thrumsg_tui.store.engines.sqlite.errors import error_code

    return error_code(error) & 0xFF == sqlite3.SQLITE_BUSY

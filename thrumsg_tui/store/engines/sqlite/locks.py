"""Wait for a lock that another process holds, and report the wait."""

from __future__ import annotations

import sqlite3
from time import monotonic, sleep

from thrumsg_tui.store.engines import base
from thrumsg_tui.store.engines.base import OnWait
from thrumsg_tui.store.engines.sqlite.errors import error_code

_SOON = 0.3
"""Seconds of waiting after which `on_wait` is called."""


def when_free(conn: sqlite3.Connection, statement: str, on_wait: OnWait) -> None:
    """Run a statement that needs a lock, waiting up to `BUSY_SECONDS`; report a wait longer than `_SOON`."""
    try:
        conn.execute(f"PRAGMA busy_timeout = {int(_SOON * 1000)}")
        conn.execute(statement)
    except sqlite3.OperationalError as error:
        if not is_busy(error):
            raise
    else:
        return
    finally:
        conn.execute(f"PRAGMA busy_timeout = {int(base.BUSY_SECONDS * 1000)}")
    on_wait(True)
    try:
        conn.execute(statement)
    finally:
        on_wait(False)


def write_ahead(conn: sqlite3.Connection, on_wait: OnWait) -> None:
    """Switch to write-ahead logging; retry while others use the file, since SQLite itself does not wait here."""
    begun, told = monotonic(), False
    try:
        while conn.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                conn.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if not is_busy(error) or monotonic() > begun + base.BUSY_SECONDS:
                    raise
                if not told and monotonic() > begun + _SOON:
                    told = True
                    on_wait(True)
                sleep(0.02)
    finally:
        if told:
            on_wait(False)


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether somebody else holds the lock that a statement needs."""
    return error_code(error) & 0xFF == sqlite3.SQLITE_BUSY

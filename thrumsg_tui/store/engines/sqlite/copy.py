"""Replace the contents of a file that others have open, by SQLite's backup interface."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from time import monotonic

from thrumsg_tui.store.engines import base

_PAGES_AT_ONCE = 16
"""Fewer than the emptiest database has: after the last step everything is committed."""


def overwrite(target: sqlite3.Connection, source: sqlite3.Connection, once_locked: Callable[[], None]) -> None:
    """Replace the contents of one file by another's, in one transaction; `Engine.overwrite` says more."""
    target.execute("PRAGMA synchronous = FULL")
    source.backup(target, pages=_PAGES_AT_ONCE, progress=_watched(once_locked))


def _watched(once_locked: Callable[[], None]) -> Callable[[int, int, int], None]:
    """Watch the steps of SQLite's backup: the first one takes the lock; Python would try for ever to get it."""
    deadline = monotonic() + base.BUSY_SECONDS
    locked = False

    def watch(status: int, _remaining: int, _total: int) -> None:
        nonlocal locked
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            if monotonic() > deadline:
                error = sqlite3.OperationalError("database is locked")
                error.sqlite_errorcode = status
                raise error
        elif not locked:
            locked = True
            once_locked()

    return watch

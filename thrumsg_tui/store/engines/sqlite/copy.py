"""Replace the contents of a file that others have open, with SQLite's backup interface."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from time import monotonic

from thrumsg_tui.store.engines import waits

_PAGES_AT_ONCE = 16
"""Fewer than the smallest database has: the first step must not be the last, which commits everything."""


def overwrite(target: sqlite3.Connection, source: sqlite3.Connection, once_locked: Callable[[], None]) -> None:
    """Replace the contents of one file with another's, in one transaction, as `Engine.overwrite` describes."""
    target.execute("PRAGMA synchronous = FULL")
    source.backup(target, pages=_PAGES_AT_ONCE, progress=_watched(once_locked))


def _watched(once_locked: Callable[[], None]) -> Callable[[int, int, int], None]:
    """Return a progress callback that calls `once_locked` after the first step and ends Python's endless retries."""
    deadline = monotonic() + waits.BUSY_SECONDS
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

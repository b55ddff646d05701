"""Databases that are arranged alike: what was done to one twice is copied from then on.

Hundreds of tests begin with the same campaign, contacts and messages, and each change that makes them takes 3 to 10 ms;
a copy of the file takes less than one. Only what happens to a database from its beginning is copied, and only as long
as nothing else has happened to it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypeVar
from weakref import WeakKeyDictionary

from tests.clock import Clock
from tests.new_database import lasting_folder
from thrumsg_tui.store.database import Database

T = TypeVar("T")

MOST = 150
"""How many copies a process keeps; each takes half a megabyte of memory."""

Steps = tuple[Hashable, ...]
"""What was done to a new database, in order, and when it was."""

Mark = tuple[int, ...]
"""What is different once anybody has written."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A database as it was after some steps, the time by then, and what the last step returned."""

    file: Path
    now: datetime
    found: object


@dataclass(frozen=True, slots=True)
class Known:
    """How a database became what it is."""

    steps: Steps
    mark: Mark


_known: WeakKeyDictionary[Database, Known] = WeakKeyDictionary()
_done: set[Steps] = set()
_copies: dict[Steps, Copy] = {}


def begin(db: Database) -> None:
    """Say that a database is new, with a clock that the test turns."""
    if isinstance(db.location, Path):
        _known[db] = Known((), _mark(db))


def arranged(db: Database, step: Hashable, arrange: Callable[[], T]) -> T:
    """Take a step in arranging a database, or have a copy of one to which the same steps were done.

    Args:
        db: The database; nobody else may have it open.
        step: All on which it depends what the step does, besides the database and its time.
        arrange: Does it; what it returns cannot be changed.
    """
    known, clock = _known.pop(db, None), db.clock
    if known is None or known.mark != _mark(db) or not isinstance(clock, Clock):
        return arrange()
    steps = (*known.steps, (clock.now, step))
    if copy := _copies.get(steps):
        db.close()
        shutil.copyfile(copy.file, db.path)
        clock.now = copy.now
        found: T = copy.found  # type: ignore[assignment]
    else:
        found = arrange()
        if steps in _done and len(_copies) < MOST:
            db.close()
            file = _folder() / f"{len(_copies)}.db"
            shutil.copyfile(db.path, file)
            _copies[steps] = Copy(file, clock.now, found)
        _done.add(steps)
    _known[db] = Known(steps, _mark(db))
    return found


@cache
def _folder() -> Path:
    return lasting_folder("thrumsg-arranged-")


def _mark(db: Database) -> Mark:
    """How often this thread has committed, and the size and time of the file and of its log, in which others write."""
    log = db.path.with_name(f"{db.path.name}-wal")
    stats = [db.path.stat(), *([log.stat()] if log.exists() and log.stat().st_size else [])]
    return (db.commits, *(number for each in stats for number in (each.st_size, each.st_mtime_ns)))

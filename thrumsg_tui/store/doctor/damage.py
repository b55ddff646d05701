"""What no thrumsg ever writes: damage to the file, and values that nothing can be made of (`docs/rules.md 11.5`)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from thrumsg_tui.domain.enums import OptOutKind
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.store.doctor.problem import Problem
from thrumsg_tui.store.engines.base import Connection
from thrumsg_tui.store.schema import MIGRATIONS, read_migration
from thrumsg_tui.store.times import from_ms

Check = Callable[[object], object]
"""Takes a stored value; returns False, or raises, where nothing can be made of it."""

UNREADABLE = (sqlite3.DatabaseError, MemoryError, UnicodeDecodeError)
"""What reading a damaged file raises: SQLite's sentences may quote bytes of it that are not UTF-8."""

MOST = 20
"""Problems that are told of each kind: a damaged page brings hundreds."""


def damage(conn: Connection) -> list[Problem]:
    """Find damage in a whole file, at most `MOST` problems of each kind; an empty list where there is none.

    What is only worked out wrongly is no damage. Reads everything once, 5 µs a message.
    """
    found: list[Problem] = []
    for look in (_pages, _tables, _references, _values):
        try:
            found += islice(look(conn), MOST)
        except UNREADABLE as error:
            if is_trouble_of_its_own(error):
                raise
            found.append(Problem("the file", f"SQLite cannot read it ({_said(error)})."))
        if found:  # what follows would only say the same again
            break
    return [replace(each, damage=True) for each in found]


def of_an_index(found: Problem) -> bool:
    """Whether a problem of SQLite's is about an index, which is made of a table and can be made again."""
    return " index " in found.sentence


def is_trouble_of_its_own(error: BaseException) -> bool:
    """Whether a database that is whole raises this too: it is locked, the disk is full or fails, no access."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_INTERRUPT,
    }


def _said(error: BaseException) -> str:
    """What SQLite says, without the words of people that some of its sentences quote."""
    return str(error) if getattr(error, "sqlite_errorcode", 0) else type(error).__name__


def _pages(conn: Connection) -> Iterator[Problem]:
    """Ask SQLite, which looks at every page, type, index and CHECK."""
    for row in conn.execute(f"PRAGMA integrity_check({MOST})"):
        if row[0] != "ok":
            yield Problem("the file", f"SQLite finds it damaged: {row[0]}.")


def _tables(conn: Connection) -> Iterator[Problem]:
    """Compare tables, indexes and triggers with those that the migrations of the file's version make."""
    (version,) = conn.execute("PRAGMA user_version").fetchone()
    made = "SELECT type, name, tbl_name, sql FROM sqlite_schema"
    stored = {tuple(row) for row in conn.execute(made)}
    with closing(sqlite3.connect(":memory:")) as new:
        for file in MIGRATIONS[:version]:
            new.executescript(read_migration(file))
        for each in new.execute(made):
            if tuple(each) not in stored:
                yield Problem(f"the {each[0]} {each[1]}", "is not as it was made.")


def _references(conn: Connection) -> Iterator[Problem]:
    for table, rowid, parent, _ in conn.execute("PRAGMA foreign_key_check"):
        yield Problem(f"{table} {rowid}", f"points at a row of {parent} that does not exist.")


def _values(conn: Connection) -> Iterator[Problem]:
    """Look at each text, and at each value that is more than its type says."""
    tables = conn.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    for (table,) in tables.fetchall():
        rules = _RULES.get(table, {})
        columns = [
            (row[1], rules.get(row[1], _any))
            for row in conn.execute(f'PRAGMA table_xinfo("{table}")')
            if row[2] == "TEXT" or row[1] in rules
        ]
        if columns:
            yield from _unusable(conn, table, columns)


def _unusable(conn: Connection, table: str, columns: list[tuple[str, Check]]) -> Iterator[Problem]:
    """Find the values of a table that nothing can be made of, in the order in which it is read."""
    names = ", ".join(f'"{name}"' for name, _ in columns)
    cursor: Any = conn.execute(f'SELECT {names} FROM "{table}"')
    cursor.row_factory = None
    checks = [(place, name, check) for place, (name, check) in enumerate(columns) if check is not _any]
    nth = 0
    try:
        for nth, row in enumerate(cursor, start=1):
            for place, name, check in checks:
                if row[place] is not None and not _passes(check, row[place]):
                    yield Problem(f"row {nth} of {table}", f"has a value in {name} that cannot be.")
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0):
            raise
        yield Problem(f"row {nth + 1} of {table}", "has a text that is not UTF-8.")  # Python's own complaint


def _passes(check: Check, value: object) -> bool:
    try:
        return check(value) is not False
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError, OSError):
        return False


def _any(_: object) -> bool:
    return True


def _moment(value: object) -> object:
    return isinstance(value, int) and from_ms(value)


def _flag(value: object) -> object:
    return value in {0, 1}


def _minute(value: object) -> object:
    return isinstance(value, int) and 0 <= value <= 24 * 60


def _json_object(value: object) -> object:
    return isinstance(json.loads(str(value)), dict)


def _day(value: object) -> object:
    return date.fromisoformat(str(value))


def _zone(value: object) -> object:
    return ZoneInfo(str(value))


def _word_of(words: type[StrEnum]) -> Check:
    known = frozenset(map(str, words))
    return lambda value: value in known


_RULES: Mapping[str, Mapping[str, Check]] = {
    "users": {"created_at": _moment},
    "contact": {"fields": _json_object, "created_at": _moment},
    "campaign": {
        "timezone": _zone,
        "opens": _minute,
        "closes": _minute,
        "starts": _day,
        "ends": _day,
        "quicksend": _flag,
        "created_at": _moment,
        "launched_at": _moment,
    },
    "assignment": {"active": _flag},
    "follow_up": {"expires_at": _moment, "active": _flag, "created_at": _moment},
    "conversation": {
        "opted_out": _flag,
        "flagged": _flag,
        "waiting_since": _moment,
        "last_message_at": _moment,
        "last_texted_at": _moment,
    },
    "message": {"at": _moment, "state_at": _moment, "leaves_at": _moment},
    "unmatched": {"at": _moment},
    "opt_out": {"at": _moment},
    "question": {"retired": _flag},
    "answer": {"at": _moment},
    "draft": {"at": _moment},
    "presence": {"seen_at": _moment},
    "event": {"at": _moment, "action": _word_of(EventKind), "details": _json_object, "undoable": _flag},
    "job": {"seen_at": _moment, "finished_at": _moment},
    "event_number": {"at": _moment, "kind": _word_of(OptOutKind)},
}
"""What a value must be besides its type, by table and column; CHECK constraints are SQLite's own to look at."""

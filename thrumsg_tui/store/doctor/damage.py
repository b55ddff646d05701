"""Find damage: a broken file, and values that thrumsg never writes (`docs/rules.md 11.5`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from thrumsg_tui.domain.enums import OptOutKind
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.store.doctor.problem import Problem
from thrumsg_tui.store.engines.base import Engine
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.engines.failure import MOST, NO_DAMAGE, UnreadableText
from thrumsg_tui.store.event_details import are_readable
from thrumsg_tui.store.media import media_from
from thrumsg_tui.store.progress import RowsRead, no_progress
from thrumsg_tui.store.times import from_ms

_ValueCheck = Callable[[object], object]
"""Takes a stored value; returns False or raises if the value is unusable."""


def damage(engine: Engine[Any], conn: Connection, read: RowsRead | None = None) -> list[Problem]:
    """Find damage in a whole database, at most `MOST` problems of each kind; an empty list if there is none.

    A derived figure that is merely wrong is no damage. Reads everything once, 5 µs a message; `read` counts the rows.
    """
    found: list[Problem] = []
    try:
        for check in engine.damage_checks():
            found += (Problem(*problem) for problem in islice(check(conn), MOST))
            if found:  # later checks would only repeat it
                break
        else:
            found += islice(_values(engine, conn, read or RowsRead(no_progress, int)), MOST)
    except engine.unreadable as error:
        if engine.failure(error) in NO_DAMAGE:
            raise
        found.append(Problem("the file", f"{engine.name} cannot read it ({engine.described(error)})."))
    return [replace(problem, damage=True) for problem in found]


def rows_with_values(engine: Engine[Any], conn: Connection) -> int:
    """Count the rows whose values are checked."""
    tables = [table for table, _ in _checked(engine, conn)]
    return sum(conn.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0] for table in tables)


def _checked(engine: Engine[Any], conn: Connection) -> Iterator[tuple[str, list[str]]]:
    """Yield each table with the columns that are texts, or have rules beyond their type."""
    for table, columns in engine.columns(conn).items():
        rules = _RULES.get(table, {})
        if names := [column.name for column in columns if column.is_text or column.name in rules]:
            yield table, names


def _values(engine: Engine[Any], conn: Connection, read: RowsRead) -> Iterator[Problem]:
    """Check that each text is UTF-8, and each value that has rules beyond its type."""
    for table, names in _checked(engine, conn):
        rules = _RULES.get(table, {})
        checks = [(place, name, rules[name]) for place, name in enumerate(names) if name in rules]
        yield from _unusable(table, read.over(engine.stored_rows(conn, table, names)), checks)


def _unusable(
    table: str, rows: Iterator[tuple[object, ...]], checks: Sequence[tuple[int, str, _ValueCheck]]
) -> Iterator[Problem]:
    """Yield the unusable values of a table, in the order of the rows."""
    nth = 0
    try:
        for nth, row in enumerate(rows, start=1):
            for place, name, check in checks:
                if row[place] is not None and not _passes(check, row[place]):
                    yield Problem(f"row {nth} of {table}", f"has a value in {name} that cannot be.")
    except UnreadableText:
        yield Problem(f"row {nth + 1} of {table}", "has a text that is not UTF-8.")


def _passes(check: _ValueCheck, value: object) -> bool:
    try:
        return check(value) is not False
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError, OSError):
        return False


def _moment(value: object) -> object:
    return isinstance(value, int) and from_ms(value)


def _flag(value: object) -> object:
    return value in {0, 1}


def _minute(value: object) -> object:
    return isinstance(value, int) and 0 <= value <= 24 * 60


def _json_object(value: object) -> object:
    return isinstance(json.loads(str(value)), dict)


def _media(value: object) -> object:
    texts: list[object] = [text for each in media_from(str(value)) for text in (each.url, each.type)]
    return all(isinstance(text, str) for text in texts)


def _event_details(value: object) -> object:
    return _json_object(value) and are_readable(str(value))


def _day(value: object) -> object:
    return date.fromisoformat(str(value))


def _zone(value: object) -> object:
    return ZoneInfo(str(value))


def _word_of(words: type[StrEnum]) -> _ValueCheck:
    known = frozenset(map(str, words))
    return lambda value: value in known


_RULES: Mapping[str, Mapping[str, _ValueCheck]] = {
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
    "message": {"at": _moment, "state_at": _moment, "leaves_at": _moment, "media": _media},
    "unmatched": {"at": _moment, "media": _media},
    "opt_out": {"at": _moment},
    "question": {"retired": _flag},
    "answer": {"at": _moment},
    "draft": {"at": _moment},
    "presence": {"seen_at": _moment},
    "event": {"at": _moment, "action": _word_of(EventKind), "details": _event_details, "undoable": _flag},
    "job": {"seen_at": _moment, "finished_at": _moment},
    "event_number": {"at": _moment, "kind": _word_of(OptOutKind)},
}
"""Rules for values beyond their type, by table and column; CHECK constraints are left to the engine."""

"""Find damage in a SQLite file, and read tables that may be damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cache

from thrumsg_tui.store.engines.failure import MOST, Column, Damage, UnreadableText
from thrumsg_tui.store.engines.sqlite.connections import pragma
from thrumsg_tui.store.engines.sqlite.errors import error_code
from thrumsg_tui.store.schema import MIGRATIONS, read_migration

_GENERATED = frozenset({2, 3})
"""What `table_xinfo` has in `hidden` for generated columns, virtual and stored."""

_MADE = "SELECT type, name, tbl_name, sql FROM sqlite_schema"


def damaged_pages(conn: sqlite3.Connection) -> Iterator[Damage]:
    """Run SQLite's integrity check of every page, type, index and CHECK."""
    for row in conn.execute(f"PRAGMA integrity_check({MOST})"):
        if row[0] != "ok":
            yield Damage("the file", f"SQLite finds it damaged: {_in_short(row[0])}.")


def _in_short(found: str) -> str:
    """Return the first line that says something, and how many more there are."""
    first, *more = [line for line in found.splitlines() if not line.startswith("***")] or [found]
    return f"{first}, and {len(more)} more like it" if more else first


def changed_tables(conn: sqlite3.Connection) -> Iterator[Damage]:
    """Compare tables, indexes and triggers with those that the migrations of the file's version create."""
    stored = {tuple(row) for row in conn.execute(_MADE)}
    for row in _made_by(MIGRATIONS[: pragma(conn, "user_version")]):
        if row not in stored:
            yield Damage(f"the {row[0]} {row[1]}", "is not as it was made.")


@cache
def _made_by(migrations: tuple[str, ...]) -> tuple[tuple[object, ...], ...]:
    """Return what some migrations create in a new database; applying them takes 10 ms."""
    with closing(sqlite3.connect(":memory:")) as new:
        for file in migrations:
            new.executescript(read_migration(file))
        return tuple(tuple(row) for row in new.execute(_MADE))


def broken_references(conn: sqlite3.Connection) -> Iterator[Damage]:
    """Find rows that refer to a row that does not exist."""
    for table, rowid, parent, _ in conn.execute("PRAGMA foreign_key_check"):
        yield Damage(f"{table} {rowid}", f"points at a row of {parent} that does not exist.")


def columns(conn: sqlite3.Connection) -> dict[str, list[Column]]:
    """Return the columns of each table, generated ones too, in the order of the table."""
    names = conn.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    return {
        name: [
            Column(row[1], row[2] == "TEXT", row[6] in _GENERATED)
            for row in conn.execute(f'PRAGMA table_xinfo("{name}")')
        ]
        for (name,) in names.fetchall()
    }


def stored_rows(conn: sqlite3.Connection, table: str, names: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """Read columns of a whole table as plain tuples, as `Engine.stored_rows` describes."""
    quoted = ", ".join(f'"{name}"' for name in names)
    cursor = conn.execute(f'SELECT {quoted} FROM "{table}"')
    cursor.row_factory = None
    try:
        yield from cursor
    except sqlite3.OperationalError as error:
        if error_code(error):
            raise
        raise UnreadableText from error  # raised by Python, not by SQLite

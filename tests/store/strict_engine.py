"""SQLite behind connections, cursors and rows that have the methods of the protocols and no more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from inspect import ismethod
from pathlib import Path
from typing import Any

from thrumsg_tui.store.engines.connection import Asked, Parameters, Role
from thrumsg_tui.store.engines.sqlite.engine import SqliteEngine


class StrictRow:
    def __init__(self, row: sqlite3.Row) -> None:
        self._row = row

    def __getitem__(self, key: Any, /) -> Any:
        return self._row[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._row)

    def __len__(self) -> int:
        return len(self._row)

    def keys(self) -> Sequence[str]:
        return self._row.keys()


class StrictCursor:
    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    def fetchone(self) -> StrictRow | None:
        row = self._cursor.fetchone()
        return None if row is None else StrictRow(row)

    def fetchall(self) -> list[StrictRow]:
        return [StrictRow(row) for row in self._cursor.fetchall()]

    def __iter__(self) -> Iterator[StrictRow]:
        return map(StrictRow, self._cursor)


class StrictConnection:
    answers_at_once = True

    def __init__(self, inside: sqlite3.Connection) -> None:
        self.inside = inside

    def execute(self, sql: str, parameters: Parameters = (), /) -> StrictCursor:
        return StrictCursor(self.inside.execute(sql, parameters))

    def executemany(self, sql: str, rows: Iterable[Parameters], /) -> StrictCursor:
        return StrictCursor(self.inside.executemany(sql, rows))

    def set_each(self, table: str, column: str, rows: Sequence[tuple[int, int]], /) -> None:
        inside: Any = self.inside
        inside.set_each(table, column, rows)

    def ask_id(self, table: str, /) -> Asked[int]:
        inside: Any = self.inside
        asked: Asked[int] = inside.ask_id(table)
        return asked

    def ask_version(self) -> Asked[int]:
        inside: Any = self.inside
        asked: Asked[int] = inside.ask_version()
        return asked

    def stream(self, sql: str, parameters: Parameters = (), /) -> Iterator[StrictRow]:
        return iter(self.execute(sql, parameters))


class StrictEngine:
    """Opens strict connections; SQLite's engine gets what is inside them."""

    def __init__(self, path: Path) -> None:
        self._sqlite = SqliteEngine(path)

    def open(self, role: Role) -> StrictConnection:
        return StrictConnection(self._sqlite.open(role))

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._sqlite, name)
        if not ismethod(attribute):
            return attribute

        def handed_on(*args: object, **kwargs: object) -> object:
            bare = (each.inside if isinstance(each, StrictConnection) else each for each in args)
            return attribute(*bare, **kwargs)

        return handed_on

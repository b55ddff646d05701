"""A connection whose streams of rows are counted, so that whoever waits for a check sees how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from thrumsg_tui.store.engines.connection import Connection, Cursor, Parameters
from thrumsg_tui.store.progress import RowsRead


class CountedConnection:
    """A connection that counts the rows of its streams; the results of other statements are short."""

    def __init__(self, conn: Connection, read: RowsRead) -> None:
        self._conn = conn
        self._read = read

    def execute(self, sql: str, parameters: Parameters = (), /) -> Cursor:
        """Run one statement."""
        return self._conn.execute(sql, parameters)

    def executemany(self, sql: str, rows: Iterable[Parameters], /) -> Cursor:
        """Run one statement for each row of parameters."""
        return self._conn.executemany(sql, rows)

    def stream(self, sql: str, parameters: Parameters = (), /) -> Iterator[Any]:
        """Run a query, and count its rows as they are read."""
        return self._read.over(self._conn.stream(sql, parameters))

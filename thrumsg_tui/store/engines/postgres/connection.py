"""A connection to a server with the methods of the `Connection` protocol."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import count, islice
from typing import Any

import psycopg
from psycopg import ClientCursor
from psycopg.pq import TransactionStatus

from thrumsg_tui.store.engines.connection import OnWait, Parameters
from thrumsg_tui.store.engines.postgres.rows import Row, row_factory
from thrumsg_tui.store.engines.postgres.translating import BulkInsert, bulk_insert, translated
from thrumsg_tui.store.engines.postgres.values import adapt

logging.getLogger("psycopg").addHandler(logging.NullHandler())  # it would write on a person's screen

_AT_ONCE = 1_000
"""How many rows a bulk statement has, and how many a stream fetches."""

_STATEMENTS_AT_ONCE = 200
"""How many statements other than an INSERT go to the server in one message."""


class ManyRows:
    """The result of a bulk statement: how many rows it changed."""

    def __init__(self, rowcount: int) -> None:
        self.rowcount = rowcount

    def fetchone(self) -> None:
        """Return None: a bulk statement returns no rows."""

    def fetchall(self) -> list[Row]:
        """Return no rows."""
        return []

    def __iter__(self) -> Iterator[Row]:
        return iter(())


class ServerConnection:
    """A connection in autocommit mode; the engine begins and ends transactions.

    Values are written into the statements here (`ClientCursor`), which is exact, and needs no prepared statement that a
    pooler might lose.
    """

    def __init__(self, conninfo: str, **options: Any) -> None:
        self.inside: psycopg.Connection[Row] = psycopg.connect(
            conninfo, autocommit=True, cursor_factory=ClientCursor, row_factory=row_factory, **options
        )
        adapt(self.inside)
        self.is_bulk = False
        """Whether the next transaction may change many rows."""
        self.on_wait: OnWait = lambda _: None
        """Called when the present transaction begins to wait for a lock, and when that wait ends."""
        self._streams = count(1)

    def execute(self, sql: str, parameters: Parameters = (), /) -> psycopg.Cursor[Row]:
        """Run one statement."""
        return self.inside.execute(translated(sql), parameters)

    def script(self, statements: str) -> None:
        """Run statements without parameters, in one message."""
        self.inside.execute(statements.encode())

    def executemany(self, sql: str, rows: Iterable[Parameters], /) -> ManyRows:
        """Run one statement for each row: an INSERT with many rows at once, others many in one message."""
        insert, changed, waiting = bulk_insert(sql), 0, iter(rows)
        while some := list(islice(waiting, _AT_ONCE if insert else _STATEMENTS_AT_ONCE)):
            changed += self._insert(insert, some) if insert else self._run_each(translated(sql), some)
        return ManyRows(changed)

    def stream(self, sql: str, parameters: Parameters = (), /) -> Iterator[Row]:
        """Read the rows of a query through a cursor of the server, in the open transaction."""
        name = f"stream_{next(self._streams)}"
        self.execute(f"DECLARE {name} NO SCROLL CURSOR FOR {sql}", parameters)
        while some := self.execute(f"FETCH {_AT_ONCE} FROM {name}").fetchall():
            yield from some
        self.execute(f"CLOSE {name}")

    def roll_back(self) -> None:
        """Roll back; do nothing if no transaction is open, or none can be any more."""
        if self.inside.info.transaction_status not in {TransactionStatus.IDLE, TransactionStatus.UNKNOWN}:
            self.script("ROLLBACK")

    def close(self) -> None:
        """Close it; the server rolls back what is open."""
        self.inside.close()

    def _insert(self, insert: BulkInsert, rows: Sequence[Parameters]) -> int:
        cursor = ClientCursor(self.inside)
        values = ", ".join(cursor.mogrify(insert.values, row) for row in rows)
        return cursor.execute(f"{insert.before}{values}{insert.after}".encode()).rowcount

    def _run_each(self, statement: bytes, rows: Sequence[Parameters]) -> int:
        cursor = ClientCursor(self.inside)
        cursor.execute("; ".join(cursor.mogrify(statement, row) for row in rows).encode())
        changed = cursor.rowcount
        while cursor.nextset():
            changed += cursor.rowcount
        return changed

    def __del__(self) -> None:
        with suppress(AttributeError):  # it was never made
            self.inside.close()  # a thread that ends leaves its connections open

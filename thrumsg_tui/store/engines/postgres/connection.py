"""A connection to a server with the methods of the `Connection` protocol."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import count, islice
from select import POLLIN, poll
from typing import Any, NamedTuple

import psycopg
from psycopg import ClientCursor
from psycopg.pq import ConnStatus, TransactionStatus

from thrumsg_tui.store.engines.connection import Asked, OnWait, Parameters
from thrumsg_tui.store.engines.failure import Failure
from thrumsg_tui.store.engines.postgres.answers import Answer, ManyAnswers
from thrumsg_tui.store.engines.postgres.errors import failure
from thrumsg_tui.store.engines.postgres.prepared import Prepared
from thrumsg_tui.store.engines.postgres.rows import Row, row_factory
from thrumsg_tui.store.engines.postgres.translating import BulkInsert, bulk_insert, translated
from thrumsg_tui.store.engines.postgres.values import adapt
from thrumsg_tui.store.engines.postgres.waiting import Waiting

logging.getLogger("psycopg").addHandler(logging.NullHandler())  # it would write on a person's screen

_NONE_OPEN = {TransactionStatus.IDLE, TransactionStatus.UNKNOWN}
"""Where there is no transaction to end."""

_serials = count(1)

_AT_ONCE = 1_000
"""How many rows a bulk statement has, and how many a stream fetches."""

_STATEMENTS_AT_ONCE = 200
"""How many statements other than an INSERT, of one `executemany`, go to the server in one message."""


class _Asked(NamedTuple):
    """A statement that waits to be sent, and its answer."""

    statement: bytes
    otherwise: Callable[[], bytes] | None
    answer: Answer

    @property
    def plain(self) -> bytes:
        """The statement for a session that has prepared nothing."""
        return self.otherwise() if self.otherwise else self.statement


def _has_come(socket: int, wait_ms: int | None = None) -> bool:
    """Whether a server has said something, or has ended the connection; `select` takes no number from 1,024 on."""
    waiting = poll()
    waiting.register(socket, POLLIN)
    return bool(waiting.poll(wait_ms))


def _message(asked: Sequence[bytes], last: Sequence[bytes]) -> bytes:
    return b";\n".join([*asked, *last])


class ServerConnection:
    """A connection in autocommit mode; the engine begins and ends transactions.

    In a transaction a statement waits until somebody reads the result of one, or until it ends; then all that wait go
    to the server in one message. So the beginning of a transaction goes with its first query, and what a change
    writes, with its COMMIT.

    Values are written into the statements here (`ClientCursor`), which is exact. What is run often is prepared, unless
    a pooler stands between (`prepared.py`), and called in the same messages.
    """

    answers_at_once = False

    def __init__(self, conninfo: str, **options: Any) -> None:
        self._connect = partial(
            Waiting.connect,
            conninfo,
            autocommit=True,
            cursor_factory=ClientCursor,
            row_factory=row_factory,
            **options,
        )
        self._inside = self._connected()
        self.is_bulk = False
        """Whether the next transaction may change many rows."""
        self.on_wait: OnWait = lambda _: None
        """Called when the present transaction begins to wait for a lock, and when that wait ends."""
        self.asks_locks = False
        """Whether there are locks in what waits to be sent."""
        self._streams = count(1)
        self._serial = next(_serials)
        self._waiting: list[_Asked] = []
        self._prepared = Prepared()
        self.in_transaction = False
        """Whether a transaction is open, or waits for its first statement."""
        self.commit_has_left = False
        """Whether the server may have got the COMMIT of the last transaction."""
        self._reads = self._begins_reading = self._is_ending = False

    @property
    def inside(self) -> psycopg.Connection[Row]:
        """The driver's connection, which has been sent all that waited."""
        if self._waiting:
            self.send()
        self._await_ending()
        return self._inside

    @property
    def closed(self) -> bool:
        """Whether the connection has ended, as far as that was noticed."""
        return self._inside.closed

    def begin(self, *statements: str, reads: bool) -> None:
        """Begin a transaction with these statements, which wait for the next one."""
        if self._prepared.is_wanted:
            with suppress(psycopg.OperationalError, psycopg.InterfaceError):  # what follows finds out that it is lost
                self._prepared.prepare(self.inside.execute, self._inside.info.backend_pid)
        self.in_transaction, self.commit_has_left = True, False
        self._reads = self._begins_reading = reads
        for statement in statements:
            self._ask(statement.encode())

    def execute(self, sql: str, parameters: Parameters = (), /) -> Answer:
        """Have a statement run; at once outside of a transaction."""
        if call := self._prepared.call(sql, parameters):
            answer = self._ask(self._written(*call), otherwise=lambda: self._written(translated(sql), parameters))
        else:
            answer = self._ask(self._written(translated(sql), parameters))
        if not self.in_transaction:
            self.send()
        return answer

    def script(self, statements: str) -> None:
        """Run statements without parameters now, in one message with what waits."""
        self.send(statements.encode())

    def send(self, statements: bytes = b"", parameters: Sequence[Any] = ()) -> psycopg.Cursor[Row]:
        """Send what waits and then some statements, in one message; return a cursor at the results of the latter."""
        waiting, self._waiting = self._waiting, []
        last = [self._written(statements, parameters) if parameters else statements] if statements else []
        self._inside.on_wait, self.asks_locks = self.on_wait if self.asks_locks else None, False
        try:
            cursor = self._run(waiting, last)
        finally:
            self._inside.on_wait = None
        for each in waiting:
            each.answer.take(cursor)
            cursor.nextset()
        return cursor

    def await_locks(self) -> None:
        """Send what waits if there are locks in it, and wait until they are held."""
        if self.asks_locks:
            self.send()

    def executemany(self, sql: str, rows: Iterable[Parameters], /) -> ManyAnswers:
        """Have one statement run for each row: an INSERT with many rows at once, others many in one message."""
        insert, answers, left = bulk_insert(sql), list[Answer](), iter(rows)
        while some := list(islice(left, _AT_ONCE if insert else _STATEMENTS_AT_ONCE)):
            if answers:
                self.send()  # only the last ones wait: many rows need much memory
            written = [self._inserting(insert, some)] if insert else self._each(translated(sql), some)
            answers += [self._ask(statement) for statement in written]
        if not self.in_transaction:
            self.send()
        return ManyAnswers(answers)

    def set_each(self, table: str, column: str, rows: Sequence[tuple[int, int]], /) -> None:
        """Set the column in one statement."""
        given = ", ".join(f"({int(value)}, {int(row)})" for value, row in rows)
        if given:
            self._ask(
                f"UPDATE {table} SET {column} = given.value FROM (VALUES {given}) AS given (value, id) "
                f"WHERE {table}.id = given.id".encode()
            )

    def ask_id(self, table: str, /) -> Asked[int]:
        """Ask for the next number of the table's sequence; it is used up even if the transaction is rolled back."""
        numbers = self.execute(f"SELECT nextval(pg_get_serial_sequence('{table}', 'id')) AS id")
        return lambda: next(iter(numbers))["id"]

    def ask_version(self) -> Asked[int]:
        """Ask for the transactions that the server has ended, which change with every commit.

        After a crash the server may give numbers of lost transactions again: each connection has versions of its own.
        """
        snapshots = self.execute("SELECT pg_current_snapshot()::text AS ended")
        return lambda: int.from_bytes(f"{self._serial} {next(iter(snapshots))['ended']}".encode())

    def stream(self, sql: str, parameters: Parameters = (), /) -> Iterator[Row]:
        """Read the rows of a query through a cursor of the server, in the open transaction."""
        name = f"stream_{next(self._streams)}"
        self.execute(f"DECLARE {name} NO SCROLL CURSOR FOR {sql}", parameters)
        while some := self.execute(f"FETCH {_AT_ONCE} FROM {name}").fetchall():
            yield from some
        self.execute(f"CLOSE {name}")

    def commit(self) -> None:
        """Run what waits, and commit, in one message; it does not leave if the connection is known to have ended."""
        self.in_transaction = False
        if self._has_ended():
            self.close()
            raise psycopg.OperationalError("the server has ended the connection")
        self.commit_has_left = True
        self.script("COMMIT")

    def roll_back(self) -> None:
        """Roll back; do nothing if no transaction is open, or none can be any more. What waits is not sent.

        Nobody waits for the end of a reader: it is read before the next message.
        """
        self._waiting.clear()
        self.in_transaction = self.asks_locks = False
        if self._is_ending or self._inside.info.transaction_status in _NONE_OPEN:
            return
        if self._reads:
            with suppress(psycopg.Error):  # the next message finds out that the connection is lost
                self._inside.pgconn.send_query(b"ROLLBACK")
                self._inside.pgconn.flush()
                self._is_ending = True
        else:
            self.script("ROLLBACK")

    def close(self) -> None:
        """Close it; the server rolls back what is open."""
        self._waiting.clear()
        self._inside.close()

    def _connected(self) -> Waiting:
        made = self._connect()
        adapt(made)
        return made

    def _run(self, asked: Sequence[_Asked], last: Sequence[bytes]) -> psycopg.Cursor[Row]:
        """Run statements; once more if a reader begins with them, and the connection was lost meanwhile.

        So if a pooler that hides itself has given us the session of somebody else, who has prepared other statements.
        """
        begins, self._begins_reading = self._begins_reading, False
        try:
            self._await_ending()
            return self._inside.execute(_message([each.statement for each in asked], last))
        except psycopg.errors.InvalidSqlStatementName:
            self._prepared = Prepared(is_direct=False)
            if not begins:
                raise
            self._inside.execute("ROLLBACK")
        except psycopg.Error as error:
            if not begins or failure(error) is not Failure.DISCONNECTED:
                raise
            self._inside.close()
            self._inside, self._prepared = self._connected(), Prepared()
        return self._inside.execute(_message([each.plain for each in asked], last))

    def _has_ended(self) -> bool:
        """Whether the server has ended the connection, and this host knows: to wait for no answer costs nothing."""
        driver = self._inside.pgconn
        try:
            while driver.status == ConnStatus.OK and _has_come(driver.socket, 0):
                driver.consume_input()  # what a server says unasked, such as why it ends; raises at the end itself
        except psycopg.OperationalError:
            return True
        return driver.status != ConnStatus.OK

    def _await_ending(self) -> None:
        """Read that a reader has ended."""
        if not self._is_ending:
            return
        self._is_ending = False
        driver = self._inside.pgconn
        while driver.is_busy():  # in C, nobody else could run meanwhile
            _has_come(driver.socket)
            driver.consume_input()
        while driver.get_result():
            pass

    def _ask(self, statement: bytes, otherwise: Callable[[], bytes] | None = None) -> Answer:
        """Let a statement wait; `otherwise` writes it for a session that has not prepared it."""
        answer = Answer(self.send)
        self._waiting.append(_Asked(statement, otherwise, answer))
        return answer

    def _written(self, statement: bytes, parameters: Parameters) -> bytes:
        return ClientCursor(self._inside).mogrify(statement, parameters).encode()

    def _inserting(self, insert: BulkInsert, rows: Sequence[Parameters]) -> bytes:
        cursor = ClientCursor(self._inside)
        values = ", ".join(cursor.mogrify(insert.values, row) for row in rows)
        return f"{insert.before}{values}{insert.after}".encode()

    def _each(self, statement: bytes, rows: Sequence[Parameters]) -> list[bytes]:
        cursor = ClientCursor(self._inside)
        return [cursor.mogrify(statement, row).encode() for row in rows]

    def __del__(self) -> None:
        with suppress(AttributeError):  # it was never made
            self._inside.close()  # a thread that ends leaves its connections open

"""SQLite that fails as a server can: others get in the way, connections are lost, commits get no answer."""

from __future__ import annotations

import sqlite3
from collections import deque
from pathlib import Path
from typing import Any

from thrumsg_tui.domain.errors import DatabaseBusy, DatabaseUnreachable, ThrumsgError
from thrumsg_tui.store.engines.connection import OnWait, Role
from thrumsg_tui.store.engines.failure import Failure
from thrumsg_tui.store.engines.sqlite.engine import SqliteEngine


class Lost(sqlite3.OperationalError):
    """The connection is gone."""


class GiveWay(sqlite3.OperationalError):
    """Another transaction was first."""


class FlakyEngine(SqliteEngine):
    """Fails once for each of `failures`, in order.

    `read` and `begin` fail at the beginning of a transaction. At its end `conflict` and `commit` fail before it is
    stored, `answer` after that, none at a `page`, and with `no server` there is no server any more, which `dead` says.
    """

    repeated = frozenset({Failure.CONFLICT, Failure.DISCONNECTED, Failure.NOT_UNIQUE, Failure.NO_SUCH_ROW})

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.failures: deque[str] = deque()
        self.dead = False
        self.keys = 0
        self.awaited: list[str] = []

    def open(self, role: Role) -> sqlite3.Connection:
        if self.dead:
            raise Lost
        return super().open(role)

    def begin_read(self, conn: sqlite3.Connection) -> None:
        self._fail("read")
        super().begin_read(conn)

    def begin_write(self, conn: sqlite3.Connection, *, durable: bool, scratch: bool, on_wait: OnWait) -> str:  # type: ignore[override]
        self._fail("begin")
        super().begin_write(conn, durable=durable, scratch=scratch, on_wait=on_wait)
        self.keys += 1
        return f"key {self.keys}"

    def commit(self, conn: sqlite3.Connection) -> None:
        try:
            self._fail("conflict", GiveWay)
            self._fail("commit")
        except Lost:
            conn.rollback()  # as a server does
            raise
        super().commit(conn)
        if self.failures and self.failures[0] == "page":
            self.failures.popleft()
        self._fail("answer")
        if "no server" in self.failures:
            self.dead = True
            self._fail("no server")

    def may_be_committed(self, conn: sqlite3.Connection, error: Exception) -> bool:
        return isinstance(error, Lost)

    def await_end(self, conn: sqlite3.Connection, key: str) -> None:
        self.awaited.append(key)

    def failure(self, error: BaseException) -> Failure:
        if isinstance(error, GiveWay):
            return Failure.CONFLICT
        return Failure.DISCONNECTED if isinstance(error, Lost) else super().failure(error)

    def explained(self, error: Exception) -> ThrumsgError | None:
        if isinstance(error, GiveWay):
            return DatabaseBusy("Others were first. Nothing was changed.")
        if isinstance(error, Lost):
            return DatabaseUnreachable("The server is gone. Nothing was changed.")
        return super().explained(error)

    def _fail(self, where: str, error: type[Exception] = Lost) -> None:
        if self.failures and self.failures[0] == where:
            self.failures.popleft()
            raise error


def engine_of(db: Any) -> FlakyEngine:
    engine: FlakyEngine = db.engine
    return engine

"""The spool: requests of carriers that are stored, and not yet in the main database (`docs/rules.md 10.6`).

It is a file of its own, `NAME.spool` beside the database, so that it can be written while the database is locked.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from thrumsg_tui.domain.errors import DatabaseDamaged
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.storable_text import storable
from thrumsg_tui.store.database import utc_now
from thrumsg_tui.store.engines import spool_engine_for
from thrumsg_tui.store.engines.connection import Connection, Role, Row
from thrumsg_tui.store.engines.failure import Failure
from thrumsg_tui.store.times import from_ms, to_ms

MOST_TRIES = 5
"""After so many failures a request stays until a person looks at it."""


@dataclass(frozen=True, slots=True)
class SpooledRequest:
    """A request of a carrier, its signature already checked."""

    gateway: str
    key: str
    """What is the same in a repetition of the request, and in no other of the gateway."""
    path: str
    query: str
    body: bytes
    at: datetime
    id: int = 0
    """Its row, once it is stored."""


@dataclass(frozen=True, slots=True)
class SpoolState:
    """What is in a spool: how many requests wait, since when the oldest does, and how many have failed for good."""

    waiting: int
    failed: int
    oldest: datetime | None
    error: str | None = None
    """Why the last of those failed."""


def spool_path(database: Path) -> Path:
    """Return the file of a database's spool; links are followed first."""
    real = Path(os.path.realpath(database))
    return real.with_name(f"{real.name}.spool")


class Spool:
    """The spool of a database. Each thread that uses it gets connections of its own.

    Args:
        database: The file of the database; the spool is created if it does not exist.
        clock: The present time, in UTC.

    Raises:
        DatabaseUnusable: The file of the spool is not ours, damaged, or not accessible.
    """

    def __init__(self, database: Path, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.path = spool_path(database)
        self.clock = clock
        self._engine = spool_engine_for(self.path)
        self._local = threading.local()
        with self._explained():
            self._engine.refuse_foreign()
            self._engine.make_private()
            self._engine.prepare(self._connection("writer"), _do_not_tell)

    def write(
        self, kept: Sequence[SpooledRequest], done: Sequence[int] = (), failed: Mapping[int, str] | None = None
    ) -> None:
        """Keep requests, delete those that are done, and note failures, in one transaction that survives a power cut.

        Args:
            kept: The requests; one whose key is there already changes nothing.
            done: The rows of requests that are in the main database now.
            failed: By row, why a request could not be stored there.
        """
        with self._writing() as conn:
            conn.executemany(
                """
                INSERT INTO inbox (gateway, key, path, query, body, at) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (gateway, key) DO NOTHING
                """,
                [(each.gateway, each.key, each.path, each.query, each.body, to_ms(each.at)) for each in kept],
            )
            conn.executemany("DELETE FROM inbox WHERE id = ?", [(row,) for row in done])
            conn.executemany(
                "UPDATE inbox SET tries = tries + 1, error = ? WHERE id = ?",
                [(storable(error), row) for row, error in (failed or {}).items()],
            )

    def prove_writable(self) -> None:
        """Write something and take it back, in one transaction."""
        with self._writing() as conn:
            conn.execute(
                "INSERT INTO inbox (gateway, key, path, query, body, at) VALUES ('', '', '', '', ?, 0)", (b"",)
            )
            conn.execute("DELETE FROM inbox WHERE gateway = ''")

    def waiting(self, gateway: str, limit: int) -> list[SpooledRequest]:
        """Read the oldest requests of a gateway that have not failed for good."""
        with self._reading() as conn:
            rows = conn.execute(
                """
                SELECT id, gateway, key, path, query, body, at FROM inbox
                WHERE gateway = ? AND tries < ? ORDER BY id LIMIT ?
                """,
                (gateway, MOST_TRIES, limit),
            )
            return [_request_of(row) for row in rows]

    def everything(self) -> list[SpooledRequest]:
        """Read all requests, in the order in which they came."""
        with self._reading() as conn:
            rows = conn.execute("SELECT id, gateway, key, path, query, body, at FROM inbox ORDER BY id")
            return [_request_of(row) for row in rows]

    def state(self) -> SpoolState:
        """Count what is there."""
        with self._reading() as conn:
            row = conn.execute(
                """
                SELECT COUNT(*) FILTER (WHERE tries < :most) AS waiting,
                       MIN(CASE WHEN tries < :most THEN at END) AS oldest,
                       COUNT(*) FILTER (WHERE tries >= :most) AS failed,
                       (SELECT error FROM inbox WHERE tries >= :most ORDER BY id DESC LIMIT 1) AS error
                FROM inbox
                """,
                {"most": MOST_TRIES},
            ).fetchone()
        oldest = None if row["oldest"] is None else from_ms(row["oldest"])
        return SpoolState(row["waiting"], row["failed"], oldest, row["error"])

    def try_again(self) -> int:
        """Let requests that have failed for good be tried again; return how many there are."""
        with self._writing() as conn:
            return conn.execute("UPDATE inbox SET tries = 0 WHERE tries >= ?", (MOST_TRIES,)).rowcount

    def damage(self) -> str | None:
        """Return what is broken in the file, None if it is whole."""
        try:
            with self._reading() as conn:
                for check in self._engine.damage_checks():
                    for found in check(conn):
                        return _damaged(self.path, found.sentence.rstrip("."))
        except DatabaseDamaged as error:
            return str(error)
        return None

    def close(self) -> None:
        """Close this thread's connections."""
        for role in ("reader", "writer"):
            conn = self._local.__dict__.pop(role, None)
            if conn is not None:
                self._engine.close(conn)

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        with self._explained():
            conn = self._connection("reader")
            self._engine.begin_read(conn)
            try:
                yield conn
            finally:
                self._engine.roll_back(conn)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._explained():
            conn = self._connection("writer")
            self._engine.begin_write(conn, durable=True, scratch=False, on_wait=_do_not_tell)
            try:
                yield conn
                self._engine.commit(conn)
            except BaseException:
                self._engine.roll_back(conn)
                raise

    def _connection(self, role: Role) -> Any:
        conn = getattr(self._local, role, None)
        if conn is None:
            conn = self._engine.open(role)
            setattr(self._local, role, conn)
        return conn

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Explain errors of the engine and of the file system, as `DatabaseUnusable`."""
        try:
            yield
        except (self._engine.driver_error, OSError) as error:
            if self._engine.failure(error) is Failure.DAMAGED:
                raise DatabaseDamaged(_damaged(self.path, self._engine.described(error))) from error
            if explained := self._engine.explained(error):
                raise explained from error
            raise


def spool_state(database: Path) -> SpoolState | None:
    """Count what is in the spool of a database; None if it has none.

    Raises:
        DatabaseUnusable: The spool cannot be read.
    """
    if not spool_path(database).exists():
        return None
    spool = Spool(database)
    try:
        return spool.state()
    finally:
        spool.close()


def _request_of(row: Row) -> SpooledRequest:
    return SpooledRequest(
        row["gateway"], row["key"], row["path"], row["query"], row["body"], from_ms(row["at"]), row["id"]
    )


def _damaged(path: Path, reason: str) -> str:
    return (
        f"{path} is damaged ({reason}): it holds messages that the carrier has handed over. Nothing was changed. "
        "Stop `thrumsg listen`, move the file away and keep it; a new one is made."
    )


def _do_not_tell(_: bool) -> None:
    """Say nothing of a wait: it is that of a program."""

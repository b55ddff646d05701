"""One database: opening it, reading, and one writer at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from thrumsg_tui.store.database_errors import damage_named, translated_errors
from thrumsg_tui.store.engines import engine_for
from thrumsg_tui.store.engines.base import Connection, Engine, OnWait, Role
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.store.times import to_ms


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open write transaction and the moment at which it happens."""

    conn: Connection
    now: datetime

    @property
    def now_ms(self) -> int:
        """The moment as UTC milliseconds."""
        return to_ms(self.now)


class Database:
    """A thrumsg database. Each thread that uses it gets connections of its own.

    Raises `DatabaseUnusable` where the file is not ours, newer than this program, damaged, or not readable; such a
    file is left untouched. A `scratch` file is written fast and may be lost in a power cut. `on_wait` is told when a
    thread begins to wait for another writer (True), and when it has waited (False), by that thread. `pacing` is how
    large moves are made on it.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        clock: Callable[[], datetime] = utc_now,
        scratch: bool = False,
        on_wait: OnWait = lambda _: None,
        pacing: Pacing | None = None,
    ) -> None:
        self.path = Path(path)
        self.clock = clock
        self.scratch = scratch
        self.on_wait = on_wait
        self.pacing = pacing or Pacing()
        self.engine: Engine[Any] = engine_for(self.path)
        self._local = threading.local()
        with translated_errors(self.engine):
            try:
                self.engine.refuse_foreign()
                self.engine.prepare(self._connection("writer"), self.on_wait)
            except BaseException:
                self.close()
                raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection on which several queries see one state of the database."""
        with translated_errors(self.engine):
            conn = self._connection("reader")
            self.engine.begin_read(conn)
            try:
                yield conn
            finally:
                self.engine.roll_back(conn)

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Transaction]:
        """Give the one write transaction; commit at the end, or change nothing if anything is raised.

        With `durable` what was committed survives a power cut; otherwise only a crash of the program.
        """
        with translated_errors(self.engine):
            conn = self._connection("writer")
            self.engine.begin_write(conn, durable=durable, scratch=self.scratch, on_wait=self.on_wait)
            try:
                yield Transaction(conn, self.clock())
                self.engine.commit(conn)
            except BaseException:
                with suppress(self.engine.driver_error):  # the first error is the one to report
                    self.engine.roll_back(conn)
                raise

    def damage_named(self) -> AbstractContextManager[None]:
        """Name damage to the file as the cause of what fails outside any transaction."""
        return damage_named(self.engine)

    def version(self) -> int:
        """A number that changes whenever anyone else than this thread's reader wrote; 5 µs."""
        with translated_errors(self.engine):
            return self.engine.version(self._connection("reader"))

    def close(self) -> None:
        """Close this thread's connections."""
        for role in ("reader", "writer"):
            conn: Connection | None = self._local.__dict__.pop(role, None)
            if conn is not None:
                self.engine.close(conn)

    def _connection(self, role: Role) -> Connection:
        conn: Connection | None = getattr(self._local, role, None)
        if conn is None:
            conn = self.engine.open(role)
            setattr(self._local, role, conn)
        return conn


def overwrite(path: Path, source: Path, once_locked: Callable[[], None] = lambda: None) -> None:
    """Replace the contents of one thrumsg database, which others may have open, by another's, in one transaction.

    `once_locked` is called when nobody else can write any more, while all still read what was there; what it raises
    leaves everything as it was. Raises `DatabaseBusy` where somebody else keeps the database locked for too long.
    """
    engine = engine_for(path)
    with translated_errors(engine):
        engine.overwrite(source, once_locked)

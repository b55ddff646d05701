"""One SQLite file: opening it, reading, and one writer at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

from thrumsg_tui.domain.errors import DatabaseUnusable
from thrumsg_tui.store.database_errors import BUSY_SECONDS, damage_named, translated_errors
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.store.recognising import connect, foreign, refuse_foreign
from thrumsg_tui.store.schema import APPLICATION_ID, MIGRATIONS, migration_name, read_migration
from thrumsg_tui.store.times import to_ms

Connection = sqlite3.Connection
"""What queries run on, under a name that the layers above may use."""

_SOON = 0.3
"""Seconds after which it is told that somebody waits for another writer."""


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open write transaction and the moment at which it happens."""

    conn: sqlite3.Connection
    now: datetime

    @property
    def now_ms(self) -> int:
        """The moment as UTC milliseconds."""
        return to_ms(self.now)


class Database:
    """A thrumsg file. Each thread that uses it gets connections of its own.

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
        on_wait: Callable[[bool], None] = lambda _: None,
        pacing: Pacing | None = None,
    ) -> None:
        self.path = Path(path)
        self.clock = clock
        self.scratch = scratch
        self.on_wait = on_wait
        self.pacing = pacing or Pacing()
        self._local = threading.local()
        with translated_errors(self.path):
            try:
                self._prepare()
            except BaseException:
                self.close()
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection on which several queries see one state of the file."""
        with translated_errors(self.path):
            conn = self._connection("reader")
            conn.execute("BEGIN")
            try:
                yield conn
            finally:
                conn.rollback()

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Transaction]:
        """Give the one write transaction; commit at the end, or change nothing if anything is raised.

        With `durable` what was committed survives a power cut; otherwise only a crash of the program.
        """
        with translated_errors(self.path):
            conn = self._connection("writer")
            safety = "OFF" if self.scratch else "FULL" if durable else "NORMAL"
            conn.execute(f"PRAGMA synchronous = {safety}")
            self._when_free(conn, "BEGIN IMMEDIATE")
            try:
                yield Transaction(conn, self.clock())
                conn.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # the first error is the one to report
                    conn.rollback()
                raise

    def damage_named(self) -> AbstractContextManager[None]:
        """Name damage to the file as the cause of what fails outside any transaction."""
        return damage_named(self.path)

    def version(self) -> int:
        """A number that changes whenever anyone else than this thread's reader wrote; 5 µs."""
        with translated_errors(self.path):
            return _pragma(self._connection("reader"), "data_version")

    def close(self) -> None:
        """Close this thread's connections."""
        for role in ("reader", "writer"):
            conn: sqlite3.Connection | None = self._local.__dict__.pop(role, None)
            if conn is not None:
                conn.close()

    def _connection(self, role: str) -> sqlite3.Connection:
        conn: sqlite3.Connection | None = getattr(self._local, role, None)
        if conn is None:
            conn = _connect(self.path)
            if role == "reader":
                conn.execute("PRAGMA query_only = ON")
            setattr(self._local, role, conn)
        return conn

    def _prepare(self) -> None:
        """Create the file or bring it up to date."""
        refuse_foreign(self.path)
        conn = self._connection("writer")
        self._when_free(conn, "SELECT COUNT(*) FROM sqlite_schema")
        if _pragma(conn, "page_count") and _pragma(conn, "application_id") != APPLICATION_ID:
            raise DatabaseUnusable(foreign(self.path))
        version = _pragma(conn, "user_version")
        if version > len(MIGRATIONS):
            raise DatabaseUnusable(
                f"{self.path} was written by a newer thrumsg (its format is {version}, this one knows "
                f"{len(MIGRATIONS)}). Nothing was changed; install the newer version."
            )
        if version < len(MIGRATIONS):
            self._when_free(conn, "BEGIN IMMEDIATE")
            _migrate(conn)
        self._write_ahead(conn)

    def _when_free(self, conn: sqlite3.Connection, statement: str) -> None:
        """Run a statement that needs a lock, and tell where it is waited for."""
        try:
            conn.execute(f"PRAGMA busy_timeout = {int(_SOON * 1000)}")
            conn.execute(statement)
        except sqlite3.OperationalError as error:
            if not _is_busy(error):
                raise
        else:
            return
        finally:
            conn.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        self.on_wait(True)
        try:
            conn.execute(statement)
        finally:
            self.on_wait(False)

    def _write_ahead(self, conn: sqlite3.Connection) -> None:
        """Switch to write-ahead logging, waiting for others who have the file open: SQLite does not wait here."""
        begun, told = monotonic(), False
        try:
            while conn.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                try:
                    conn.execute("PRAGMA journal_mode = WAL")
                except sqlite3.OperationalError as error:
                    if not _is_busy(error) or monotonic() > begun + BUSY_SECONDS:
                        raise
                    if not told and monotonic() > begun + _SOON:
                        told = True
                        self.on_wait(True)
                    sleep(0.02)
        finally:
            if told:
                self.on_wait(False)


def _connect(path: Path) -> sqlite3.Connection:
    conn = connect(path, BUSY_SECONDS)
    conn.row_factory = sqlite3.Row
    conn.execute("PRAGMA foreign_keys = ON")
    return conn


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def _pragma(conn: sqlite3.Connection, name: str) -> int:
    return int(conn.execute(f"PRAGMA {name}").fetchone()[0])


def _migrate(conn: sqlite3.Connection) -> None:
    """Apply what is missing, all or nothing, in the write transaction that has begun.

    The write lock comes first: two processes may start on a new file at once.
    """
    from sqlite_utils import Database as AdminDatabase  # here, since it costs 80 ms and is rarely needed
    from sqlite_utils.migrations import Migrations

    try:
        migrations = Migrations("thrumsg")
        for file in MIGRATIONS:
            migrations(name=migration_name(file))(_step(file))
        migrations.apply(AdminDatabase(conn))
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        conn.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        conn.execute("COMMIT")
    except BaseException:
        conn.rollback()
        raise


def _step(file: str) -> Callable[..., None]:
    def run(db: object) -> None:
        conn: sqlite3.Connection = db.conn  # type: ignore[attr-defined]
        for statement in _statements(read_migration(file)):
            conn.execute(statement)

    return run


def _statements(script: str) -> Iterator[str]:
    """Split a script, since `executescript` would commit first."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def overwrite(path: Path, source: Path, once_locked: Callable[[], None] = lambda: None) -> None:
    """Replace the contents of one thrumsg file, which others may have open, by another's, in one transaction.

    `once_locked` is called when nobody else can write any more, while all still read what was there; what it raises
    leaves everything as it was. Raises `DatabaseBusy` where somebody else keeps the file locked for too long.
    """
    with translated_errors(path):
        before, after = _connect(source), _connect(path)
        try:
            after.execute("PRAGMA synchronous = FULL")
            before.backup(after, pages=_PAGES_AT_ONCE, progress=_watched(once_locked))
        finally:
            before.close()
            after.close()


_PAGES_AT_ONCE = 16
"""Fewer than the emptiest database has: after the last step everything is committed."""


def _watched(once_locked: Callable[[], None]) -> Callable[[int, int, int], None]:
    """Watch the steps of SQLite's backup: the first one takes the lock; Python would try for ever to get it."""
    deadline = monotonic() + BUSY_SECONDS
    locked = False

    def watch(status: int, _remaining: int, _total: int) -> None:
        nonlocal locked
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            if monotonic() > deadline:
                error = sqlite3.OperationalError("database is locked")
                error.sqlite_errorcode = status
                raise error
        elif not locked:
            locked = True
            once_locked()

    return watch

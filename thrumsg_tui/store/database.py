"""A database: open it, read it, and write to it one transaction at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Set
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from thrumsg_tui.domain.errors import DatabaseMoved, DatabaseUnreachable, DatabaseUnusable, Nothing
from thrumsg_tui.store.database_errors import damage_named, translated_errors
from thrumsg_tui.store.engines import engine_for, file_engine_for
from thrumsg_tui.store.location import Location, path_of, read_location
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.store.times import to_ms

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import CampaignId
    from thrumsg_tui.store.database_move.marks import Mark
    from thrumsg_tui.store.engines.access import Access
    from thrumsg_tui.store.engines.base import Engine
    from thrumsg_tui.store.engines.connection import Connection, OnWait, Parameters, Role
    from thrumsg_tui.store.locks import Lock
    from thrumsg_tui.store.lost_commits import Evidence

_T = TypeVar("_T")

_OTHER: dict[Role, Role] = {"reader": "writer", "writer": "reader"}
"""The other role of a connection."""


def utc_now() -> datetime:
    """Return the present time, aware, in UTC."""
    return datetime.now(UTC)


class Transaction:
    """An open write transaction.

    Args:
        conn: Its connection.
        clock: The present time, in UTC.
        engine: The engine of its database.
        evidence: What shows that it was committed if its commit gets no answer; None where that cannot happen.
        keeps_references: Whether it makes sure itself that what its rows refer to exists (`Database.writing`).
    """

    def __init__(
        self,
        conn: Connection,
        clock: Callable[[], datetime],
        engine: Engine[Any],
        evidence: Evidence | None = None,
        *,
        keeps_references: bool = False,
    ) -> None:
        self.conn = conn
        self.evidence = evidence
        self.keeps_references = keeps_references
        self._clock = clock
        self._engine = engine
        self._now: datetime | None = None
        self._now_ms = 0

    def hold(self, *locks: Lock) -> None:
        """Hold locks until the transaction ends, so that what they protect changes only here.

        Hold them before asking for what the change depends on. Locks that are held together may come in any order; a
        second call must not name one that comes before those of the first. The wait for them, and its failure, may come
        as late as that for the first answer.
        """
        self._engine.hold(self.conn, locks)
        self._now = None

    def await_locks(self) -> None:
        """Wait now until all locks are held, for what is done outside of the database, such as a look at the clock."""
        self._engine.await_locks(self.conn)

    def share_free(self, campaigns: Collection[CampaignId]) -> Set[CampaignId]:
        """Share those campaigns that nobody holds alone now; return them. Hold what comes before campaigns first."""
        return self._engine.share_free(self.conn, campaigns)

    @property
    def now(self) -> datetime:
        """When it happens, in UTC: after all for whose locks it has waited; so look at it once it holds its own."""
        if self._now is None:
            self.await_locks()
            self._now = self._clock()
            self._now_ms = to_ms(self._now)
        return self._now

    @property
    def now_ms(self) -> int:
        """Its time as UTC milliseconds."""
        return self._now_ms if self._now else to_ms(self.now)

    def shown_by(self, query: str, parameters: Parameters) -> None:
        """Name a query that finds a row once this is committed, for a change that is not journalled.

        A change that may be made twice needs none.
        """
        if self.evidence and self.evidence.query is None:
            self.evidence.query, self.evidence.parameters = query, parameters


class Database:
    """A thrumsg database. Each thread that uses it gets connections of its own.

    Args:
        location: The file, which is created if it does not exist, or the address of a database on a server.
        clock: The present time, in UTC.
        scratch: Whether to write fast, so that the whole file may be lost in a power cut.
        on_wait: Called in a thread that begins to wait for another writer (True), and when its wait ends (False).
        pacing: How bulk moves are made in steps.
        closed_too: Whether to open also a database that a move has closed; it can only be read.
        makes: Whether to make the database where there is none.
        look_first: Called with a reader of a database that is there, before anything of it is changed, its upgrade
            included; it raises to refuse it.

    Raises:
        DatabaseMoved: Its contents were moved to another database, or not all have come from another one yet.
        DatabaseUnusable: It is not ours, newer than this program, damaged, or not readable; it is left untouched.
    """

    def __init__(
        self,
        location: Location | str,
        *,
        clock: Callable[[], datetime] = utc_now,
        scratch: bool = False,
        on_wait: OnWait = lambda _: None,
        pacing: Pacing | None = None,
        closed_too: bool = False,
        makes: bool = True,
        look_first: Callable[[Connection], None] | None = None,
    ) -> None:
        self.location = read_location(location) if isinstance(location, str) else location
        self.path = path_of(self.location)
        """The file; for a server a path beside which this host keeps its own files of the database."""
        self.clock = clock
        self.scratch = scratch
        self.on_wait = on_wait
        self.pacing = pacing or Pacing()
        self.engine: Engine[Any] = engine_for(self.location)
        self._local = threading.local()
        with translated_errors(self.engine):
            try:
                self.engine.refuse_foreign()
                if not makes:
                    self._require_made()
                if look_first and not self.engine.is_missing():
                    conn, _ = self._on_connection("reader", self.engine.begin_read)
                    look_first(conn)
                    self.engine.roll_back(conn)
                self.engine.prepare(self._connection("writer"), self.on_wait)
                self.mark = self._mark(refused=not closed_too)
                """What a move did to it, if that closed it."""
            except BaseException:
                self.close()
                raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection on which several queries see one state of the database."""
        with translated_errors(self.engine, reads=True):
            conn, _ = self._on_connection("reader", self.engine.begin_read)
            try:
                yield conn
            finally:
                self.engine.roll_back(conn)

    def read(self, query: Callable[[Connection], _T]) -> _T:
        """Return what a query reads in one transaction; it is run once more if its connection is lost meanwhile."""
        try:
            with self.reading() as conn:
                return query(conn)
        except DatabaseUnreachable:
            with self.reading() as conn:
                return query(conn)

    @contextmanager
    def writing(
        self, *, durable: bool = True, bulk: bool = False, keeps_references: bool = False
    ) -> Iterator[Transaction]:
        """Yield the one write transaction; commit it at the end, or change nothing if the body raises.

        Args:
            durable: Whether a commit survives a power cut, and not only a crash of the program.
            bulk: Whether it may change many rows, and is to use more memory for that.
            keeps_references: Whether a bulk change makes sure itself that what its rows refer to exists. The engine may
                then not look that up for each row.
        """
        with translated_errors(self.engine):
            conn = self._connection("writer")
            with self.engine.bulk(conn, keeps_references=keeps_references) if bulk else nullcontext():
                key = self.engine.begin_write(conn, durable=durable, scratch=self.scratch, on_wait=self.on_wait)
                try:
                    yield (
                        tx := Transaction(
                            conn, self.clock, self.engine, _evidence(key), keeps_references=keeps_references
                        )
                    )
                    self._commit(tx)
                    self._local.commits = self.commits + 1
                except BaseException:
                    with suppress(self.engine.driver_error):  # the first error is the one to report
                        self.engine.roll_back(conn)
                    raise

    @property
    def commits(self) -> int:
        """How many transactions this thread has committed."""
        return getattr(self._local, "commits", 0)

    def damage_named(self) -> AbstractContextManager[None]:
        """Check for damage if something fails outside any transaction, and name it as the cause."""
        return damage_named(self.engine)

    def version(self) -> int:
        """Return a number that changes whenever anybody but this thread's reader has committed; 5 µs."""
        with translated_errors(self.engine, reads=True):
            return self._on_connection("reader", self.engine.version)[1]

    def access(self) -> Access:
        """Return what the database knows of whoever has opened it."""
        with self.reading() as conn:
            return self.engine.access(conn)

    def close(self) -> None:
        """Close this thread's connections."""
        for role in ("reader", "writer"):
            conn: Connection | None = self._local.__dict__.pop(role, None)
            if conn is not None:
                self.engine.close(conn)

    def _commit(self, tx: Transaction) -> None:
        """Commit; if the answer is lost with the connection, look up on another one whether it is stored."""
        try:
            self.engine.commit(tx.conn)
        except self.engine.driver_error as error:
            if tx.evidence is None or not self.engine.may_be_committed(tx.conn, error):
                raise
            from thrumsg_tui.store.lost_commits import was_committed

            if not was_committed(self.engine, tx.evidence, self.on_wait, self.pacing.wait):
                raise

    def _on_connection(self, role: Role, begin: Callable[[Connection], _T]) -> tuple[Connection, _T]:
        """Begin something on this thread's connection; on a new one if that was lost while nobody used it."""
        conn = self._connection(role)
        try:
            return conn, begin(conn)
        except self.engine.driver_error as error:
            from thrumsg_tui.store.engines.failure import Failure

            if self.engine.failure(error) is not Failure.DISCONNECTED:
                raise
        self._forget(conn)
        conn = self._connection(role)
        return conn, begin(conn)

    def _require_made(self) -> None:
        if self.engine.is_missing():
            raise DatabaseUnusable(f"There is no database yet: {self.location}.", Nothing.CHANGED)

    def _mark(self, *, refused: bool) -> Mark | None:
        """Return the mark of a move that has closed the database, or refuse it; None also if it cannot be read."""
        conn, _ = self._on_connection("reader", self.engine.begin_read)
        try:
            if conn.execute("SELECT 1 FROM setting WHERE key IN ('moved', 'arriving')").fetchone() is None:
                return None
            from thrumsg_tui.store.database_move.marks import read_mark  # rarely needed; saves start-up time

            mark = read_mark(conn)
        except self.engine.unreadable as error:
            from thrumsg_tui.store.engines.failure import NO_DAMAGE

            if self.engine.failure(error) in NO_DAMAGE:
                raise
            return None  # damage is named by what reads more
        finally:
            self.engine.roll_back(conn)
        if mark and refused:
            raise DatabaseMoved(mark.sentence(self.location))
        return mark

    def _connection(self, role: Role) -> Connection:
        """Return this thread's connection for a role: its own, or one of the other role that is free for both."""
        own: Connection | None = getattr(self._local, role, None)
        other: Connection | None = getattr(self._local, _OTHER[role], None)
        conn = other if own is None and other is not None and self.engine.is_free(other) else own
        if own is not None and other is None and self.engine.is_busy(own):  # in its other role
            setattr(self._local, _OTHER[role], own)
            conn = None
        if conn is not None and self.engine.is_lost(conn):  # what it would write is lost
            self._forget(conn)
            conn = None
        if conn is None:
            conn = self.engine.open(role)
            setattr(self._local, role, conn)
        return conn

    def _forget(self, conn: Connection) -> None:
        """Close a connection that is of no use."""
        for role, each in list(self._local.__dict__.items()):
            if each is conn:
                delattr(self._local, role)
        self.engine.close(conn)


def _evidence(key: str | None) -> Evidence | None:
    if key is None:
        return None
    from thrumsg_tui.store.lost_commits import Evidence

    return Evidence(key)


def overwrite(path: Path, source: Path, once_locked: Callable[[], None] = lambda: None) -> None:
    """Replace the contents of one thrumsg database, which others may have open, with another's, in one transaction.

    Args:
        path: The database to overwrite.
        source: The database with the new contents.
        once_locked: Called when nobody else can write any more, while everybody still reads the old contents. If it
            raises, nothing is changed.

    Raises:
        DatabaseBusy: Somebody else keeps the database locked for too long.
    """
    engine = file_engine_for(path)
    with translated_errors(engine):
        engine.overwrite(source, once_locked)

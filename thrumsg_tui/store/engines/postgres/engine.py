"""The PostgreSQL implementation of the `Engine` protocol."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import psycopg

from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.store.engines import waits
from thrumsg_tui.store.engines.access import Access
from thrumsg_tui.store.engines.connection import OnWait, Role
from thrumsg_tui.store.engines.failure import Column, Damage, Failure
from thrumsg_tui.store.engines.postgres import errors, lost_transactions
from thrumsg_tui.store.engines.postgres.access import access
from thrumsg_tui.store.engines.postgres.connection import ServerConnection
from thrumsg_tui.store.engines.postgres.locks import hold, share_free
from thrumsg_tui.store.engines.postgres.lost_transactions import KEY_LOCK
from thrumsg_tui.store.engines.postgres.tls import ssl_options
from thrumsg_tui.store.engines.postgres.upgrade import FORMAT, found_format, upgrade
from thrumsg_tui.store.location import ServerAddress
from thrumsg_tui.store.locks import Lock

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import CampaignId
    from thrumsg_tui.store.engines.postgres.delivery_lock import ServerDeliveryLock

_IDLE = 10
"""How many seconds a transaction may wait for its program, which has perhaps lost its host, before it is ended.

Less than others wait for its locks; between two statements of a change a program needs milliseconds.
"""

_IDLE_IN_BULK = 120
"""The same for a bulk change, which computes much between two statements."""

_CONNECTING = {
    "application_name": "thrumsg",
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""What an address does not say; a server that is gone is noticed within half a minute."""


class PostgresEngine:
    """The engine of a database on a server; `thrumsg_tui.store.engines.base.Engine` describes each method."""

    name = "PostgreSQL"
    driver_error: type[Exception] = psycopg.Error
    unreadable: tuple[type[Exception], ...] = errors.UNREADABLE
    repeated = frozenset({Failure.CONFLICT, Failure.DISCONNECTED, Failure.NOT_UNIQUE, Failure.NO_SUCH_ROW})

    def __init__(self, location: ServerAddress) -> None:
        self.location = location

    # Connections and transactions

    def refuse_foreign(self) -> None:
        """Do nothing: what a server is can only be asked."""

    def is_missing(self) -> bool:
        """Whether the database has no tables."""
        with closing(self.open("reader")) as conn:
            return found_format(self.location, conn) == 0

    def prepare(self, conn: ServerConnection, on_wait: OnWait) -> None:  # noqa: ARG002 - no wait for a writer
        """Create or upgrade the tables."""
        if found_format(self.location, conn) < FORMAT:
            upgrade(self.location, conn)

    def open(self, role: Role) -> ServerConnection:  # noqa: ARG002 - a transaction says whether it writes
        """Connect to the server."""
        named = self.location.options
        usual = {name: value for name, value in _CONNECTING.items() if name not in named}
        try:
            return ServerConnection(str(self.location), **usual, **ssl_options(self.location), client_encoding="UTF8")
        except psycopg.ProgrammingError as error:
            raise errors.unusable_address(self.location, error) from error

    def close(self, conn: ServerConnection) -> None:
        """Close a connection."""
        conn.close()

    def is_lost(self, conn: ServerConnection) -> bool:
        """Whether the connection has ended, as far as that was noticed."""
        return conn.closed

    def is_free(self, conn: ServerConnection) -> bool:
        """Whether no transaction is open."""
        return not conn.in_transaction

    def is_busy(self, conn: ServerConnection) -> bool:
        """Whether a transaction is open."""
        return conn.in_transaction

    def begin_read(self, conn: ServerConnection) -> None:
        """Let the first query begin a read transaction."""
        conn.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", _waiting(), reads=True)

    def begin_write(self, conn: ServerConnection, *, durable: bool, scratch: bool, on_wait: OnWait) -> str:
        """Let the first statement begin a write transaction beside those of others, and hold the lock of its key.

        All that is set ends with the transaction: behind a pooler the session is not ours.
        """
        key = os.urandom(8).hex()  # short: each event of the journal keeps one
        conn.begin(
            "BEGIN ISOLATION LEVEL READ COMMITTED",
            _waiting(),
            f"SET LOCAL idle_in_transaction_session_timeout = '{_IDLE_IN_BULK if conn.is_bulk else _IDLE}s'",
            *([] if durable and not scratch else ["SET LOCAL synchronous_commit = off"]),
            f"SELECT pg_advisory_xact_lock({KEY_LOCK}, hashtext('{key}'))",
            reads=False,
        )
        conn.on_wait = on_wait
        return key

    def hold(self, conn: ServerConnection, locks: Sequence[Lock]) -> None:
        """Let the next message to the server take locks; a bulk change, whose work is no wait, sends that at once."""
        hold(conn, locks)
        if conn.is_bulk:
            conn.await_locks()

    def await_locks(self, conn: ServerConnection) -> None:
        """Have what waits sent, if there are locks in it."""
        conn.await_locks()

    def share_free(self, conn: ServerConnection, campaigns: Collection[CampaignId]) -> Set[CampaignId]:
        """Try to share the campaigns."""
        return share_free(conn, campaigns)

    def await_end(self, conn: ServerConnection, key: str) -> None:
        """End the other transaction, or wait for its end."""
        lost_transactions.await_end(conn, key)

    @contextmanager
    def bulk(self, conn: ServerConnection, *, keeps_references: bool) -> Iterator[None]:  # noqa: ARG002 - it looks up
        """Let the program compute longer between two statements; a server has the memory that it was given."""
        conn.is_bulk = True
        try:
            yield
        finally:
            conn.is_bulk = False

    def commit(self, conn: ServerConnection) -> None:
        """Commit."""
        conn.commit()

    def may_be_committed(self, conn: ServerConnection, error: Exception) -> bool:
        """Whether COMMIT has left, and the connection was lost before its answer came."""
        return conn.commit_has_left and (conn.closed or self.failure(error) is Failure.DISCONNECTED)

    def roll_back(self, conn: ServerConnection) -> None:
        """Roll back; do nothing if no transaction is open, or none can be any more."""
        conn.roll_back()

    def version(self, conn: ServerConnection) -> int:
        """Return what `ServerConnection.ask_version` asks for."""
        return conn.ask_version()()

    # Who and how many

    def access(self, conn: ServerConnection) -> Access:
        """Ask the server who has signed in."""
        return access(conn)

    def delivery_lock(self) -> ServerDeliveryLock:
        """Return a lock of a session of the server."""
        from thrumsg_tui.store.engines.postgres.delivery_lock import ServerDeliveryLock  # only what delivers needs it

        return ServerDeliveryLock(lambda: self.open("writer"), self.explained)

    # Errors and damage

    def failure(self, error: BaseException) -> Failure:
        """Return the kind of failure."""
        return errors.failure(error)

    def explained(self, error: Exception) -> ThrumsgError | None:
        """Explain that the server or the database cannot be used."""
        return errors.explained(self.location, error)

    def described(self, error: BaseException) -> str:
        """Return the server's code for its errors, the type for all others."""
        return errors.described(error)

    def damage_checks(self) -> Sequence[Callable[[ServerConnection], Iterator[Damage]]]:
        """Return the checks of tables, indexes and references."""
        from thrumsg_tui.store.engines.postgres import damage

        return self._changed_tables, damage.unusable_indexes, damage.broken_references

    def columns(self, conn: ServerConnection) -> Mapping[str, Sequence[Column]]:
        """Return the columns of each table."""
        from thrumsg_tui.store.engines.postgres import damage

        return damage.columns(conn)

    def stored_rows(self, conn: ServerConnection, table: str, columns: Sequence[str]) -> Iterator[tuple[object, ...]]:
        """Read columns of a whole table."""
        from thrumsg_tui.store.engines.postgres import damage

        return damage.stored_rows(conn, table, columns)

    def is_about_index(self, sentence: str) -> bool:
        """Whether a sentence is one of `unusable_indexes`."""
        return " index " in sentence

    def rebuild_indexes(self, conn: ServerConnection) -> None:
        """Rebuild the indexes of each table."""
        for table in self.columns(conn):
            conn.script(f'REINDEX TABLE "{table}"')

    def _changed_tables(self, conn: ServerConnection) -> Iterator[Damage]:
        """Compare the schema with the one that this server makes of the migrations, on a connection of its own."""
        from thrumsg_tui.store.engines.postgres import damage

        yield from damage.changed_tables(conn, lambda: self.open("writer"))


def _waiting() -> str:
    """Return the statement that limits the wait for a lock in the open transaction."""
    return f"SET LOCAL lock_timeout = {int(waits.BUSY_SECONDS * 1000)}"

"""The lock of the one process that delivers from a database on a server (`docs/rules.md 13.5`)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg

from thrumsg_tui.domain.errors import DatabaseUnusable, Refused, ThrumsgError
from thrumsg_tui.host import this_host
from thrumsg_tui.store.engines.postgres.connection import ServerConnection
from thrumsg_tui.store.engines.postgres.rows import Row

_CLASS = 10
"""The class of the advisory lock; its number is that of the schema, which may be one of several organizations."""

_NAME = "thrumsg deliver: "
"""What the name of the connection begins with, by which administrators of the server see what it is for."""

_ITS_OWN = """
    SET idle_session_timeout = 0;
    SET tcp_keepalives_idle = 5;
    SET tcp_keepalives_interval = 2;
    SET tcp_keepalives_count = 3;
    SET tcp_user_timeout = 10000
"""
"""What holds for the connection of the lock alone: a host that dies without a word loses it after some 10 seconds."""

_HOLDER = f"""
    SELECT activity.application_name
    FROM pg_locks JOIN pg_stat_activity AS activity USING (pid)
    WHERE pg_locks.locktype = 'advisory' AND pg_locks.granted AND pg_locks.classid = {_CLASS}
      AND pg_locks.objid = (hashtext(current_schema())::bigint & 4294967295) AND pg_locks.objsubid = 2
      AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

_APART = 30.0
"""How many seconds the clock of this host may differ from the server's: by it a deliverer judges how old the calls are
that another host has begun."""

_ABOUT = "SELECT pg_backend_pid(), EXTRACT(EPOCH FROM clock_timestamp())"

_TAKE = f"SELECT pg_try_advisory_lock({_CLASS}, hashtext(current_schema()))"
_LET_GO = f"SELECT pg_advisory_unlock({_CLASS}, hashtext(current_schema()))"


class ServerDeliveryLock:
    """A lock of a session of the server, on a connection of its own: it ends with that, however the process ends.

    A process that is only stopped keeps it, because its host still answers for it.

    Args:
        connect: Opens a connection to the server itself.
        explained: Explains an error of the driver; None if there is nothing to explain.
        clock: The present time of this host, in seconds since 1970.
    """

    lost = "The connection that kept the lock of the deliverer was lost, so that another process may have begun."

    def __init__(
        self,
        connect: Callable[[], ServerConnection],
        explained: Callable[[Exception], ThrumsgError | None],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._connect, self._explained, self._clock = connect, explained, clock
        self._conn: ServerConnection | None = None
        self._has = False

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock now.

        Raises:
            DatabaseUnusable: It has lost its connection, and the server cannot be reached now.
        """
        if not self._has:
            return False
        try:
            if self._conn is not None:
                self._conn.execute("SELECT 1")
                return True
        except psycopg.Error:
            self._close()
        self._connected()  # raises while nobody can tell who has it
        self._has = False
        return False

    def acquire(self) -> bool:
        """Take the lock, unless another process has it; return whether it is held now.

        Raises:
            DatabaseUnusable: The server cannot be reached, or the clock of this host is wrong.
            Refused: A pooler is in between, which gives the same connection to others.
        """
        if not self._has:
            self._has = bool(self._asked(_TAKE)[0][0])
        return self._has

    def release(self) -> None:
        """Let go of the lock; do nothing if it is not held."""
        if self._has and self._conn is not None:
            with suppress(psycopg.Error):  # it is lost, and so is the lock
                self._conn.execute(_LET_GO)
        self._close()
        self._has = False

    def holder(self) -> str:
        """Say who has the lock, such as "process 1234 on host-a"."""
        try:
            found = self._asked(_HOLDER)
        except ThrumsgError:
            return "another process"
        return str(found[0][0]).removeprefix(_NAME) if found else "another process"

    def _asked(self, sql: str) -> list[Row]:
        """Run a query; connect first if there is no connection."""
        conn = self._conn or self._connected()
        with self._closed_on_error():
            return conn.execute(sql).fetchall()

    def _connected(self) -> ServerConnection:
        """Connect to the server, and to nothing in between."""
        name = f"{_NAME}process {os.getpid()} on {this_host()}"
        with self._closed_on_error():
            conn = self._conn = self._connect()
            conn.script(_ITS_OWN)
            conn.execute("SELECT set_config('application_name', ?, false)", (name,))
            behind, server_time = conn.execute(_ABOUT).fetchall()[0]
        try:
            self._require_direct(conn, behind)
            self._require_same_time(float(server_time))
        except ThrumsgError:
            self._close()
            raise
        return conn

    def _require_direct(self, conn: ServerConnection, behind: int) -> None:
        """Raise `Refused` unless the server that answers is the one that we have connected to."""
        if behind != conn.inside.info.backend_pid:
            raise Refused(
                "The address leads to a pooler, such as PgBouncer, which gives the connection that keeps the lock of "
                "the deliverer to others. Nothing was handed over; give deliver the address of the server itself."
            )

    def _require_same_time(self, server_time: float) -> None:
        """Raise `DatabaseUnusable` if the clock of this host is wrong."""
        apart = self._clock() - server_time
        if abs(apart) > _APART:
            how = f"{abs(apart):.0f} seconds {'ahead of' if apart > 0 else 'behind'}"
            raise DatabaseUnusable(
                f"The clock of this host is {how} the server's. Hosts that deliver need the same time, or a message "
                "may leave twice. Nothing was handed over; let the host get its time from the network "
                "(timedatectl set-ntp true)."
            )

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        """Close the connection if the body fails, and explain why."""
        try:
            yield
        except psycopg.Error as error:
            self._close()
            if explanation := self._explained(error):
                raise explanation from error
            raise

    def _close(self) -> None:
        if self._conn is not None:
            with suppress(psycopg.Error):
                self._conn.close()
            self._conn = None

"""The lock of the one process that delivers from a database on a server (`docs/rules.md 13.5`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg

from thrumsg_tui.domain.errors import Refused, ThrumsgError
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

_TAKE = f"SELECT pg_try_advisory_lock({_CLASS}, hashtext(current_schema()))"
_LET_GO = f"SELECT pg_advisory_unlock({_CLASS}, hashtext(current_schema()))"


class ServerDeliveryLock:
    """A lock of a session of the server, on a connection of its own: it ends with that, however the process ends.

    A process that is only stopped keeps it, because its host still answers for it.

    Args:
        connect: Opens a connection to the server itself.
        explained: Explains an error of the driver; None if there is nothing to explain.
    """

    lost = "The connection that kept the lock of the deliverer was lost, so that another process may have begun."

    def __init__(
        self, connect: Callable[[], ServerConnection], explained: Callable[[Exception], ThrumsgError | None]
    ) -> None:
        self._connect, self._explained = connect, explained
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
            DatabaseUnusable: The server cannot be reached.
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
            (behind,) = conn.execute("SELECT pg_backend_pid()").fetchall()[0]
        if behind != conn.inside.info.backend_pid:
            self._close()
            raise Refused(
                "The address leads to a pooler, such as PgBouncer, which gives the connection that keeps the lock of "
                "the deliverer to others. Nothing was handed over; give deliver the address of the server itself."
            )
        return conn

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

"""Transactions whose connection was lost: they go on in the server until it notices, or until they are ended here."""

from __future__ import annotations

from psycopg import errors

from thrumsg_tui.store.engines.postgres.connection import ServerConnection

KEY_LOCK = 9
"""The class of the advisory lock that a write transaction holds for its key; behind a pooler nothing else names it."""

_END_IDLE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE state LIKE 'idle in transaction%' AND datname = current_database()
      AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
                  AND classid = {KEY_LOCK} AND objid = hashtext('{key}')::oid)
"""
"""One that is not idle commits just now; to end it could leave the commit without the standby that it waits for."""


def await_end(conn: ServerConnection, key: str) -> None:
    """Wait, in an open transaction, until the one with a key has ended; end it if its COMMIT has not arrived.

    Raises:
        ReadOnlySqlTransaction: The server is a standby, which may not know yet what its primary has committed.
    """
    (is_standby,) = conn.execute("SELECT pg_is_in_recovery()").fetchall()[0]
    if is_standby:
        raise errors.ReadOnlySqlTransaction("session is read-only")
    conn.script(_END_IDLE.format(KEY_LOCK=KEY_LOCK, key=key))
    conn.script(f"SELECT pg_advisory_xact_lock({KEY_LOCK}, hashtext('{key}'))")

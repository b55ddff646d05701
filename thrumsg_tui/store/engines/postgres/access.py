"""Who has signed in to a server, and what they may do there (`docs/rules.md 13.3`)."""

from __future__ import annotations

from thrumsg_tui.store.engines.access import Access
from thrumsg_tui.store.engines.postgres.connection import ServerConnection

_HOST = "thrumsg_host"
"""The role whose members are hosts: what they say of who sits at the keyboard is believed."""

_ACCESS = """
    SELECT session_user::text AS login,
           COALESCE(pg_has_role(session_user, to_regrole(?)::oid, 'MEMBER'), false) AS is_host,
           pg_has_role(session_user, datdba, 'MEMBER') AS owns,
           NOT pg_is_in_recovery() AND has_table_privilege('message', 'INSERT') AS may_write
    FROM pg_database WHERE datname = current_database()
"""
"""`session_user` is who has signed in. Nothing that a client can ask for changes it, but for a superuser."""


def access(conn: ServerConnection) -> Access:
    """Return what the server knows of whoever has signed in."""
    login, is_host, owns, may_write = conn.execute(_ACCESS, (_HOST,)).fetchall()[0]
    distrust = (
        f"--forced-login is for a host that the server trusts, and your role there, {login}, is no member of {_HOST}. "
        "Leave --forced-login out: your role identifies you."
    )
    return Access(
        login=None if is_host else login,
        distrust="" if is_host else distrust,
        may_be_first_owner=owns,
        may_write=may_write,
    )

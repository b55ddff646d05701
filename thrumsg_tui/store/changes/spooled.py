"""Requests of carriers that a backup took along from the spool, until they are in a spool again (`docs/rules.md 11.4`).

They are not journalled: nobody has read them yet.
"""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.store.change import change
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.spool import SpooledRequest
from thrumsg_tui.store.times import from_ms, to_ms


def put_spooled(conn: Connection, requests: Sequence[SpooledRequest]) -> None:
    """Store requests in the copy of a database, in its open write transaction."""
    conn.executemany(
        """
        INSERT INTO spooled (gateway, key, path, query, body, at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (gateway, key) DO NOTHING
        """,
        [(each.gateway, each.key, each.path, each.query, each.body, to_ms(each.at)) for each in requests],
    )


def spooled(db: Database, limit: int) -> list[SpooledRequest]:
    """Read the oldest of them."""
    with db.reading() as conn:
        rows = conn.execute("SELECT id, gateway, key, path, query, body, at FROM spooled ORDER BY id LIMIT ?", (limit,))
        return [
            SpooledRequest(
                row["gateway"], row["key"], row["path"], row["query"], row["body"], from_ms(row["at"]), row["id"]
            )
            for row in rows
        ]


@change
def forget_spooled(db: Database, requests: Sequence[SpooledRequest]) -> None:
    """Delete requests that are in the spool now."""
    with db.writing() as tx:
        tx.conn.executemany("DELETE FROM spooled WHERE id = ?", [(each.id,) for each in requests])

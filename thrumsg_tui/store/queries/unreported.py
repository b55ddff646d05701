"""Messages that a carrier has taken and has not reported on (`docs/rules.md 10.6`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from thrumsg_tui.domain.delivery import Outgoing
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.outbox import OUTGOING, outgoing_of
from thrumsg_tui.store.times import to_ms


@dataclass(frozen=True, slots=True)
class Unreported:
    """A message that is `sent`, and no more."""

    message: Outgoing
    provider_id: str


def unreported(
    conn: Connection, gateway: str, *, since: datetime, before: datetime, looked_within: timedelta, limit: int
) -> list[Unreported]:
    """Return messages without a report, the oldest first; by the index `message_tried`.

    Args:
        conn: The connection.
        gateway: The carrier that has them.
        since: They were tried at this moment or later.
        before: They were tried at this moment or earlier.
        looked_within: Leaves out those that were looked up later than so long after their try.
        limit: The most messages.
    """
    rows = conn.execute(
        f"""
        {OUTGOING}
        WHERE message.tried_at IS NOT NULL AND message.tried_at >= :since AND message.tried_at <= :before
          AND message.state = 'sent' AND message.gateway = :gateway AND message.provider_id IS NOT NULL
          AND (message.checked_at IS NULL OR message.checked_at < message.tried_at + :within)
        ORDER BY message.tried_at LIMIT :limit
        """,
        {
            "since": to_ms(since),
            "before": to_ms(before),
            "gateway": gateway,
            "within": int(looked_within.total_seconds() * 1000),
            "limit": limit,
        },
    ).fetchall()
    return [Unreported(outgoing_of(row), _provider_id(conn, row["id"])) for row in rows]


def _provider_id(conn: Connection, message_id: int) -> str:
    return str(conn.execute("SELECT provider_id FROM message WHERE id = ?", (message_id,)).fetchone()[0])

"""What only the command `status` shows of the carrier, since it takes longer (`docs/rules.md` 10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from thrumsg_tui.domain.carrier import FAILED_WITHIN
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.queries.carrier_status import OPEN
from thrumsg_tui.store.times import from_ms, to_ms

if TYPE_CHECKING:
    from thrumsg_tui.store.engines.connection import Connection

_MINUTE = timedelta(minutes=1)

_PRIORITIES = 4
"""The values of `message.priority`, from 0."""


@dataclass(frozen=True, slots=True)
class Failures:
    """The messages that failed with one code and the same words; None where the carrier gave none."""

    code: str | None
    words: str | None
    messages: int


@dataclass(frozen=True, slots=True)
class CarrierFigures:
    """What only the command `status` shows, besides `CarrierStatus`."""

    queued: int
    """Queued messages of active campaigns."""
    sending: int
    """Messages that a gateway has at this moment."""
    oldest: datetime | None
    """Since when the oldest queued message of an active campaign is queued."""
    failures: tuple[Failures, ...]
    sent_last_minute: int
    last_inbound: datetime | None


def carrier_figures(conn: Connection, now: datetime) -> CarrierFigures:
    """Read the figures that take longer, by what was sent in a minute and failed in a day."""
    sending = conn.execute(f"SELECT COUNT(*) FROM message WHERE {OPEN} AND state = 'sending'").fetchone()[0]
    waiting = conn.execute(
        """
        SELECT COALESCE(SUM(outbox.messages), 0) FROM outbox JOIN campaign ON campaign.id = outbox.campaign_id
        WHERE campaign.state = 'active'
        """
    ).fetchone()[0]
    failures = conn.execute(
        """
        SELECT error_code, error_text, COUNT(*) AS messages FROM message
        WHERE state = 'failed' AND state_at > ? GROUP BY error_code, error_text
        ORDER BY COUNT(*) DESC, error_code, error_text
        """,
        (to_ms(now - FAILED_WITHIN),),
    )
    left = conn.execute(
        "SELECT COUNT(*) FROM message WHERE tried_at > ? AND state IN ('sent', 'delivered')", (to_ms(now - _MINUTE),)
    ).fetchone()[0]
    came = conn.execute("SELECT at FROM message WHERE direction = 'incoming' ORDER BY id DESC LIMIT 1").fetchone()
    return CarrierFigures(
        queued=max(int(waiting) - int(sending), 0),
        sending=int(sending),
        oldest=_oldest(conn),
        failures=tuple(Failures(row["error_code"], row["error_text"], row["messages"]) for row in failures),
        sent_last_minute=int(left),
        last_inbound=from_ms(came["at"]) if came else None,
    )


def _oldest(conn: Connection) -> datetime | None:
    """Return since when the oldest queued message of active campaigns is queued; by `message_queued`."""
    campaigns = conn.execute("SELECT id FROM campaign WHERE state = 'active' ORDER BY id").fetchall()
    oldest = [
        row["state_at"]
        for campaign in campaigns
        for priority in range(_PRIORITIES)
        for row in conn.execute(
            """
            SELECT state_at FROM message WHERE state = 'queued' AND campaign_id = ? AND priority = ?
            ORDER BY id LIMIT 1
            """,
            (campaign["id"], priority),
        )
    ]
    return from_ms(min(oldest)) if oldest else None

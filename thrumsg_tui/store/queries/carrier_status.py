"""How delivery to the carrier stands (`docs/rules.md` 10): what waits, what is in doubt, what failed, who delivers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.carrier import (
    FAILED_WITHIN,
    CarrierStatus,
    GatewayStanding,
    ListenerStanding,
    ScheduledMessages,
    StoppedNumber,
    WaitingCampaign,
    WithoutNumber,
)
from thrumsg_tui.domain.enums import CampaignState, HoursIn
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.store.queries.settings import PRACTICE
from thrumsg_tui.store.times import from_ms, from_ms_or_none, to_ms

if TYPE_CHECKING:
    from thrumsg_tui.store.engines.connection import Connection, Row

OPEN = "state IN ('sending', 'in_doubt')"
"""The condition of the index `message_open`: SQLite uses it only for a query that repeats these words."""


def carrier_status(conn: Connection, now: datetime) -> CarrierStatus:
    """Read how delivery stands. A few small tables and two counts on an index: 0.1 ms, whatever waits.

    Only where messages wait and a number was withdrawn, the conversations that keep it are read too: 10 µs each.
    """
    practice = conn.execute("SELECT 1 FROM setting WHERE key = ?", (PRACTICE,)).fetchone() is not None
    rows = conn.execute(
        """
        SELECT outbox.campaign_id, outbox.messages, outbox.segments, campaign.name, campaign.state, campaign.timezone,
               campaign.opens, campaign.closes, campaign.hours_in
        FROM outbox JOIN campaign ON campaign.id = outbox.campaign_id
        WHERE outbox.messages > 0 AND campaign.state IN ('active', 'paused') ORDER BY outbox.campaign_id
        """
    ).fetchall()
    doubts = conn.execute(f"SELECT COUNT(*) FROM message WHERE {OPEN} AND state = 'in_doubt'").fetchone()[0]
    failed = conn.execute(
        "SELECT COUNT(*) FROM message WHERE state = 'failed' AND state_at > ?", (to_ms(now - FAILED_WITHIN),)
    ).fetchone()[0]
    campaigns = tuple(_waiting(row) for row in rows if row["state"] == CampaignState.ACTIVE)
    gateway = _gateway(conn)
    return CarrierStatus(
        practice=practice,
        gateway=gateway,
        campaigns=campaigns,
        held=sum(row["messages"] for row in rows if row["state"] == CampaignState.PAUSED),
        in_doubt=int(doubts),
        failed=int(failed),
        stopped_numbers=_stopped_numbers(conn),
        without_number=_without_number(conn) if campaigns else None,
        scheduled=_scheduled(conn),
        listener=_listener(conn, gateway.name) if gateway else None,
        numbers_stopped=_numbers_stopped(conn, gateway.name) if gateway else False,
    )


def _gateway(conn: Connection) -> GatewayStanding | None:
    """Return the gateway whose deliverer was seen last: another one may have run before."""
    row = conn.execute(
        "SELECT name, state, reason, changed_at, seen_at, pace, host FROM gateway"
        " ORDER BY COALESCE(seen_at, changed_at) DESC, name LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    seen_at = from_ms_or_none(row["seen_at"])
    stopped = row["state"] == "stopped"
    return GatewayStanding(
        row["name"], stopped, row["reason"], from_ms(row["changed_at"]), seen_at, row["pace"], row["host"]
    )


def _listener(conn: Connection, gateway: str) -> ListenerStanding | None:
    row = conn.execute("SELECT seen_at, ended_at, host FROM listener WHERE gateway = ?", (gateway,)).fetchone()
    return row and ListenerStanding(from_ms_or_none(row["seen_at"]), from_ms_or_none(row["ended_at"]), row["host"])


def _numbers_stopped(conn: Connection, gateway: str) -> bool:
    """Whether a gateway has numbers and each is stopped or withdrawn, at least one of them stopped."""
    rows = conn.execute("SELECT state FROM gateway_number WHERE gateway = ? AND kind <> 'service'", (gateway,))
    states = {row["state"] for row in rows}
    return "stopped" in states and "ready" not in states


def _scheduled(conn: Connection) -> ScheduledMessages | None:
    """Count what waits for its hours; by `message_unsent` alone, but for the first one's campaign."""
    first = conn.execute(
        """
        SELECT message.leaves_at, campaign.timezone
        FROM message JOIN campaign ON campaign.id = message.campaign_id
        WHERE message.state = 'unsent' ORDER BY message.leaves_at LIMIT 1
        """
    ).fetchone()
    if first is None:
        return None
    count = conn.execute("SELECT COUNT(*) FROM message WHERE state = 'unsent'").fetchone()[0]
    return ScheduledMessages(int(count), from_ms(first["leaves_at"]), first["timezone"])


def _stopped_numbers(conn: Connection) -> tuple[StoppedNumber, ...]:
    rows = conn.execute(
        "SELECT number, reason, changed_at FROM gateway_number WHERE state = 'stopped' ORDER BY changed_at, number"
    )
    return tuple(StoppedNumber(row["number"], row["reason"], from_ms(row["changed_at"])) for row in rows)


def _without_number(conn: Connection) -> WithoutNumber | None:
    """Return what waits in conversations that keep a withdrawn number; with no other number, all that has none too."""
    numbers = conn.execute(
        "SELECT number, state FROM gateway_number WHERE kind <> 'service' ORDER BY changed_at, number"
    ).fetchall()
    withdrawn = tuple(row["number"] for row in numbers if row["state"] == "withdrawn")
    if not withdrawn:
        return None
    names = ", ".join("?" * len(withdrawn))
    kept = conn.execute(
        f"""
        SELECT COUNT(*) AS messages FROM conversation
        JOIN campaign ON campaign.id = conversation.campaign_id
        JOIN message ON message.conversation_id = conversation.id
        WHERE conversation.our_number IN ({names}) AND campaign.state = 'active' AND message.state = 'queued'
        """,
        withdrawn,
    ).fetchone()["messages"]
    fresh = 0
    if len(withdrawn) == len(numbers):
        fresh = conn.execute(
            """
            SELECT COUNT(*) AS messages FROM message
            JOIN campaign ON campaign.id = message.campaign_id
            JOIN conversation ON conversation.id = message.conversation_id
            WHERE message.state = 'queued' AND campaign.state = 'active' AND conversation.our_number IS NULL
            """
        ).fetchone()["messages"]
    other_ready = any(row["state"] == "ready" for row in numbers)
    return WithoutNumber(int(kept) + int(fresh), withdrawn, other_ready) if kept or fresh else None


def _waiting(row: Row) -> WaitingCampaign:
    hours = DailyHours(row["timezone"], row["opens"], row["closes"]) if row["hours_in"] == HoursIn.CAMPAIGN else None
    return WaitingCampaign(
        CampaignId(row["campaign_id"]), row["name"], row["messages"], row["segments"], hours, row["timezone"]
    )

"""The state of a campaign, read in one transaction (`docs/rules.md` 2)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from thrumsg_tui.domain.campaigns import Campaign, CampaignId, Totals
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.queries.assignments import senders
from thrumsg_tui.store.queries.bulk_move_jobs import Job, job_in
from thrumsg_tui.store.queries.campaigns import get_campaign, totals
from thrumsg_tui.store.queries.senders import Senders
from thrumsg_tui.store.queries.users import preference
from thrumsg_tui.store.times import to_ms

if TYPE_CHECKING:
    from thrumsg_tui.domain.users import Identity
    from thrumsg_tui.store.engines.connection import Connection


@dataclass(frozen=True, slots=True)
class Overview:
    """A campaign's counters and assignments, and the person's preferred `order`."""

    campaign: Campaign
    totals: Totals
    senders: Senders
    """Unassigned, then the senders in no order."""
    replies_by_hour: tuple[int, ...]
    """Replies in each of the last 24 hours, oldest first; the last is the present hour."""
    order: str | None
    job: Job | None
    """The bulk move that is under way in the campaign."""


def overview(conn: Connection, who: Identity, campaign_id: CampaignId, now: datetime, order_key: str) -> Overview:
    """Read the overview of a campaign; `order_key` is the preference with the person's order; `NotFound` if gone."""
    return Overview(
        get_campaign(conn, campaign_id),
        totals(conn, campaign_id),
        senders(conn, campaign_id, now),
        replies_by_hour(conn, campaign_id, now),
        preference(conn, who.user.id, order_key),
        job_in(conn, campaign_id),
    )


def replies_by_hour(conn: Connection, campaign_id: CampaignId, now: datetime) -> tuple[int, ...]:
    """Return the incoming messages in each of the last 24 hours, oldest first, from the kept counts."""
    present = to_ms(now) // 3_600_000
    rows = conn.execute(
        "SELECT hour, replies FROM reply_hour WHERE campaign_id = ? AND hour > ? AND hour <= ?",
        (campaign_id, present - 24, present),
    )
    counts = {row["hour"]: row["replies"] for row in rows}
    return tuple(counts.get(hour, 0) for hour in range(present - 23, present + 1))

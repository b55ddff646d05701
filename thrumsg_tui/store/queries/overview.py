"""How a campaign stands, asked in one go (`docs/rules.md` 2)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from thrumsg_tui.domain.campaigns import Assignment, Campaign, CampaignId, Totals
from thrumsg_tui.domain.people import Identity
from thrumsg_tui.store.queries.campaigns import assignments, campaign, totals
from thrumsg_tui.store.queries.people import preference


@dataclass(frozen=True, slots=True)
class Overview:
    """A campaign's counters and assignments, and the order that the person likes."""

    campaign: Campaign
    totals: Totals
    senders: tuple[Assignment, ...]
    order: str | None


def overview(
    conn: sqlite3.Connection, who: Identity, campaign_id: CampaignId, now: datetime, order_key: str
) -> Overview:
    """Read the overview of a campaign that exists."""
    return Overview(
        campaign(conn, campaign_id),
        totals(conn, campaign_id),
        tuple(assignments(conn, campaign_id, now)),
        preference(conn, who.user.id, order_key),
    )

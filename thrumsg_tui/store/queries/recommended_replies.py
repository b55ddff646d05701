"""Recommended replies of a campaign, and global ones (`docs/rules.md 3.15`)."""

from __future__ import annotations

from thrumsg_tui.domain.campaigns import CampaignId, RecommendedReply
from thrumsg_tui.store.engines.connection import Connection


def recommended_replies(conn: Connection, campaign_id: CampaignId) -> tuple[RecommendedReply, ...]:
    """List a campaign's replies in order, then the global ones (`docs/rules.md 3.15`)."""
    return (*_replies(conn, campaign_id), *global_replies(conn))


def global_replies(conn: Connection) -> tuple[RecommendedReply, ...]:
    """List the global replies in order."""
    return _replies(conn, None)


def replies_of(campaign_id: CampaignId | None) -> str:
    """Return the condition on `recommended_reply` for a campaign, `:campaign_id`; for the global ones if None."""
    return "campaign_id IS NULL" if campaign_id is None else "campaign_id = :campaign_id"


def _replies(conn: Connection, campaign_id: CampaignId | None) -> tuple[RecommendedReply, ...]:
    rows = conn.execute(
        f"SELECT id, title, body FROM recommended_reply WHERE {replies_of(campaign_id)} ORDER BY position, id",
        {"campaign_id": campaign_id},
    )
    return tuple(RecommendedReply(row["id"], row["title"], row["body"], campaign_id is None) for row in rows)

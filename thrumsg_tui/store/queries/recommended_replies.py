"""Recommended replies of a campaign, and global ones (`docs/rules.md 3.15`)."""

from __future__ import annotations

from thrumsg_tui.domain.campaigns import CampaignId, RecommendedReply
from thrumsg_tui.store.engines.connection import Asked, Connection


def recommended_replies(conn: Connection, campaign_id: CampaignId) -> tuple[RecommendedReply, ...]:
    """List a campaign's replies in order, then the global ones (`docs/rules.md 3.15`)."""
    return ask_recommended_replies(conn, campaign_id)()


def ask_recommended_replies(conn: Connection, campaign_id: CampaignId) -> Asked[tuple[RecommendedReply, ...]]:
    """Ask for `recommended_replies`."""
    own, of_all = _ask_replies(conn, campaign_id), _ask_replies(conn, None)
    return lambda: (*own(), *of_all())


def global_replies(conn: Connection) -> tuple[RecommendedReply, ...]:
    """List the global replies in order."""
    return _ask_replies(conn, None)()


def replies_of(campaign_id: CampaignId | None) -> str:
    """Return the condition on `recommended_reply` for a campaign, `:campaign_id`; for the global ones if None."""
    return "campaign_id IS NULL" if campaign_id is None else "campaign_id = :campaign_id"


def _ask_replies(conn: Connection, campaign_id: CampaignId | None) -> Asked[tuple[RecommendedReply, ...]]:
    rows = conn.execute(
        f"SELECT id, title, body FROM recommended_reply WHERE {replies_of(campaign_id)} ORDER BY position, id",
        {"campaign_id": campaign_id},
    )
    return lambda: tuple(RecommendedReply(row["id"], row["title"], row["body"], campaign_id is None) for row in rows)

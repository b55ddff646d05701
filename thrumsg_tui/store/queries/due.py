"""Whether anything has come due (`docs/rules.md` 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thrumsg_tui.store.times import to_ms

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import CampaignId
    from thrumsg_tui.store.database import Database

DUE = """
    message.state = 'unsent' AND message.leaves_at <= :now
    AND EXISTS (SELECT 1 FROM conversation
                JOIN campaign ON campaign.id = conversation.campaign_id
                WHERE conversation.id = message.conversation_id AND campaign.state = 'active')
"""
"""On `message`: whether it is scheduled and its time has come; by `message_unsent`."""


def due_campaigns(db: Database) -> list[CampaignId]:
    """Return the campaigns in which a scheduled message may leave now, or an active follow-up has expired."""
    with db.reading() as conn:
        rows = conn.execute(
            f"""
            SELECT campaign_id FROM follow_up WHERE active = 1 AND expires_at <= :now
            UNION SELECT conversation.campaign_id FROM message
            JOIN conversation ON conversation.id = message.conversation_id WHERE {DUE}
            ORDER BY campaign_id
            """,
            {"now": to_ms(db.clock())},
        )
        return [row["campaign_id"] for row in rows]


def anything_due(db: Database) -> bool:
    """Whether a scheduled message may leave now, or an active follow-up has expired."""
    with db.reading() as conn:
        row = conn.execute(
            f"""
            SELECT EXISTS (SELECT 1 FROM follow_up WHERE active = 1 AND expires_at <= :now)
                OR EXISTS (SELECT 1 FROM message WHERE {DUE})
            """,
            {"now": to_ms(db.clock())},
        ).fetchone()
        return bool(row[0])

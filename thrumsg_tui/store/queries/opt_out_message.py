"""Whether a number gets the opt-out message, and in which conversation (`docs/rules.md 5.2`, `5.3`)."""

from __future__ import annotations

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.settings import settings


def where_to_tell(conn: Connection, phone: str, asked_in: ConversationId | None = None) -> ConversationId | None:
    """Return the conversation in which a number gets the opt-out message, None if it gets none.

    Args:
        conn: A connection.
        phone: The number (E.164).
        asked_in: The conversation in which the contact asked to be opted out; None for an opt-out by hand.
    """
    row = conn.execute(
        f"""
        SELECT conversation.id FROM conversation
        JOIN contact ON contact.id = conversation.contact_id
        JOIN campaign ON campaign.id = conversation.campaign_id
        WHERE contact.phone = :phone AND campaign.state IN (:active, :paused)
          AND {"conversation.texted = 1" if asked_in is None else "1 = 1"}
        ORDER BY CASE WHEN conversation.id = :asked_in THEN 0 ELSE 1 END,
                 COALESCE(conversation.last_texted_at, 0) DESC, conversation.id DESC
        LIMIT 1
        """,
        {"phone": phone, "asked_in": asked_in, "active": CampaignState.ACTIVE, "paused": CampaignState.PAUSED},
    ).fetchone()
    return ConversationId(row["id"]) if row else None


def told_by_hand(conn: Connection, phone: str) -> str:
    """Return what a number is told when it is opted out by hand; empty if it is told nothing."""
    return settings(conn).opt_out_message if where_to_tell(conn, phone) else ""

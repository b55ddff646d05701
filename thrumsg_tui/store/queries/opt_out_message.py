"""Whether a number gets the opt-out message, and in which conversation (`docs/rules.md 5.2`, `5.3`)."""

from __future__ import annotations

from datetime import datetime

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.messages_ahead import NOT_LEFT_YET
from thrumsg_tui.store.queries.settings import settings
from thrumsg_tui.store.times import to_ms

_STAYS = f"""
    SELECT 1 FROM message
    WHERE message.conversation_id = conversation.id AND message.direction = 'outgoing' AND message.state <> 'cancelled'
      AND CASE WHEN {NOT_LEFT_YET} THEN 0 ELSE 1 END = 1
"""
"""A message of ours in a conversation that an opt-out does not cancel."""


def where_to_tell(
    conn: Connection, phone: str, asked_in: ConversationId | None = None, *, before: datetime | None = None
) -> ConversationId | None:
    """Return the conversation in which a number gets the opt-out message, None if it gets none.

    Args:
        conn: A connection.
        phone: The number (E.164).
        asked_in: The conversation in which the contact asked to be opted out; None for an opt-out by hand.
        before: The present, if the number is not opted out yet: what the opt-out will cancel is no text then
            (`docs/rules.md 5.8`).
    """
    texted = "conversation.texted = 1" if asked_in is None else "1 = 1"
    if before is not None:
        texted += f" AND EXISTS ({_STAYS})"
    row = conn.execute(
        f"""
        SELECT conversation.id FROM conversation
        JOIN contact ON contact.id = conversation.contact_id
        JOIN campaign ON campaign.id = conversation.campaign_id
        WHERE contact.phone = :phone AND campaign.state IN (:active, :paused)
          AND {texted}
        ORDER BY CASE WHEN conversation.id = :asked_in THEN 0 ELSE 1 END,
                 COALESCE(conversation.last_texted_at, 0) DESC, conversation.id DESC
        LIMIT 1
        """,
        {
            "phone": phone,
            "asked_in": asked_in,
            "active": CampaignState.ACTIVE,
            "paused": CampaignState.PAUSED,
            "now": to_ms(before) if before else None,
        },
    ).fetchone()
    return ConversationId(row["id"]) if row else None


def told_by_hand(conn: Connection, phone: str, now: datetime) -> str:
    """Return what a number is told when it is opted out by hand; empty if it is told nothing."""
    return settings(conn).opt_out_message if where_to_tell(conn, phone, before=now) else ""

"""Where an incoming message goes, and whether it was stored before (`docs/rules.md 1.5`, `10.6`, `10.7`)."""

from __future__ import annotations

from typing import NamedTuple

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState, Direction, MessageState, UnmatchedReason
from thrumsg_tui.store.engines.connection import Asked, Connection, Cursor, Row
from thrumsg_tui.store.message_origin import is_number


class Destination(NamedTuple):
    """The conversation to which a message goes."""

    id: ConversationId
    opted_out: bool
    flagged: bool
    """Whether it is flagged, and not opted out."""


_DESTINATION = """
    SELECT conversation.id, conversation.opted_out,
           conversation.flagged = 1 AND conversation.opted_out = 0 AS flagged
    FROM conversation
    JOIN contact ON contact.id = conversation.contact_id
    JOIN campaign ON campaign.id = conversation.campaign_id
"""


def _first(rows: Cursor) -> Destination | None:
    row = rows.fetchone()
    return row and Destination(ConversationId(row["id"]), bool(row["opted_out"]), bool(row["flagged"]))


def ask_seen_before(conn: Connection, gateway: str | None, provider_id: str, phone: str) -> Asked[Row | None]:
    """Ask for a message by its provider's id: the gateway's own, or the same sender's that no gateway brought.

    The row has its `conversation_id`, or the `reason` why it has none.
    """
    same = "provider_id = :id AND (gateway = :gateway OR gateway IS NULL AND {sender} = :phone)"
    if gateway is None:
        same = "provider_id = :id AND {sender} = :phone"
    rows = conn.execute(
        f"""
        SELECT message.conversation_id, NULL AS reason FROM message
        JOIN conversation ON conversation.id = message.conversation_id
        JOIN contact ON contact.id = conversation.contact_id
        WHERE message.direction = :incoming AND message.{same.format(sender="contact.phone")}
        UNION ALL SELECT NULL, reason FROM unmatched WHERE {same.format(sender="phone")}
        """,
        {"id": provider_id, "gateway": gateway, "phone": phone, "incoming": Direction.INCOMING},
    )
    return rows.fetchone


def ask_texted_from(conn: Connection, phone: str, our_number: str) -> Asked[Destination | None]:
    """Ask for the conversation of a number that was last texted from one of ours (`docs/rules.md 10.7`)."""
    rows = conn.execute(
        f"""
        {_DESTINATION} JOIN message ON message.conversation_id = conversation.id
        WHERE contact.phone = :phone AND campaign.state <> :archived
          AND message.direction = :outgoing AND message.our_number = :our_number AND message.state <> :cancelled
        ORDER BY message.at DESC, message.id DESC LIMIT 1
        """,
        {
            "phone": phone,
            "archived": CampaignState.ARCHIVED,
            "outgoing": Direction.OUTGOING,
            "our_number": our_number,
            "cancelled": MessageState.CANCELLED,
        },
    )
    return lambda: _first(rows)


def ask_destination(conn: Connection, phone: str, campaign_id: CampaignId | None = None) -> Asked[Destination | None]:
    """Ask for the conversation of a number that was texted last, in one campaign or in any (`docs/rules.md 1.5`)."""
    chosen = "" if campaign_id is None else "AND conversation.campaign_id = :campaign_id"
    rows = conn.execute(
        f"""
        {_DESTINATION} WHERE contact.phone = :phone AND campaign.state <> :archived {chosen}
        ORDER BY COALESCE(conversation.last_texted_at, 0) DESC, conversation.id DESC LIMIT 1
        """,
        {"phone": phone, "archived": CampaignState.ARCHIVED.value, "campaign_id": campaign_id},
    )
    return lambda: _first(rows)


def why_unmatched(conn: Connection, sender: str) -> UnmatchedReason:
    """Return why a message of a sender goes to no conversation."""
    if not is_number(sender):
        return UnmatchedReason.NO_NUMBER
    known = conn.execute("SELECT 1 FROM contact WHERE phone = ?", (sender,)).fetchone()
    return UnmatchedReason.ARCHIVED if known else UnmatchedReason.UNKNOWN

"""Everything about one phone number, across campaigns."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, OptOut
from thrumsg_tui.domain.names import full_name
from thrumsg_tui.domain.words import Status, Tab
from thrumsg_tui.store.queries.thread import opt_out


@dataclass(frozen=True, slots=True)
class FoundConversation:
    """A conversation of the number that was looked up."""

    id: ConversationId
    campaign_id: CampaignId
    assignment_id: AssignmentId
    campaign: str
    sender: str | None
    status: Status
    tab: Tab


@dataclass(frozen=True, slots=True)
class PhoneRecord:
    """What is known of a number; `name` is None where it is nobody's contact."""

    phone: str
    name: str | None
    opt_out: OptOut | None
    conversations: tuple[FoundConversation, ...]
    unmatched: int


def look_up(conn: sqlite3.Connection, phone: str) -> PhoneRecord:
    """Look a number in E.164 up."""
    contact = conn.execute("SELECT id, first_name, last_name FROM contact WHERE phone = ?", (phone,)).fetchone()
    rows = conn.execute(
        """
        SELECT conversation.id, conversation.campaign_id, conversation.assignment_id, conversation.status,
               conversation.tab, campaign.name, users.login
        FROM conversation
        JOIN campaign ON campaign.id = conversation.campaign_id
        JOIN assignment ON assignment.id = conversation.assignment_id
        LEFT JOIN users ON users.id = assignment.user_id
        WHERE conversation.contact_id = ? ORDER BY conversation.id DESC
        """,
        (contact["id"] if contact else 0,),
    )
    unmatched = conn.execute("SELECT COUNT(*) FROM unmatched WHERE phone = ?", (phone,)).fetchone()[0]
    return PhoneRecord(
        phone=phone,
        name=full_name(contact["first_name"], contact["last_name"]) if contact else None,
        opt_out=opt_out(conn, phone),
        conversations=tuple(
            FoundConversation(
                id=ConversationId(row["id"]),
                campaign_id=CampaignId(row["campaign_id"]),
                assignment_id=AssignmentId(row["assignment_id"]),
                campaign=row["name"],
                sender=row["login"],
                status=Status(row["status"]),
                tab=Tab(row["tab"]),
            )
            for row in rows
        ),
        unmatched=unmatched,
    )


def conversations_by_phone(conn: sqlite3.Connection, campaign_id: CampaignId) -> dict[str, ConversationId]:
    """Every conversation of a campaign, by its number in E.164."""
    rows = conn.execute(
        """
        SELECT contact.phone, conversation.id FROM conversation
        JOIN contact ON contact.id = conversation.contact_id WHERE conversation.campaign_id = ?
        """,
        (campaign_id,),
    )
    return {row["phone"]: ConversationId(row["id"]) for row in rows}

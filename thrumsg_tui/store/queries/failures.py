"""The messages of ours that have failed lately (`docs/rules.md 10.5`)."""

from __future__ import annotations

from datetime import datetime

from thrumsg_tui.domain.carrier import FAILED_WITHIN
from thrumsg_tui.domain.conversations import NAMELESS, ConversationId, MessageId
from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import full_name
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.queries.users import shown_user_name
from thrumsg_tui.store.times import from_ms, to_ms

_LATELY = "message.state = 'failed' AND message.state_at > ?"
"""On `message`: whether it has failed since a time; in the words of the index `message_failed`."""


@dataclass(frozen=True, slots=True)
class FailedMessage:
    """A message that has failed.

    Attributes:
        phone: The contact's number in E.164.
        code: The carrier's code; None if it gave none.
        words: What the carrier said; empty if it said nothing.
        our_number: Our number that it was sent from; None if the carrier chose it.
        author: Who wrote it; None if nobody did.
    """

    id: MessageId
    conversation_id: ConversationId
    campaign: str
    name: str
    phone: str
    phone_national: str
    body: str
    kind: MessageKind
    failed_at: datetime
    code: str | None
    words: str
    gateway: str | None
    our_number: str | None
    author: str | None

    @property
    def why(self) -> str:
        """Why it has failed, in words, then the carrier's code."""
        words = self.words.strip().rstrip(".") or "the carrier gives no reason"
        return f"{words} ({self.code})" if self.code else words


def failed_messages(conn: Connection, now: datetime, offset: int = 0, limit: int | None = None) -> list[FailedMessage]:
    """Read a window of the messages that failed in the last day, newest first; all without `limit`.

    By `message_failed`.
    """
    rows = conn.execute(
        f"""
        SELECT message.id, message.conversation_id, message.body, message.kind, message.state_at, message.error_code,
               message.error_text, message.gateway, message.our_number, campaign.name AS campaign,
               contact.first_name, contact.last_name, contact.phone, contact.phone_national,
               {shown_user_name()} AS author
        FROM message
        JOIN conversation ON conversation.id = message.conversation_id
        JOIN campaign ON campaign.id = conversation.campaign_id
        JOIN contact ON contact.id = conversation.contact_id
        LEFT JOIN users ON users.id = message.author_id
        WHERE {_LATELY} ORDER BY message.state_at DESC, message.id DESC LIMIT ? OFFSET ?
        """,
        (to_ms(now - FAILED_WITHIN), 1 << 60 if limit is None else limit, offset),
    )
    return [_message_of(row) for row in rows]


def count_failed(conn: Connection, now: datetime) -> int:
    """Count the messages that failed in the last day; by `message_failed`."""
    row = conn.execute(f"SELECT COUNT(*) FROM message WHERE {_LATELY}", (to_ms(now - FAILED_WITHIN),)).fetchone()
    return int(row[0])


def _message_of(row: Row) -> FailedMessage:
    return FailedMessage(
        id=MessageId(row["id"]),
        conversation_id=ConversationId(row["conversation_id"]),
        campaign=row["campaign"],
        name=full_name(row["first_name"], row["last_name"]) or NAMELESS,
        phone=row["phone"],
        phone_national=row["phone_national"],
        body=row["body"],
        kind=MessageKind(row["kind"]),
        failed_at=from_ms(row["state_at"]),
        code=row["error_code"],
        words=row["error_text"] or "",
        gateway=row["gateway"],
        our_number=row["our_number"],
        author=row["author"],
    )

"""The messages in doubt: nobody can say whether they left (`docs/rules.md 10.2`)."""

from __future__ import annotations

from datetime import datetime

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import NAMELESS, ConversationId, MessageId
from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.domain.errors import NotFound
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import full_name
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.queries.settings import restored_ms
from thrumsg_tui.store.queries.users import shown_user_name
from thrumsg_tui.store.times import from_ms_or_none

_IN_DOUBT = "message.state IN ('sending', 'in_doubt') AND message.state = 'in_doubt'"
"""On `message`: whether it is in doubt; in words that make SQLite use the index `message_open`."""

_MESSAGE = f"""
    SELECT message.id, message.conversation_id, message.body, message.kind, message.tried_at,
           message.tries, message.checked_at, message.state_at, message.error_text, message.gateway,
           COALESCE(message.our_number, conversation.our_number) AS our_number,
           conversation.campaign_id, campaign.name AS campaign,
           contact.first_name, contact.last_name, contact.phone, contact.phone_national, {shown_user_name()} AS author
    FROM message
    JOIN conversation ON conversation.id = message.conversation_id
    JOIN campaign ON campaign.id = conversation.campaign_id
    JOIN contact ON contact.id = conversation.contact_id
    LEFT JOIN users ON users.id = message.author_id
"""


@dataclass(frozen=True, slots=True)
class MessageInDoubt:
    """A message of which nobody knows whether it left.

    Attributes:
        phone: The contact's number in E.164.
        tried_at: When it was handed to the carrier; None if the database does not know of any try.
        tries: How often.
        checked_at: When the carrier's list was last found without it; None if nobody has looked, or could.
        of_a_backup: Whether it is in doubt since a backup was restored.
        reason: Why it is in doubt, in words.
        our_number: Our number that it was sent from; None if the carrier chose it.
        author: Who wrote it; None if nobody did.
    """

    id: MessageId
    conversation_id: ConversationId
    campaign_id: CampaignId
    campaign: str
    name: str
    phone: str
    phone_national: str
    body: str
    kind: MessageKind
    tried_at: datetime | None
    tries: int
    checked_at: datetime | None
    of_a_backup: bool
    reason: str
    gateway: str | None
    our_number: str | None
    author: str | None

    @property
    def why(self) -> str:
        """Why it is in doubt still: the reason, and whether the carrier's list was found without it."""
        looked = "absent at the carrier" if self.checked_at else ""
        return ", ".join(part for part in (self.reason, looked) if part)


def messages_in_doubt(conn: Connection, offset: int = 0, limit: int | None = None) -> list[MessageInDoubt]:
    """Read a window of the messages in doubt, the longest in doubt first; all without `limit`. By `message_open`."""
    rows = conn.execute(
        f"{_MESSAGE} WHERE {_IN_DOUBT} ORDER BY message.tried_at, message.id LIMIT ? OFFSET ?",
        (1 << 60 if limit is None else limit, offset),
    )
    restored = restored_ms(conn)
    return [_message_of(row, restored) for row in rows]


def message_in_doubt(conn: Connection, message_id: MessageId) -> MessageInDoubt:
    """Read one message in doubt; `NotFound` if there is no such message, or it is in doubt no longer."""
    row = conn.execute(f"{_MESSAGE} WHERE message.id = ? AND message.state = 'in_doubt'", (message_id,)).fetchone()
    if row is not None:
        return _message_of(row, restored_ms(conn))
    found = conn.execute("SELECT state FROM message WHERE id = ?", (message_id,)).fetchone()
    if found is None:
        raise NotFound(f"There is no message {message_id}.")
    raise NotFound(f"Message {message_id} is not in doubt: it is {found['state'].replace('_', ' ')}.")


def count_in_doubt(conn: Connection) -> int:
    """Count the messages in doubt; by `message_open`."""
    return int(conn.execute(f"SELECT COUNT(*) FROM message WHERE {_IN_DOUBT}").fetchone()[0])


def _message_of(row: Row, restored: int) -> MessageInDoubt:
    return MessageInDoubt(
        id=MessageId(row["id"]),
        conversation_id=ConversationId(row["conversation_id"]),
        campaign_id=CampaignId(row["campaign_id"]),
        campaign=row["campaign"],
        name=full_name(row["first_name"], row["last_name"]) or NAMELESS,
        phone=row["phone"],
        phone_national=row["phone_national"],
        body=row["body"],
        kind=MessageKind(row["kind"]),
        tried_at=from_ms_or_none(row["tried_at"]),
        tries=row["tries"],
        checked_at=from_ms_or_none(row["checked_at"]),
        of_a_backup=row["state_at"] <= restored,
        reason=row["error_text"] or "",
        gateway=row["gateway"],
        our_number=row["our_number"],
        author=row["author"],
    )

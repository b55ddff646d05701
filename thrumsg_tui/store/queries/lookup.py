"""Everything that is known of one phone number, across campaigns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thrumsg_tui.domain.campaigns import UNASSIGNED, AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, OptOut
from thrumsg_tui.domain.enums import Status, Tab, UnmatchedReason
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import digits, fold, full_name
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.message_origin import as_given, is_number
from thrumsg_tui.store.phones import normalize
from thrumsg_tui.store.queries.like_patterns import number_patterns
from thrumsg_tui.store.queries.thread import get_opt_out
from thrumsg_tui.store.queries.unmatched import UnmatchedMessage, reasons_of, unmatched_of
from thrumsg_tui.store.queries.users import shown_user_name

_FEWEST_DIGITS = 3
"""With fewer last digits, hundreds of numbers end with them."""

_ENTRIES = 10_000
"""How many numbers one slice reads, in a few milliseconds."""

_LATEST = 20
"""How many unmatched messages are shown with a number."""


_CONVERSATIONS = f"""
    SELECT conversation.id, conversation.campaign_id, conversation.assignment_id, conversation.status,
           conversation.tab, campaign.name, users.login, {shown_user_name()} AS holder
    FROM conversation
    JOIN campaign ON campaign.id = conversation.campaign_id
    JOIN assignment ON assignment.id = conversation.assignment_id
    LEFT JOIN users ON users.id = assignment.user_id
"""


@dataclass(frozen=True, slots=True)
class FoundConversation:
    """A conversation that was found, and where it is."""

    id: ConversationId
    campaign_id: CampaignId
    assignment_id: AssignmentId
    campaign: str
    sender: str | None
    """The login of the sender."""
    holder: str
    """The sender's name, or Unassigned."""
    status: Status
    tab: Tab


@dataclass(frozen=True, slots=True)
class PhoneRecord:
    """Everything known of a number, or of a sender that is no number; `name` is None if it is nobody's contact.

    `conversations` and `messages` are newest first. `messages` are the latest unmatched ones, `reasons` counts all of
    them.
    """

    phone: str
    name: str | None
    opt_out: OptOut | None
    conversations: tuple[FoundConversation, ...]
    reasons: Mapping[UnmatchedReason, int]
    messages: tuple[UnmatchedMessage, ...]

    @property
    def unmatched(self) -> int:
        """How many of its messages are in no conversation."""
        return sum(self.reasons.values())

    @property
    def is_number(self) -> bool:
        """Whether it is a phone number, which can be opted out."""
        return is_number(self.phone)


def look_up_typed(conn: Connection, text: str, region: str = "US") -> PhoneRecord:
    """Look up a number in any spelling, or a sender that is no number and has written, such as a short code.

    Raises:
        Refused: the text is neither; anything else would be looked into as damage to the file.
    """
    sender = as_given(text)
    if not is_number(sender) and unmatched_of(conn, sender, 1):
        return look_up(conn, sender)
    try:
        number = normalize(text, region)
    except ValueError as error:
        raise Refused("{why}", why=str(error)) from error
    return look_up(conn, number.e164)


@dataclass(frozen=True, slots=True)
class KnownNumber:
    """The number of a contact."""

    phone: str
    name: str


def last_digits(text: str) -> str:
    """Return the digits of a text that may be the end of a number; empty if it has too few, or is no number at all."""
    number = digits(text) if number_patterns(fold(text)) else ""
    return number if len(number) >= _FEWEST_DIGITS else ""


def numbers_ending(
    conn: Connection, last: str, after: str = "", entries: int = _ENTRIES
) -> tuple[list[KnownNumber], str | None]:
    """Look for the numbers of contacts that end with some digits, in a slice of all numbers.

    Args:
        conn: A connection.
        last: The last digits (`last_digits`).
        after: The number after which to go on.
        entries: How many numbers to read.

    Returns:
        Those that end so, and the number after which to go on, None after the last slice.
    """
    row = conn.execute(
        "SELECT phone FROM contact WHERE phone > ? ORDER BY phone LIMIT 1 OFFSET ?", (after, entries - 1)
    ).fetchone()
    end = row["phone"] if row else None
    rows = conn.execute(
        f"""
        SELECT phone, first_name, last_name FROM contact
        WHERE phone > :after AND {"phone <= :end" if end else "1 = 1"} AND phone LIKE :ending ORDER BY phone
        """,
        {"after": after, "end": end, "ending": f"%{last}"},
    )
    return [KnownNumber(row["phone"], full_name(row["first_name"], row["last_name"])) for row in rows], end


def look_up(conn: Connection, phone: str) -> PhoneRecord:
    """Look up a number in E.164, or a sender as the carrier gave it."""
    contact = conn.execute("SELECT id, first_name, last_name FROM contact WHERE phone = ?", (phone,)).fetchone()
    rows = conn.execute(
        f"{_CONVERSATIONS} WHERE conversation.contact_id = ? ORDER BY conversation.id DESC",
        (contact["id"] if contact else 0,),
    )
    return PhoneRecord(
        phone=phone,
        name=full_name(contact["first_name"], contact["last_name"]) if contact else None,
        opt_out=get_opt_out(conn, phone),
        conversations=tuple(map(_conversation_of, rows)),
        reasons=reasons_of(conn, phone),
        messages=tuple(unmatched_of(conn, phone, _LATEST)),
    )


def conversations_by_id(conn: Connection, wanted: Sequence[ConversationId]) -> dict[ConversationId, FoundConversation]:
    """Return where some conversations are."""
    found = dict[ConversationId, FoundConversation]()
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        rows = conn.execute(f"{_CONVERSATIONS} WHERE conversation.id IN ({', '.join('?' * len(some))})", some)
        found |= {each.id: each for each in map(_conversation_of, rows)}
    return found


def _conversation_of(row: Row) -> FoundConversation:
    return FoundConversation(
        id=ConversationId(row["id"]),
        campaign_id=CampaignId(row["campaign_id"]),
        assignment_id=AssignmentId(row["assignment_id"]),
        campaign=row["name"],
        sender=row["login"],
        holder=row["holder"] if row["login"] else UNASSIGNED,
        status=Status(row["status"]),
        tab=Tab(row["tab"]),
    )


def conversations_by_phone(conn: Connection, campaign_id: CampaignId) -> dict[str, ConversationId]:
    """Return the id of every conversation of a campaign by its number in E.164."""
    rows = conn.execute(
        """
        SELECT contact.phone, conversation.id FROM conversation
        JOIN contact ON contact.id = conversation.contact_id WHERE conversation.campaign_id = ?
        """,
        (campaign_id,),
    )
    return {row["phone"]: ConversationId(row["id"]) for row in rows}

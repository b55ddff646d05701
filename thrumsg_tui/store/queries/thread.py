"""One conversation with its thread, answers and opt-out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from thrumsg_tui.domain.campaigns import UNASSIGNED, AssignmentId, CampaignId, ChoiceId, FollowUpId, QuestionId
from thrumsg_tui.domain.contact_zones import ContactZones
from thrumsg_tui.domain.conversations import (
    NAMELESS,
    Conversation,
    ConversationHead,
    ConversationId,
    Message,
    MessageId,
    OptOut,
)
from thrumsg_tui.domain.enums import Direction, HoursIn, MessageKind, MessageState, OptOutKind, Status
from thrumsg_tui.domain.errors import NotFound
from thrumsg_tui.domain.media import Media
from thrumsg_tui.domain.names import full_name
from thrumsg_tui.domain.our_numbers import NumberState
from thrumsg_tui.domain.users import UserId, shown_name
from thrumsg_tui.store.engines.connection import Asked, Connection, Row
from thrumsg_tui.store.media import media_from
from thrumsg_tui.store.phones import zones_of
from thrumsg_tui.store.queries.consent import WRITTEN_AT
from thrumsg_tui.store.queries.thread_events import ask_thread_events, with_numbers
from thrumsg_tui.store.queries.users import has_namesake, user_name
from thrumsg_tui.store.times import from_ms, from_ms_or_none

_IN_THREAD = f"""
    SELECT message.id, message.at, message.direction, message.kind, message.body, message.state,
           message.segments, message.leaves_at, message.error_code, message.error_text, message.media,
           users.login, users.first_name, users.last_name, {has_namesake()} AS has_namesake
    FROM message LEFT JOIN users ON users.id = message.author_id
    WHERE message.conversation_id = ?
"""


def get_conversation(conn: Connection, conversation_id: ConversationId) -> Conversation:
    """Read a conversation with everything the messenger shows of it; `NotFound` if there is none. Five queries."""
    return ask_conversation(conn, conversation_id)()


def ask_conversation(conn: Connection, conversation_id: ConversationId) -> Asked[Conversation]:
    """Ask for `get_conversation`."""
    head = _ask_head(conn, _HEAD_WITH_DOUBT, conversation_id)
    messages = _ask_messages(conn, conversation_id)
    events = ask_thread_events(conn, conversation_id)
    answers = _ask_answers(conn, conversation_id)
    opt_out = _ask_opt_out(conn, _PHONE_OF, conversation_id)

    def read() -> Conversation:
        row = head()
        fields = _head_fields(row)
        return Conversation(
            **fields,
            messages=messages(),
            events=with_numbers(events(), fields["our_number"]),
            answers=answers(),
            opt_out=opt_out(),
            awaits_doubt=bool(row["awaits_doubt"]),
        )

    return read


def get_conversation_head(conn: Connection, conversation_id: ConversationId) -> ConversationHead:
    """Read a conversation's contact, sender and status, without its thread; `NotFound` if there is none."""
    return ConversationHead(**_head_fields(_ask_head(conn, _HEAD_ALONE, conversation_id)()))


_HEAD = """
    SELECT conversation.id, conversation.campaign_id, conversation.assignment_id, conversation.status,
           conversation.opted_out, conversation.flagged = 1 AND conversation.opted_out = 0 AS flagged,
           conversation.follow_up_id, assignment.user_id, users.login, users.first_name AS sender_first_name,
           users.last_name AS sender_last_name, {has_namesake} AS has_namesake,
           contact.first_name, contact.last_name, contact.phone, contact.phone_national, contact.fields,
           campaign.hours_in, campaign.quiet_hours, conversation.our_number,
           gateway_number.state AS number_state {more}
    FROM conversation
    JOIN campaign ON campaign.id = conversation.campaign_id
    JOIN contact ON contact.id = conversation.contact_id
    JOIN assignment ON assignment.id = conversation.assignment_id
    LEFT JOIN users ON users.id = assignment.user_id
    LEFT JOIN gateway_number ON gateway_number.number = conversation.our_number
    WHERE conversation.id = ?
"""

_HEAD_ALONE = _HEAD.format(has_namesake=has_namesake(), more="")

_HEAD_WITH_DOUBT = _HEAD.format(
    has_namesake=has_namesake(),
    more="""
        , EXISTS (SELECT 1 FROM conversation AS other
                  JOIN message ON message.conversation_id = other.id
                  WHERE other.contact_id = conversation.contact_id
                    AND message.state = 'in_doubt') AS awaits_doubt
    """,
)


def _ask_head(conn: Connection, query: str, conversation_id: ConversationId) -> Asked[Row]:
    """Ask for the row of a conversation's head; `NotFound` if there is none."""
    rows = conn.execute(query, (conversation_id,))

    def read() -> Row:
        row: Row | None = rows.fetchone()
        if row is None:
            raise NotFound(f"There is no conversation {conversation_id}.")
        return row

    return read


def _head_fields(found: Row) -> dict[str, Any]:
    row = dict(zip(found.keys(), found, strict=True))  # a row of SQLite looks for each name from its first column on
    assigned = row["user_id"] is not None
    sender = UNASSIGNED
    if assigned:
        sender = full_name(row["sender_first_name"], row["sender_last_name"]) or row["login"]
    asks = row["hours_in"] == HoursIn.CONTACT or row["quiet_hours"]
    return {
        "id": ConversationId(row["id"]),
        "campaign_id": CampaignId(row["campaign_id"]),
        "assignment_id": AssignmentId(row["assignment_id"]),
        "sender_id": UserId(row["user_id"]) if assigned else None,
        "sender_name": sender,
        "sender_login": row["login"],
        "sender_shown": shown_name(sender, row["login"], has_namesake=bool(row["has_namesake"])),
        "first_name": row["first_name"],
        "last_name": row["last_name"],
        "phone": row["phone"],
        "phone_national": row["phone_national"],
        "zones": zones_of(row["phone"], row["fields"]) if asks else ContactZones(),
        "fields": json.loads(row["fields"]),
        "status": Status(row["status"]),
        "opted_out": bool(row["opted_out"]),
        "flagged": bool(row["flagged"]),
        "follow_up_id": None if row["follow_up_id"] is None else FollowUpId(row["follow_up_id"]),
        "our_number": row["our_number"],
        "number_state": None if row["number_state"] is None else NumberState(row["number_state"]),
    }


def contact_names(conn: Connection, conversations: Sequence[ConversationId]) -> list[str]:
    """Return the names of the contacts of a few conversations, in the order given."""
    if not conversations:
        return []
    rows = conn.execute(
        f"""
        SELECT conversation.id, contact.first_name, contact.last_name
        FROM conversation JOIN contact ON contact.id = conversation.contact_id
        WHERE conversation.id IN ({", ".join("?" * len(conversations))})
        """,
        tuple(conversations),
    )
    names = {row["id"]: full_name(row["first_name"], row["last_name"]) or NAMELESS for row in rows}
    return [names[conversation_id] for conversation_id in conversations]


def messages(conn: Connection, conversation_id: ConversationId) -> tuple[Message, ...]:
    """Read a thread, oldest first; by `message_in_thread`."""
    return _ask_messages(conn, conversation_id)()


def _ask_messages(conn: Connection, conversation_id: ConversationId) -> Asked[tuple[Message, ...]]:
    rows = conn.execute(f"{_IN_THREAD} ORDER BY message.at, message.id", (conversation_id,))
    return lambda: tuple(map(_message_of, rows))


def media_of(conn: Connection, message_id: MessageId) -> tuple[ConversationId, tuple[Media, ...]]:
    """Return the conversation of a message and its media; `NotFound` if there is no such message."""
    row = conn.execute("SELECT conversation_id, media FROM message WHERE id = ?", (message_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no message {message_id}.")
    return ConversationId(row["conversation_id"]), media_from(row["media"])


def newest_message(conn: Connection, conversation_id: ConversationId) -> Message | None:
    """Read the newest message of a thread, None if it has no messages; by `message_in_thread`."""
    return ask_newest_message(conn, conversation_id)()


def ask_newest_message(conn: Connection, conversation_id: ConversationId) -> Asked[Message | None]:
    """Ask for `newest_message`."""
    rows = conn.execute(f"{_IN_THREAD} ORDER BY message.at DESC, message.id DESC LIMIT 1", (conversation_id,))
    return lambda: next(map(_message_of, rows), None)


def _message_of(row: Row) -> Message:
    login = row["login"]
    author = None if login is None else full_name(row["first_name"], row["last_name"]) or login
    error = " ".join(part for part in (row["error_code"], row["error_text"]) if part)
    return Message(
        id=MessageId(row["id"]),
        at=from_ms(row["at"]),
        direction=Direction(row["direction"]),
        kind=MessageKind(row["kind"]) if row["kind"] else None,
        body=row["body"],
        author=author,
        author_login=login,
        author_shown=author and shown_name(author, login, has_namesake=bool(row["has_namesake"])),
        state=MessageState(row["state"]),
        segments=row["segments"],
        leaves_at=from_ms_or_none(row["leaves_at"]),
        error=error or None,
        media=media_from(row["media"]),
        error_code=row["error_code"],
    )


def answers(conn: Connection, conversation_id: ConversationId) -> dict[QuestionId, ChoiceId]:
    """Read the recorded survey answers of a conversation."""
    return _ask_answers(conn, conversation_id)()


def _ask_answers(conn: Connection, conversation_id: ConversationId) -> Asked[dict[QuestionId, ChoiceId]]:
    rows = conn.execute("SELECT question_id, choice_id FROM answer WHERE conversation_id = ?", (conversation_id,))
    return lambda: {QuestionId(row["question_id"]): ChoiceId(row["choice_id"]) for row in rows}


def get_opt_out(conn: Connection, phone: str) -> OptOut | None:
    """Read the opt-out of a number in E.164; None if it is not opted out."""
    return _ask_opt_out(conn, "?", phone)()


_PHONE_OF = """
    (SELECT contact.phone FROM conversation JOIN contact ON contact.id = conversation.contact_id
     WHERE conversation.id = ?)
"""


def _ask_opt_out(conn: Connection, phone: str, of: str | ConversationId) -> Asked[OptOut | None]:
    """Ask for the opt-out of a number, given as SQL with its one parameter."""
    rows = conn.execute(
        f"""
        SELECT opt_out.phone, opt_out.kind, opt_out.note, opt_out.at, {WRITTEN_AT} AS written_at,
               {user_name()} AS name
        FROM opt_out LEFT JOIN opt_out_word ON opt_out_word.phone = opt_out.phone
        LEFT JOIN users ON users.id = opt_out.user_id WHERE opt_out.phone = {phone}
        """,
        (of,),
    )
    return lambda: next(map(_opt_out_of, rows), None)


def _opt_out_of(row: Row) -> OptOut:
    by = row["name"]
    written_at = from_ms(row["written_at"])
    return OptOut(row["phone"], OptOutKind(row["kind"]), row["note"], from_ms(row["at"]), by, written_at)

"""Keep a conversation's derived columns consistent with its messages (`docs/rules.md 1.1`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from thrumsg_tui.domain.conversation_state import ConversationState, MessageFact, state_from, state_with
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.enums import Direction, MessageKind, MessageState, Status
from thrumsg_tui.store.engines.connection import Asked, Connection, Row
from thrumsg_tui.store.queries.follow_ups import IS_FOR, LIVE


def read_state(conn: Connection, conversation_id: ConversationId) -> ConversationState:
    """Derive a conversation's state from the stored messages."""
    rows = conn.execute(f"SELECT {FACTS} FROM message WHERE conversation_id = ?", (conversation_id,))
    return state_from(map(fact_of, rows))


FACTS = "id, at, direction, kind, state"
"""The columns of a message that `fact_of` reads."""


def fact_of(row: Row) -> MessageFact:
    """Return the part of a message that the state of its conversation depends on."""
    return MessageFact(
        id=row["id"],
        at=row["at"],
        direction=Direction.OUTGOING if row["direction"] == "outgoing" else Direction.INCOMING,
        cancelled=row["state"] == MessageState.CANCELLED.value,
        confirmation=row["kind"] == MessageKind.OPT_OUT_CONFIRMATION.value,
    )


def refresh(conn: Connection, conversation_id: ConversationId) -> ConversationState:
    """Store a conversation's derived state and update its follow-ups; triggers update the counts."""
    now = read_state(conn, conversation_id)
    _store(conn, conversation_id, _columns_of(now))
    refresh_follow_ups(conn, conversation_id)
    return now


class ThreadEnd(NamedTuple):
    """The end of a thread, to which a message is added."""

    conversation_id: ConversationId
    message_id: MessageId
    """The id that the message is to have."""
    state: ConversationState
    spoken: bool
    """Whether anything but confirmations of opt-outs was written."""
    any_live: bool


def _any_live(campaign: str) -> str:
    """Return in SQL whether a campaign has follow-ups that its conversations may match from now on."""
    live = f"SELECT 1 FROM follow_up WHERE follow_up.campaign_id = {campaign} AND {LIVE}"
    return f"CASE WHEN EXISTS ({live}) THEN 1 ELSE 0 END AS any_live"


_END = f"""
    SELECT conversation.status, conversation.texted, conversation.replied, conversation.waiting_since,
           conversation.last_message_id, conversation.last_message_at, conversation.last_texted_at,
           conversation.message_count,
           CASE WHEN conversation.status = 'sent' AND EXISTS (
                    SELECT 1 FROM message
                    WHERE message.id = conversation.last_message_id AND message.kind = 'opt_out_confirmation'
                ) THEN 0 ELSE conversation.message_count END AS spoken,
           {_any_live("conversation.campaign_id")}
    FROM conversation WHERE conversation.id = ?
"""


def ask_thread_end(conn: Connection, conversation_id: ConversationId) -> Asked[ThreadEnd]:
    """Ask for all that is needed to add a message to a conversation; read it before the message is stored.

    From then on others wait for the counts. So nothing is read any more, and all that is written goes to a server
    together with the commit. No other message is read.
    """
    rows = conn.execute(_END, (conversation_id,))
    message_id = conn.ask_id("message")
    return lambda: _end_of(conversation_id, MessageId(message_id()), rows.fetchone())


def _end_of(conversation_id: ConversationId, message_id: MessageId, row: Row) -> ThreadEnd:
    status, texted, replied, since, last_id, last_at, last_texted_at, count, spoken, any_live = row
    state = ConversationState(
        Status(status), texted == 1, replied == 1, since, last_id, last_at or None, last_texted_at, count
    )
    return ThreadEnd(conversation_id, message_id, state, spoken > 0, bool(any_live))


def refresh_with(conn: Connection, end: ThreadEnd, added: MessageFact) -> ConversationState:
    """Do what `refresh` does, for a conversation to which a message was added."""
    now = state_with(end.state, added, spoken=end.spoken)
    before = _columns_of(end.state)
    _store(conn, end.conversation_id, {name: new for name, new in _columns_of(now).items() if new != before[name]})
    if end.any_live:
        _refresh_live_follow_ups(conn, end.conversation_id)
    return now


def _columns_of(state: ConversationState) -> dict[str, object]:
    """Return the columns of a conversation in which its state is stored."""
    return {
        "status": state.status.value,
        "texted": int(state.texted),
        "replied": int(state.replied),
        "waiting_since": state.waiting_since,
        "last_message_id": state.last_message_id,
        "last_message_at": state.last_message_at or 0,
        "last_texted_at": state.last_texted_at,
        "message_count": state.message_count,
    }


def _store(conn: Connection, conversation_id: ConversationId, columns: Mapping[str, object]) -> None:
    """Set columns: those that have changed, since each index of the others would be written for nothing."""
    conn.execute(
        f"UPDATE conversation SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?",
        (*columns.values(), conversation_id),
    )


def refresh_follow_ups(conn: Connection, conversation_id: ConversationId) -> None:
    """Add the follow-ups that a conversation matches now, and remove pending ones that it no longer matches.

    Call it after the state or the answers have changed (`docs/rules.md 3.1`). Sent and skipped ones stay, and so do
    those of a follow-up that has ended or was settled when it was made. 10 µs if the campaign has no live one.
    """
    asked = _any_live("(SELECT campaign_id FROM conversation WHERE id = ?)")
    if conn.execute(f"SELECT {asked}", (conversation_id,)).fetchone()["any_live"]:
        _refresh_live_follow_ups(conn, conversation_id)


def _refresh_live_follow_ups(conn: Connection, conversation_id: ConversationId) -> None:
    this = {"id": conversation_id}
    gone = conn.execute(
        f"""
        DELETE FROM follow_up_target
        WHERE conversation_id = :id AND state = 'pending'
          AND EXISTS (SELECT 1 FROM follow_up JOIN conversation ON conversation.id = :id
                      WHERE follow_up.id = follow_up_target.follow_up_id AND {LIVE} AND NOT ({IS_FOR}))
        """,
        this,
    )
    come = conn.execute(
        f"""
        INSERT INTO follow_up_target (follow_up_id, conversation_id, state)
        SELECT follow_up.id, conversation.id, 'pending'
        FROM conversation JOIN follow_up ON {IS_FOR} AND {LIVE}
        WHERE conversation.id = :id
          AND NOT EXISTS (SELECT 1 FROM follow_up_target AS known
                          WHERE known.follow_up_id = follow_up.id AND known.conversation_id = conversation.id)
        """,
        this,
    )
    if gone.rowcount or come.rowcount:
        refresh_pending_follow_ups(conn, "conversation.id = :id", {"id": conversation_id})


def reopen_follow_ups(conn: Connection, conversation_id: ConversationId) -> None:
    """Make follow-ups pending again whose messages were all cancelled: they never left (`docs/rules.md 1.1`)."""
    conn.execute(
        """
        UPDATE follow_up_target SET state = 'pending'
        WHERE conversation_id = :id AND state = 'sent'
          AND NOT EXISTS (SELECT 1 FROM message
                          WHERE message.conversation_id = :id AND message.state <> 'cancelled'
                            AND message.follow_up_id = follow_up_target.follow_up_id)
        """,
        {"id": conversation_id},
    )
    refresh_pending_follow_ups(conn, "conversation.id = :id", {"id": conversation_id})


def refresh_pending_follow_ups(conn: Connection, where: str, parameters: dict[str, object]) -> None:
    """Point conversations at their oldest pending active follow-up, or at none.

    Args:
        conn: A connection for writing.
        where: A condition on `conversation`, a constant of the caller's.
        parameters: Its named parameters.
    """
    conn.execute(
        f"""
        UPDATE conversation
        SET follow_up_id = (SELECT MIN(target.follow_up_id)
                            FROM follow_up_target AS target
                            JOIN follow_up ON follow_up.id = target.follow_up_id
                            WHERE target.conversation_id = conversation.id
                              AND target.state = 'pending' AND follow_up.active = 1)
        WHERE {where}
        """,
        parameters,
    )

"""Keep a conversation's derived columns consistent with its messages (`docs/rules.md 1.1`)."""

from __future__ import annotations

from typing import NamedTuple

from thrumsg_tui.domain.conversations import ConversationId, ConversationState, MessageFact, MessageId, state_from
from thrumsg_tui.domain.enums import Direction, MessageKind, MessageState
from thrumsg_tui.store.engines.connection import Asked, Connection, Row
from thrumsg_tui.store.queries.follow_ups import IS_FOR, LIVE


def read_state(conn: Connection, conversation_id: ConversationId) -> ConversationState:
    """Derive a conversation's state from the stored messages."""
    return state_from(_ask_facts(conn, conversation_id)())


def _ask_facts(conn: Connection, conversation_id: ConversationId) -> Asked[list[MessageFact]]:
    rows = conn.execute(f"SELECT {FACTS} FROM message WHERE conversation_id = ?", (conversation_id,))
    return lambda: list(map(fact_of, rows))


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
    facts, any_live = _ask_facts(conn, conversation_id), _ask_any_live(conn, conversation_id)
    return _refreshed(conn, conversation_id, facts(), any_live=any_live())


class ThreadEnd(NamedTuple):
    """The end of a thread, to which a message is added."""

    conversation_id: ConversationId
    message_id: MessageId
    """The id that the message is to have."""
    facts: list[MessageFact]
    any_live: bool


def ask_thread_end(conn: Connection, conversation_id: ConversationId) -> Asked[ThreadEnd]:
    """Ask for all that is needed to add a message to a conversation; read it before the message is stored.

    From then on others wait for the counts. So nothing is read any more, and all that is written goes to a server
    together with the commit.
    """
    facts, any_live = _ask_facts(conn, conversation_id), _ask_any_live(conn, conversation_id)
    message_id = conn.ask_id("message")
    return lambda: ThreadEnd(conversation_id, MessageId(message_id()), facts(), any_live())


def refresh_with(conn: Connection, end: ThreadEnd, added: MessageFact) -> ConversationState:
    """Do what `refresh` does, for a conversation to which a message was added."""
    return _refreshed(conn, end.conversation_id, [*end.facts, added], any_live=end.any_live)


def _refreshed(
    conn: Connection, conversation_id: ConversationId, facts: list[MessageFact], *, any_live: bool
) -> ConversationState:
    now = state_from(facts)
    _store(conn, conversation_id, now)
    if any_live:
        _refresh_live_follow_ups(conn, conversation_id)
    return now


def _store(conn: Connection, conversation_id: ConversationId, now: ConversationState) -> None:
    conn.execute(
        """
        UPDATE conversation
        SET status = ?, texted = ?, replied = ?, waiting_since = ?, last_message_id = ?, last_message_at = ?,
            last_texted_at = ?, message_count = ?
        WHERE id = ?
        """,
        (
            now.status,
            int(now.texted),
            int(now.replied),
            now.waiting_since,
            now.last_message_id,
            now.last_message_at or 0,
            now.last_texted_at,
            now.message_count,
            conversation_id,
        ),
    )


def refresh_follow_ups(conn: Connection, conversation_id: ConversationId) -> None:
    """Add the follow-ups that a conversation matches now, and remove pending ones that it no longer matches.

    Call it after the state or the answers have changed (`docs/rules.md 3.1`). Sent and skipped ones stay, and so do
    those of a follow-up that has ended or was settled when it was made. 10 µs if the campaign has no live one.
    """
    if _ask_any_live(conn, conversation_id)():
        _refresh_live_follow_ups(conn, conversation_id)


def _ask_any_live(conn: Connection, conversation_id: ConversationId) -> Asked[bool]:
    """Ask whether the campaign of a conversation has follow-ups that it may match from now on."""
    of_campaign = "follow_up.campaign_id = (SELECT campaign_id FROM conversation WHERE id = :id)"
    rows = conn.execute(f"SELECT 1 FROM follow_up WHERE {of_campaign} AND {LIVE} LIMIT 1", {"id": conversation_id})
    return lambda: rows.fetchone() is not None


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

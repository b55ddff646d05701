"""Keeping a conversation's derived columns true to its messages (`docs/rules.md 1.1`)."""

from __future__ import annotations

import sqlite3

from thrumsg_tui.domain.conversations import ConversationId, MessageFact, Standing, standing
from thrumsg_tui.domain.words import Direction, MessageState


def read_standing(conn: sqlite3.Connection, conversation_id: ConversationId) -> Standing:
    """Derive the standing from the stored messages."""
    rows = conn.execute("SELECT id, at, direction, state FROM message WHERE conversation_id = ?", (conversation_id,))
    return standing(
        MessageFact(row["id"], row["at"], Direction(row["direction"]), row["state"] == MessageState.CANCELLED.value)
        for row in rows
    )


def refresh(conn: sqlite3.Connection, conversation_id: ConversationId) -> Standing:
    """Write the standing into the conversation; its assignment's counts follow by trigger."""
    now = read_standing(conn, conversation_id)
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
    return now


def reopen_follow_ups(conn: sqlite3.Connection, conversation_id: ConversationId) -> None:
    """Let follow-ups whose message was cancelled be unsent again: they never left (`docs/rules.md 1.1`)."""
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


def refresh_pending_follow_ups(conn: sqlite3.Connection, where: str, parameters: dict[str, object]) -> None:
    """Point conversations at their oldest unsent active follow-up, or at none.

    `where` is a condition on `conversation`, a constant of the caller's with named `parameters`.
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

"""The drafts that a person has in conversations (`docs/rules.md 3.11`)."""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.domain.conversations import (
    ConversationId,
)
from thrumsg_tui.domain.users import UserId
from thrumsg_tui.store.engines.connection import Asked, Connection


def draft(conn: Connection, user_id: UserId, conversation_id: ConversationId) -> str | None:
    """Read a person's draft in a conversation, None if there is none (`docs/rules.md 3.11`)."""
    return ask_draft(conn, user_id, conversation_id)()


def ask_draft(conn: Connection, user_id: UserId, conversation_id: ConversationId) -> Asked[str | None]:
    """Ask for `draft`."""
    rows = conn.execute("SELECT body FROM draft WHERE user_id = ? AND conversation_id = ?", (user_id, conversation_id))
    return lambda: next((str(row["body"]) for row in rows), None)


def drafts(conn: Connection, user_id: UserId, conversations: Sequence[ConversationId]) -> dict[ConversationId, str]:
    """Read a person's drafts in the conversations of a page, by the primary key."""
    return ask_drafts(conn, user_id, conversations)()


def ask_drafts(
    conn: Connection, user_id: UserId, conversations: Sequence[ConversationId]
) -> Asked[dict[ConversationId, str]]:
    """Ask for `drafts`."""
    if not conversations:
        return dict
    rows = conn.execute(
        f"""
        SELECT conversation_id, body FROM draft
        WHERE user_id = ? AND conversation_id IN ({", ".join("?" * len(conversations))})
        """,
        (user_id, *conversations),
    )
    return lambda: {ConversationId(row["conversation_id"]): row["body"] for row in rows}

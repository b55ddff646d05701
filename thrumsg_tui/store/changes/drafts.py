"""Drafts: the unsent text of each person in a conversation (`docs/rules.md 3.11`)."""

from __future__ import annotations

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.storable_text import storable
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.database import Database


@change
def keep_draft(db: Database, who: Identity, conversation_id: ConversationId, body: str | None) -> None:
    """Store a person's draft, or delete it. Requires no permission; not journalled.

    A stored draft survives a crash of the program.

    Args:
        db: The database.
        who: The person; a draft belongs to `who.user`.
        conversation_id: The conversation.
        body: The text, or None to delete the draft. Characters that cannot be stored are replaced by U+FFFD, so
            that the rest is not lost; sending such characters is refused.
    """
    with db.writing(durable=False) as tx:
        if body is None:
            tx.conn.execute(
                "DELETE FROM draft WHERE user_id = ? AND conversation_id = ?", (who.user.id, conversation_id)
            )
            return
        tx.conn.execute(
            """
            INSERT INTO draft (user_id, conversation_id, body, at) VALUES (?, ?, ?, ?)
            ON CONFLICT (user_id, conversation_id) DO UPDATE SET body = excluded.body, at = excluded.at
            """,
            (who.user.id, conversation_id, storable(body), tx.now_ms),
        )

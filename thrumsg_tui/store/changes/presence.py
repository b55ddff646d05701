"""Presence: which session has which campaign and conversation open (`docs/rules.md 2.4`)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from thrumsg_tui.store.change import change
from thrumsg_tui.store.times import to_ms

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import CampaignId
    from thrumsg_tui.domain.conversations import ConversationId
    from thrumsg_tui.domain.users import UserId
    from thrumsg_tui.store.database import Database

_FORGET_AFTER = timedelta(hours=1)


@change
def show_presence(
    db: Database,
    session: str,
    user_id: UserId,
    campaign_id: CampaignId | None,
    conversation_id: ConversationId | None,
) -> None:
    """Store that a session is alive and what it has open, and delete sessions not seen for an hour. Not journalled.

    Args:
        db: The database.
        session: A text that is unique to the session.
        user_id: The session's user.
        campaign_id: The campaign whose messenger is open; None outside of a messenger.
        conversation_id: The open conversation, if there is one.
    """
    with db.writing(durable=False) as tx:
        tx.conn.execute(
            """
            INSERT INTO presence (id, user_id, campaign_id, conversation_id, seen_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, campaign_id = excluded.campaign_id,
                                           conversation_id = excluded.conversation_id, seen_at = excluded.seen_at
            """,
            (session, user_id, campaign_id, conversation_id, tx.now_ms),
        )
        tx.conn.execute("DELETE FROM presence WHERE seen_at < ?", (to_ms(tx.now - _FORGET_AFTER),))


@change
def end_presence(db: Database, session: str) -> None:
    """Delete a session that has ended. Not journalled."""
    with db.writing(durable=False) as tx:
        tx.conn.execute("DELETE FROM presence WHERE id = ?", (session,))

"""Messages that waited for a gateway until nobody wants them sent any more."""

from __future__ import annotations

from datetime import datetime

from thrumsg_tui.domain.conversation_facts import MessageWithdrawn, WithdrawalReason
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.scheduled_messages import cancel, tell_threads
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.times import to_ms


def cancel_old(db: Database, who: Identity | None, before: datetime) -> int:
    """Cancel the messages that were queued before a moment and never tried.

    Args:
        db: The database.
        who: Who decided it; None for the account that owns the database.
        before: The moment.

    Returns:
        How many there were.
    """
    if who:
        who.require(Permission.DELIVER)
    with db.writing() as tx:
        rows = tx.conn.execute(
            """
            SELECT id, conversation_id FROM message
            WHERE state = 'queued' AND tries = 0 AND state_at < ? ORDER BY id
            """,
            (to_ms(before),),
        ).fetchall()
        for row in rows:
            conversation_id = ConversationId(row["conversation_id"])
            cancel(tx, MessageId(row["id"]), conversation_id)
            facts = MessageWithdrawn(WithdrawalReason.TOO_OLD)
            event_id = record(tx, who, EventKind.RELEASE, facts, conversation_id=conversation_id)
            tell_threads(tx, event_id, [conversation_id])
        return len(rows)

"""Messages that waited for a gateway until nobody wants them sent any more."""

from __future__ import annotations

from datetime import datetime

from thrumsg_tui.domain.conversation_facts import MessageWithdrawn, WithdrawalReason
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.scheduled_messages import cancel, tell_threads
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import ConversationLock
from thrumsg_tui.store.queries.old_queue import never_tried


@change
def cancel_old(db: Database, who: Identity | None, before: datetime) -> int:
    """Cancel the messages that were accepted before a moment, if no deliverer ever ran on the database.

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
        tx.hold(*(ConversationLock(each.conversation_id) for each in never_tried(tx.conn, before)))
        old = never_tried(tx.conn, before)
        for each in old:
            cancel(tx, each.id, each.conversation_id)
            facts = MessageWithdrawn(WithdrawalReason.TOO_OLD)
            event_id = record(tx, who, EventKind.RELEASE, facts, conversation_id=each.conversation_id)
            tell_threads(tx, event_id, [each.conversation_id])
        return len(old)

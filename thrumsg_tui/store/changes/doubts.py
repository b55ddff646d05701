"""What a person decides about a message in doubt (`docs/rules.md 10.2`)."""

from __future__ import annotations

from typing import assert_never

from thrumsg_tui.domain.conversation_facts import DoubtAnswer, DoubtSettled
from thrumsg_tui.domain.conversations import EventId, MessageId
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.storable_text import require_storable
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.doubt_settlement import queue_again
from thrumsg_tui.store.changes.require_not_archived import require_not_archived
from thrumsg_tui.store.changes.scheduled_messages import cancel
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.locks import ConversationLock
from thrumsg_tui.store.queries.doubts import MessageInDoubt, message_in_doubt


@change
def answer_doubt(
    db: Database, who: Identity, message_id: MessageId, answer: DoubtAnswer, provider_id: str | None = None
) -> EventId:
    """Settle a message in doubt as a person decides. It cannot be undone.

    One that is to be sent again is queued: its claim checks opt-out, hours and window anew. One that is dropped is
    cancelled, and its conversation is as if it had never been written. A later report of the carrier that it arrived
    is still taken in.

    Args:
        db: The database.
        who: The person.
        message_id: The message.
        answer: What they decide.
        provider_id: The carrier's id of the message, if it was sent and they know it.

    Raises:
        Refused: The message is not in doubt (any more), its campaign is archived and so nothing can be sent, or the
            carrier's id is another message's.
    """
    who.require(Permission.SETTLE_DOUBTS)
    with db.writing() as tx:
        tx.hold(ConversationLock(message_in_doubt(tx.conn, message_id).conversation_id))
        message = message_in_doubt(tx.conn, message_id)
        match answer:
            case DoubtAnswer.WAS_SENT:
                _sent(tx, message, provider_id)
            case DoubtAnswer.SEND_AGAIN:
                require_not_archived(tx, message.campaign_id)
                queue_again(tx, message.id)
            case DoubtAnswer.DROP:
                cancel(tx, message.id, message.conversation_id)
            case _:
                assert_never(answer)
        facts = DoubtSettled(answer, message.name)
        event_id = record(tx, who, EventKind.SETTLE_DOUBT, facts, conversation_id=message.conversation_id)
        touch(tx, event_id, [(message.conversation_id, None, None)])
        return event_id


def _sent(tx: Transaction, message: MessageInDoubt, provider_id: str | None) -> None:
    if provider_id is not None:
        require_storable(provider_id)
        _require_free(tx, message, provider_id)
    tx.conn.execute(
        """
        UPDATE message SET state = ?, state_at = ?, provider_id = COALESCE(?, provider_id), checked_at = NULL,
                           next_try_at = NULL, error_code = NULL, error_text = NULL
        WHERE id = ?
        """,
        (MessageState.SENT, tx.now_ms, provider_id, message.id),
    )


def _require_free(tx: Transaction, message: MessageInDoubt, provider_id: str) -> None:
    """Raise `Refused` if another outgoing message has the carrier's id; an incoming one may have it, too."""
    row = tx.conn.execute(
        "SELECT id FROM message WHERE gateway = ? AND provider_id = ? AND direction = 'outgoing' AND id <> ?",
        (message.gateway, provider_id, message.id),
    ).fetchone()
    if row is not None:
        raise Refused("{id} is the carrier's id of message " + str(row["id"]) + ".", Nothing.CHANGED, id=provider_id)

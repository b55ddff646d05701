"""The next state of a message that was handed over, and what the carrier calls it (`docs/rules.md 10.2`, `10.8`)."""

from __future__ import annotations

from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.delivery_states import next_state
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.domain.storable_text import storable
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.engines.connection import Row
from thrumsg_tui.store.queries.gateway_numbers import NOTHING_LEFT

HANDED_OVER = """
    SELECT message.id, message.state, message.kind, message.conversation_id, message.provider_id,
           message.first_tried_at, message.checked_at, contact.phone
    FROM message
    JOIN conversation ON conversation.id = message.conversation_id
    JOIN contact ON contact.id = conversation.contact_id
"""


def handed_over(tx: Transaction, message_id: MessageId) -> Row | None:
    """Read a message as `HANDED_OVER` does; None if there is none."""
    row: Row | None = tx.conn.execute(f"{HANDED_OVER} WHERE message.id = ?", (message_id,)).fetchone()
    return row


def is_taken(tx: Transaction, gateway: str, provider_id: str, but: MessageId) -> bool:
    """Whether another message has a carrier's id."""
    row = tx.conn.execute(
        "SELECT 1 FROM message WHERE gateway = ? AND provider_id = ? AND direction = 'outgoing' AND id <> ?",
        (gateway, storable(provider_id), but),
    ).fetchone()
    return row is not None


def accept(
    tx: Transaction, gateway: str, message_id: MessageId, provider_id: str | None, our_number: str | None
) -> None:
    """Store that the carrier has taken a message."""
    name_at_carrier(tx, gateway, message_id, provider_id, our_number)
    enter_state(tx, message_id, MessageState.SENT)


def name_at_carrier(
    tx: Transaction, gateway: str, message_id: MessageId, provider_id: str | None, our_number: str | None
) -> None:
    """Store what the carrier calls a message, and from which of our numbers it went (`docs/rules.md 10.8`)."""
    if provider_id and not is_taken(tx, gateway, provider_id, message_id):
        tx.conn.execute(
            "UPDATE message SET gateway = ?, provider_id = COALESCE(provider_id, ?) WHERE id = ?",
            (gateway, storable(provider_id), message_id),
        )
    if our_number:
        tx.conn.execute(
            "UPDATE message SET our_number = COALESCE(our_number, ?) WHERE id = ?", (our_number, message_id)
        )
        tx.conn.execute(
            """
            UPDATE conversation SET our_number = ?
            WHERE our_number IS NULL AND id = (SELECT conversation_id FROM message WHERE id = ?)
            """,
            (our_number, message_id),
        )


def let_go_of_number(tx: Transaction, message_id: MessageId) -> None:
    """Let a conversation take another number of ours, if its own stopped before anything left in it."""
    tx.conn.execute(
        f"""
        UPDATE conversation SET our_number = NULL
        WHERE id = (SELECT conversation_id FROM message WHERE id = ?) AND {NOTHING_LEFT}
          AND our_number IN (SELECT number FROM gateway_number WHERE state <> 'ready')
        """,
        (message_id,),
    )


def enter_state(
    tx: Transaction,
    message_id: MessageId,
    state: MessageState,
    *,
    code: str | None = None,
    words: str | None = None,
) -> None:
    """Store the next state of a message; one that the present state does not lead to changes nothing."""
    row = handed_over(tx, message_id)
    if row is None:
        return
    before = MessageState(row["state"])
    settles = state in {MessageState.IN_DOUBT, MessageState.CANCELLED} and before is MessageState.SENDING
    if not settles and next_state(before, state) is None:
        return
    tx.conn.execute(
        """
        UPDATE message SET state = :state, state_at = :now, error_code = :code, error_text = :words,
                           next_try_at = NULL, checked_at = NULL,
                           doubts = doubts + CASE WHEN :state = 'in_doubt' THEN 1 ELSE 0 END
        WHERE id = :id
        """,
        {
            "state": state,
            "now": tx.now_ms,
            "code": code and storable(code),
            "words": words and storable(words),
            "id": message_id,
        },
    )

"""Messages in doubt, and what the carrier's list says of them (`docs/rules.md 10.2`). Not journalled."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.delivery import Trace
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.message_state import accept, enter_state, handed_over, is_taken, let_go_of_number
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.locks import ConversationLock, OurNumbersLock
from thrumsg_tui.store.queries.outbox import Doubtful

_ENDED = "The program that sent it ended before the carrier's answer came."

_SENDING = "state IN ('sending', 'in_doubt') AND state = 'sending'"
"""On `message`: whether it is under way; in words that make SQLite use the index `message_open`."""


@change
def doubt_all(db: Database) -> int:
    """Put all messages in doubt that are `sending`: nobody waits for their answers any more (`docs/rules.md 10.1`).

    Only the process that holds the delivery lock may call it.

    Returns:
        How many there were.
    """
    with db.reading() as conn:
        if conn.execute(f"SELECT 1 FROM message WHERE {_SENDING} LIMIT 1").fetchone() is None:
            return 0
    with db.writing() as tx:
        left = tx.conn.execute(f"SELECT id, conversation_id FROM message WHERE {_SENDING} ORDER BY tried_at").fetchall()
        tx.hold(*(ConversationLock(row["conversation_id"]) for row in left))
        for row in left:
            enter_state(tx, MessageId(row["id"]), MessageState.IN_DOUBT, words=_ENDED)
        return len(left)


class Settlement(Enum):
    """What a look into the carrier's list said of a message in doubt."""

    FOUND = auto()
    ABSENT_ONCE = auto()
    QUEUED_AGAIN = auto()
    TO_A_PERSON = auto()
    """It is absent, and a person has to decide."""
    ELSEWHERE = auto()
    """It is no longer in doubt."""


@change
def settle(
    db: Database, gateway: str, doubtful: Doubtful, traces: Sequence[Trace], *, only_ask: bool = False
) -> Settlement:
    """Store what the carrier's list says of a message in doubt (`docs/rules.md 10.2`).

    Args:
        db: The database.
        gateway: The name of the gateway.
        doubtful: The message.
        traces: What the list has that may be this message, oldest first; what is another message of ours is left out.
        only_ask: Whether nothing may be sent again but by a person.
    """
    message = doubtful.message
    with db.writing() as tx:
        tx.hold(OurNumbersLock(shared=True), ConversationLock(message.conversation_id))
        row = handed_over(tx, message.id)
        if row is None or row["state"] != MessageState.IN_DOUBT:
            return Settlement.ELSEWHERE
        ours = [each for each in traces if not is_taken(tx, gateway, each.provider_id, message.id)]
        if trace := next((each for each in ours if not each.before_try), None):
            accept(tx, gateway, message.id, trace.provider_id, trace.our_number)
            if trace.state is not MessageState.SENT:
                enter_state(tx, message.id, trace.state, code=trace.code, words=trace.words)
            return Settlement.FOUND
        by_a_person = doubtful.by_a_person or only_ask or bool(ours)  # one from before the try may be this one
        if by_a_person or row["checked_at"] is None:
            tx.conn.execute("UPDATE message SET checked_at = ? WHERE id = ?", (tx.now_ms, message.id))
            tx.shown_by("SELECT 1 FROM message WHERE id = ? AND checked_at = ?", (message.id, tx.now_ms))
            return Settlement.TO_A_PERSON if by_a_person else Settlement.ABSENT_ONCE
        queue_again(tx, message.id)
        return Settlement.QUEUED_AGAIN


def queue_again(tx: Transaction, message_id: MessageId) -> None:
    """Queue a message in doubt that never left; its claim checks it anew."""
    tx.conn.execute(
        """
        UPDATE message SET state = :queued, state_at = :now, checked_at = NULL, next_try_at = NULL, error_code = NULL,
                           error_text = NULL
        WHERE id = :id AND state = :in_doubt
        """,
        {"queued": MessageState.QUEUED, "in_doubt": MessageState.IN_DOUBT, "now": tx.now_ms, "id": message_id},
    )
    let_go_of_number(tx, message_id)

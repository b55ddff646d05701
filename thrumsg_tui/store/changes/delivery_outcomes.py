"""What became of claimed messages: the answers and reports of the carrier (`docs/rules.md 10.5`). Not journalled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.delivery import Accepted, Doubt, NotNow, Outcome, Outgoing, Rejected, Report
from thrumsg_tui.domain.delivery_states import GIVE_UP_AFTER, next_state
from thrumsg_tui.domain.enums import MessageKind, MessageState
from thrumsg_tui.domain.storable_text import storable
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.message_state import (
    HANDED_OVER,
    accept,
    enter_state,
    handed_over,
    let_go_of_number,
    name_at_carrier,
)
from thrumsg_tui.store.changes.opt_outs import opt_out_at_carrier
from thrumsg_tui.store.conversation_state import refresh
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.connection import Row
from thrumsg_tui.store.locks import ConversationLock, OurNumbersLock, number_locks
from thrumsg_tui.store.times import from_ms, to_ms


@change
def record_outcomes(
    db: Database,
    gateway: str,
    answers: Sequence[tuple[Outgoing, Outcome]],
    *,
    retry: Callable[[int], timedelta],
) -> None:
    """Store what became of claimed messages, all in one transaction.

    A message that a report has settled meanwhile keeps the report's state.

    Args:
        db: The database.
        gateway: The name of the gateway.
        answers: The messages with what became of them.
        retry: The least time that a message waits after a number of tries.
    """
    with db.writing() as tx:
        opted_out = [
            message.phone for message, outcome in answers if isinstance(outcome, Rejected) and outcome.opted_out
        ]
        conversations = [ConversationLock(message.conversation_id) for message, _ in answers]
        tx.hold(OurNumbersLock(shared=True), *number_locks(*opted_out), *conversations)
        for message, outcome in answers:
            match outcome:
                case Accepted():
                    accept(tx, gateway, message.id, outcome.provider_id, outcome.our_number)
                case Rejected():
                    _reject(tx, message, outcome)
                case NotNow():
                    _put_off(tx, message, outcome, retry(message.tries))
                case Doubt(words):
                    enter_state(tx, message.id, MessageState.IN_DOUBT, words=words)


@change
def report_in(db: Database, gateway: str, report: Report) -> bool:
    """Store a report of the carrier. It may come before the answer to the send, out of order, and again.

    Returns:
        Whether a message was found to which it belongs.
    """
    with db.writing() as tx:
        if (found := _reported(tx, gateway, report)) is None:
            return False
        numbers = number_locks(found["phone"]) if report.opted_out else ()
        tx.hold(OurNumbersLock(shared=True), *numbers, ConversationLock(found["conversation_id"]))
        if (row := _reported(tx, gateway, report)) is None:
            return False
        message_id, before = MessageId(row["id"]), MessageState(row["state"])
        if next_state(before, report.state) is not None:
            if report.provider_id or report.our_number:
                name_at_carrier(tx, gateway, message_id, report.provider_id, report.our_number)
            enter_state(tx, message_id, report.state, code=report.code, words=report.words)
            if before is MessageState.CANCELLED:  # it had left after all
                refresh(tx.conn, ConversationId(row["conversation_id"]))
            if report.opted_out:
                opt_out_at_carrier(tx, row["phone"])
        return True


def _reported(tx: Transaction, gateway: str, report: Report) -> Row | None:
    """Find the message of a report: by our key, else by the carrier's id. One that another message has fits none."""
    row: Row | None = None
    if report.key:
        row = tx.conn.execute(f"{HANDED_OVER} WHERE message.send_key = ?", (report.key,)).fetchone()
        if row and report.provider_id and row["provider_id"] not in {None, storable(report.provider_id)}:
            return None
    elif report.provider_id:
        row = tx.conn.execute(
            f"{HANDED_OVER} WHERE message.gateway = ? AND message.provider_id = ? AND message.direction = 'outgoing'",
            (gateway, storable(report.provider_id)),
        ).fetchone()
    return row


def _reject(tx: Transaction, message: Outgoing, outcome: Rejected) -> None:
    """Store a refusal; where the carrier blocks the number since its owner said so, opt the number out as well."""
    confirmation = message.kind is MessageKind.OPT_OUT_CONFIRMATION
    state = MessageState.CANCELLED if confirmation and outcome.opted_out else MessageState.FAILED
    enter_state(tx, message.id, state, code=outcome.code, words=outcome.words)
    if state is MessageState.CANCELLED:
        refresh(tx.conn, message.conversation_id)
    if outcome.opted_out:
        opt_out_at_carrier(tx, message.phone)


def _put_off(tx: Transaction, message: Outgoing, outcome: NotNow, least: timedelta) -> None:
    """Queue a message again that never left, or give it up if no carrier took it for a day.

    What our own configuration holds back does not age: it stays until a person mends that.
    """
    row = handed_over(tx, message.id)
    first = from_ms(row["first_tried_at"]) if row and row["first_tried_at"] is not None else tx.now
    if not outcome.broken and tx.now - first >= GIVE_UP_AFTER:
        words = f"No carrier took it in 24 hours: {outcome.words}"
        enter_state(tx, message.id, MessageState.FAILED, code=outcome.code, words=words)
        return
    tx.conn.execute(
        """
        UPDATE message SET state = :queued, state_at = :now, next_try_at = :next_try_at, error_code = :code,
                           error_text = :words
        WHERE id = :id AND state = :sending AND tries = :tries
        """,
        {
            "queued": MessageState.QUEUED,
            "sending": MessageState.SENDING,
            "tries": message.tries,
            "now": tx.now_ms,
            "next_try_at": to_ms(tx.now + max(outcome.after, least)),
            "code": outcome.code and storable(outcome.code),
            "words": storable(outcome.words),
            "id": message.id,
        },
    )
    let_go_of_number(tx, message.id)

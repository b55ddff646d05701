"""What became of claimed messages: answers, reports, settled doubts (`docs/rules.md 10.2`, `10.5`). Not journalled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import Enum, auto

from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.delivery import Accepted, Doubt, NotNow, Outcome, Outgoing, Rejected, Report, Trace
from thrumsg_tui.domain.delivery_states import GIVE_UP_AFTER, next_state
from thrumsg_tui.domain.enums import MessageKind, MessageState
from thrumsg_tui.domain.storable_text import storable
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.opt_outs import opt_out_at_carrier
from thrumsg_tui.store.conversation_state import refresh
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.connection import Row
from thrumsg_tui.store.locks import ConversationLock, OurNumbersLock, number_locks
from thrumsg_tui.store.queries.gateway_numbers import NOTHING_LEFT
from thrumsg_tui.store.queries.outbox import Doubtful
from thrumsg_tui.store.times import from_ms, to_ms

_ENDED = "The program that sent it ended before the carrier's answer came."

_SENDING = "state IN ('sending', 'in_doubt') AND state = 'sending'"
"""On `message`: whether it is under way; in words that make SQLite use the index `message_open`."""


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
                    _accept(tx, gateway, message.id, outcome.provider_id, outcome.our_number)
                case Rejected():
                    _reject(tx, message, outcome)
                case NotNow():
                    _put_off(tx, message, outcome, retry(message.tries))
                case Doubt(words):
                    _change(tx, message.id, MessageState.IN_DOUBT, words=words)


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
            _change(tx, MessageId(row["id"]), MessageState.IN_DOUBT, words=_ENDED)
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
        row = _row(tx, message.id)
        if row is None or row["state"] != MessageState.IN_DOUBT:
            return Settlement.ELSEWHERE
        ours = [each for each in traces if not _taken(tx, gateway, each.provider_id, message.id)]
        if trace := next((each for each in ours if not each.before_try), None):
            _accept(tx, gateway, message.id, trace.provider_id, trace.our_number)
            if trace.state is not MessageState.SENT:
                _change(tx, message.id, trace.state, code=trace.code, words=trace.words)
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
    _let_go_of_number(tx, message_id)


def _let_go_of_number(tx: Transaction, message_id: MessageId) -> None:
    """Let a conversation take another number of ours, if its own stopped before anything left in it."""
    tx.conn.execute(
        f"""
        UPDATE conversation SET our_number = NULL
        WHERE id = (SELECT conversation_id FROM message WHERE id = ?) AND {NOTHING_LEFT}
          AND our_number IN (SELECT number FROM gateway_number WHERE state <> 'ready')
        """,
        (message_id,),
    )


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
                _name(tx, gateway, message_id, report.provider_id, report.our_number)
            _change(tx, message_id, report.state, code=report.code, words=report.words)
            if before is MessageState.CANCELLED:  # it had left after all
                refresh(tx.conn, ConversationId(row["conversation_id"]))
            if report.opted_out:
                opt_out_at_carrier(tx, row["phone"])
        return True


_MESSAGE = """
    SELECT message.id, message.state, message.kind, message.conversation_id, message.provider_id,
           message.first_tried_at, message.checked_at, contact.phone
    FROM message
    JOIN conversation ON conversation.id = message.conversation_id
    JOIN contact ON contact.id = conversation.contact_id
"""


def _row(tx: Transaction, message_id: MessageId) -> Row | None:
    row: Row | None = tx.conn.execute(f"{_MESSAGE} WHERE message.id = ?", (message_id,)).fetchone()
    return row


def _reported(tx: Transaction, gateway: str, report: Report) -> Row | None:
    """Find the message of a report: by our key, else by the carrier's id. One that another message has fits none."""
    row: Row | None = None
    if report.key:
        row = tx.conn.execute(f"{_MESSAGE} WHERE message.send_key = ?", (report.key,)).fetchone()
        if row and report.provider_id and row["provider_id"] not in {None, storable(report.provider_id)}:
            return None
    elif report.provider_id:
        row = tx.conn.execute(
            f"{_MESSAGE} WHERE message.gateway = ? AND message.provider_id = ? AND message.direction = 'outgoing'",
            (gateway, storable(report.provider_id)),
        ).fetchone()
    return row


def _taken(tx: Transaction, gateway: str, provider_id: str, but: MessageId) -> bool:
    """Whether another message has a carrier's id."""
    row = tx.conn.execute(
        "SELECT 1 FROM message WHERE gateway = ? AND provider_id = ? AND direction = 'outgoing' AND id <> ?",
        (gateway, storable(provider_id), but),
    ).fetchone()
    return row is not None


def _accept(
    tx: Transaction, gateway: str, message_id: MessageId, provider_id: str | None, our_number: str | None
) -> None:
    _name(tx, gateway, message_id, provider_id, our_number)
    _change(tx, message_id, MessageState.SENT)


def _name(
    tx: Transaction, gateway: str, message_id: MessageId, provider_id: str | None, our_number: str | None
) -> None:
    """Store what the carrier calls a message, and from which of our numbers it went (`docs/rules.md 10.8`)."""
    if provider_id and not _taken(tx, gateway, provider_id, message_id):
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


def _reject(tx: Transaction, message: Outgoing, outcome: Rejected) -> None:
    """Store a refusal; where the carrier blocks the number since its owner said so, opt the number out as well."""
    confirmation = message.kind is MessageKind.OPT_OUT_CONFIRMATION
    state = MessageState.CANCELLED if confirmation and outcome.opted_out else MessageState.FAILED
    _change(tx, message.id, state, code=outcome.code, words=outcome.words)
    if state is MessageState.CANCELLED:
        refresh(tx.conn, message.conversation_id)
    if outcome.opted_out:
        opt_out_at_carrier(tx, message.phone)


def _put_off(tx: Transaction, message: Outgoing, outcome: NotNow, least: timedelta) -> None:
    """Queue a message again that never left, or give it up if no carrier took it for a day.

    What our own configuration holds back does not age: it stays until a person mends that.
    """
    row = _row(tx, message.id)
    first = from_ms(row["first_tried_at"]) if row and row["first_tried_at"] is not None else tx.now
    if not outcome.broken and tx.now - first >= GIVE_UP_AFTER:
        words = f"No carrier took it in 24 hours: {outcome.words}"
        _change(tx, message.id, MessageState.FAILED, code=outcome.code, words=words)
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
            "code": _storable(outcome.code),
            "words": storable(outcome.words),
            "id": message.id,
        },
    )
    _let_go_of_number(tx, message.id)


def _change(
    tx: Transaction,
    message_id: MessageId,
    state: MessageState,
    *,
    code: str | None = None,
    words: str | None = None,
) -> None:
    """Store the next state of a message; one that the present state does not lead to changes nothing."""
    row = _row(tx, message_id)
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
            "code": _storable(code),
            "words": _storable(words),
            "id": message_id,
        },
    )


def _storable(text: str | None) -> str | None:
    return None if text is None else storable(text)

"""What a carrier says of messages, for tests that need no carrier."""

from __future__ import annotations

from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.delivery import Accepted, Outcome, Outgoing, Rejected, Report
from thrumsg_tui.domain.delivery_states import backoff
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.delivery_outcomes import record_outcomes, report_in
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.outbox import outgoing_of, outgoing_row

GATEWAY = "practice"


def claimed(db: Database, message_id: MessageId) -> Outgoing:
    """A message that was claimed, as its gateway got it."""
    with db.reading() as conn:
        return outgoing_of(outgoing_row(conn, message_id))


def answer(db: Database, message_id: MessageId, outcome: Outcome) -> None:
    """Store the carrier's answer to a claimed message."""
    record_outcomes(db, GATEWAY, [(claimed(db, message_id), outcome)], retry=lambda tries: backoff(tries, 0.5))


def report(
    db: Database,
    message_id: MessageId,
    state: MessageState,
    *,
    provider_id: str | None = None,
    code: str | None = None,
    words: str | None = None,
) -> None:
    """Store that a carrier took a claimed message, and what it says of it afterwards."""
    answer(db, message_id, Accepted(provider_id))
    key = claimed(db, message_id).key
    report_in(db, GATEWAY, Report(provider_id, key, state, code=code, words=words))


def reject(db: Database, message_id: MessageId, code: str, words: str, *, opted_out: bool = False) -> None:
    """Store that a carrier refused a claimed message."""
    answer(db, message_id, Rejected(code, words, opted_out))


def leave(db: Database) -> list[Outgoing]:
    """Have a carrier take everything that may leave now."""
    left = []
    while taken := take_queued(db, gateway=GATEWAY):
        for message in taken:
            answer(db, message.id, Accepted(f"id-{message.id}"))
        left += taken
    return left

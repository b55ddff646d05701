"""The claim of queued messages for a gateway: what goes out now, checked as it leaves (`docs/rules.md 10.1`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from datetime import datetime

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversation_facts import MessageWithdrawn, WithdrawalReason
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.delivery import Outgoing
from thrumsg_tui.domain.delivery_states import LONGEST_UNTRIED
from thrumsg_tui.domain.departures import handed_over_at, shut_out, valid_for
from thrumsg_tui.domain.enums import MessageKind, MessageState, OptOutKind
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.scheduled_messages import cancel, tell_threads
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import ConversationLock, NumberLock, OurNumbersLock
from thrumsg_tui.store.queries.campaigns import campaign_for
from thrumsg_tui.store.queries.gateway_numbers import NumberPool, our_number
from thrumsg_tui.store.queries.outbox import OUTGOING, READY, Candidate, NoRoom, candidates, outgoing_of, outgoing_row
from thrumsg_tui.store.times import from_ms_or_none, to_ms


def take_queued(
    db: Database,
    limit: int = 100,
    *,
    gateway: str = "practice",
    admit: Callable[[Candidate], bool] = lambda _: True,
) -> list[Outgoing]:
    """Claim queued messages for a gateway, and set their state to `sending`.

    A number gets one message at a time. A message of a paused campaign stays queued. One outside the hours is
    scheduled again, and so is one behind a message of its conversation that is scheduled. A message whose number has
    opted out since is cancelled (`docs/rules.md 5.8`), and so is an initial whose window is over (`docs/rules.md 6.3`);
    each of these two is journalled without an author. An opt-out confirmation never waits (`docs/rules.md 5.9`); it is
    cancelled if its number was opted in since, or if it is too late (`docs/rules.md 10.9`).

    Candidates are read before the transaction, so that a long queue that may not leave holds up no writer. A
    conversation gets its number with its first message, and keeps it (`docs/rules.md 10.8`).

    Args:
        db: The database.
        limit: The most messages to claim.
        gateway: The name of the gateway.
        admit: Whether there is room for a candidate, by its number and campaign; asked in order. For a conversation
            without a number it is asked for each that could be given, the best first, until it says yes. A refusal
            holds, for this call, for all messages of the campaign from that number.

    Returns:
        The claimed messages, the urgent kinds first, each oldest first (`docs/rules.md 10.3`); none if nothing may
        leave now.
    """
    taken: list[Outgoing] = []
    held = set[CampaignId]()
    while not taken:  # what was chosen may be scheduled again, cancelled or held by others as a whole
        with db.reading() as conn:
            chosen = _choose(conn, db, limit, admit, NumberPool(conn, gateway), NoRoom(held=held))
        if not chosen:
            break
        taken, more = _claim_all(db, chosen, gateway)
        held |= more
    return taken


@change
def try_again(db: Database) -> None:
    """Let queued messages that were put off be tried now: what held them up is over. Not journalled: nobody does it."""
    with db.writing(durable=False) as tx:
        tx.conn.execute("UPDATE message SET next_try_at = NULL WHERE state = 'queued' AND next_try_at IS NOT NULL")


def _choose(
    conn: Connection,
    db: Database,
    limit: int,
    admit: Callable[[Candidate], bool],
    pool: NumberPool,
    without: NoRoom,
) -> list[Candidate]:
    """Return the first candidates for which there is room, one for each contact, with the numbers to leave from."""
    chosen: dict[str, Candidate] = {}
    if pool.is_dry:
        return []
    for candidate in candidates(conn, db.clock(), without):
        if candidate.phone not in chosen and (admitted := _admitted(candidate, admit, pool, without)):
            chosen[candidate.phone] = admitted
        if len(chosen) == limit:
            break
    return list(chosen.values())


def _admitted(
    candidate: Candidate, admit: Callable[[Candidate], bool], pool: NumberPool, without: NoRoom
) -> Candidate | None:
    """Return a candidate with the number for which there is room; None, and what is full, if there is none."""
    if candidate.our_number is not None:
        if admit(candidate):
            return candidate
        without.numbers.add((candidate.campaign_id, candidate.our_number))
        return None
    for number in pool.preferred(candidate.campaign_id, candidate.phone):
        if number is not None and (candidate.campaign_id, number) in without.numbers:
            continue
        if admit(with_number := replace(candidate, our_number=number)):
            pool.give(number)
            return with_number
        if number is not None:
            without.numbers.add((candidate.campaign_id, number))
    without.campaigns.add(candidate.campaign_id)
    return None


@change
def _claim_all(db: Database, chosen: Sequence[Candidate], gateway: str) -> tuple[list[Outgoing], Set[CampaignId]]:
    """Claim those that may still leave, but of no campaign that somebody holds alone: a long move stops no other one.

    The first one's try shows whether it was stored, since nobody else makes it.

    Returns:
        The claimed messages, and the campaigns that were held.
    """
    campaigns = {each.campaign_id for each in chosen}
    with db.writing() as tx:
        tx.hold(OurNumbersLock(shared=True), *(NumberLock(each.phone) for each in chosen))
        free = tx.share_free(campaigns)
        going = [each for each in chosen if each.campaign_id in free]
        tx.hold(*(ConversationLock(each.conversation_id) for each in going))
        taken = [message for candidate in going if (message := _claim(tx, candidate, gateway))]
        if taken:
            tx.shown_by(
                "SELECT 1 FROM message WHERE id = ? AND tries = ? AND tried_at = ?",
                (taken[0].id, taken[0].tries, tx.now_ms),
            )
        return taken, campaigns - free


def _claim(tx: Transaction, candidate: Candidate, gateway: str) -> Outgoing | None:
    """Claim a message; return None if it was cancelled or scheduled again instead, or may not leave after all."""
    message_id = candidate.id
    found = tx.conn.execute(f"{OUTGOING} WHERE message.id = :id AND {READY}", {"id": message_id, "now": tx.now_ms})
    row = found.fetchone()
    if row is None or not _keeps(tx, row, candidate.our_number):
        return None
    kind = MessageKind(row["kind"])
    campaign = campaign_for(tx.conn, CampaignId(row["campaign_id"]), row["phone"])
    leaves_at = handed_over_at(campaign, kind, tx.now, from_ms_or_none(row["behind"]))
    if reason := why_withdrawn(tx.conn, tx.now, row, shut=shut_out(campaign, kind, leaves_at or tx.now)):
        _withdraw(tx, row, reason)
        return None
    if leaves_at:
        tx.conn.execute(
            "UPDATE message SET state = ?, state_at = ?, leaves_at = ? WHERE id = ?",
            (MessageState.UNSENT, tx.now_ms, to_ms(leaves_at), message_id),
        )
        return None
    tx.conn.execute(
        """
        UPDATE message SET state = :sending, state_at = :now, tried_at = :now,
                           first_tried_at = CASE WHEN first_tried_at IS NULL THEN :now
                                                 WHEN tried_at < :now - :untried
                                                 THEN first_tried_at + :now - :untried - tried_at
                                                 ELSE first_tried_at END,
                           tries = tries + 1, leaves_at = NULL,
                           next_try_at = NULL, checked_at = NULL, gateway = :gateway, our_number = :our_number,
                           send_key = COALESCE(send_key, :key)
        WHERE id = :id
        """,
        {
            "sending": MessageState.SENDING,
            "now": tx.now_ms,
            "untried": int(LONGEST_UNTRIED.total_seconds() * 1000),
            "gateway": gateway,
            "our_number": candidate.our_number,
            "key": os.urandom(16).hex(),  # `secrets` would load OpenSSL
            "id": message_id,
        },
    )
    if row["kept_number"] is None and candidate.our_number is not None:
        keep_number(tx, ConversationId(row["conversation_id"]), candidate.our_number)
    return outgoing_of(outgoing_row(tx.conn, message_id), valid_for=valid_for(campaign, kind, tx.now))


def _keeps(tx: Transaction, row: Row, number: str | None) -> bool:
    """Whether a conversation keeps the number that a message was to leave from, or may be given it now."""
    if row["kept_number"] is not None:
        return bool(row["kept_number"] == number)
    if number is None:
        return True
    stored = our_number(tx.conn, number)
    return stored is not None and stored.is_ready


def keep_number(tx: Transaction, conversation_id: ConversationId, number: str) -> None:
    """Have a conversation keep the number that it is texted from (`docs/rules.md 10.8`)."""
    tx.conn.execute("UPDATE conversation SET our_number = ? WHERE id = ?", (number, conversation_id))


def why_withdrawn(conn: Connection, now: datetime, row: Row, *, shut: bool) -> WithdrawalReason | None:
    """Return why a message must not leave at all; None if it may, now or later.

    Args:
        conn: The connection.
        now: The present.
        row: The message, by `OUTGOING`.
        shut: Whether it is an initial whose window is over.
    """
    if row["kind"] != MessageKind.OPT_OUT_CONFIRMATION:
        if row["opted_out"]:
            return WithdrawalReason.OPTED_OUT
        return WithdrawalReason.WINDOW_OVER if shut else None
    if row["opted_out"] and not _to_be_told(conn, row["phone"]):
        return WithdrawalReason.OPTED_OUT
    if not row["opted_out"] or _said_again(conn, row):
        return WithdrawalReason.OPTED_IN
    too_late = row["expires_at"] is not None and row["expires_at"] <= to_ms(now)
    return WithdrawalReason.TOO_LATE if too_late else None


def _to_be_told(conn: Connection, phone: str) -> bool:
    """Whether a number gets a confirmation: it asked for its opt-out (5.3), or a message has left for it (5.2)."""
    asked = conn.execute("SELECT 1 FROM opt_out WHERE phone = ? AND kind = ?", (phone, OptOutKind.AUTOMATIC))
    if asked.fetchone():
        return True
    row = conn.execute(
        """
        SELECT 1 FROM message
        JOIN conversation ON conversation.id = message.conversation_id
        JOIN contact ON contact.id = conversation.contact_id
        WHERE contact.phone = ? AND message.direction = 'outgoing'
          AND message.state IN ('sending', 'sent', 'delivered', 'failed', 'in_doubt')
        LIMIT 1
        """,
        (phone,),
    ).fetchone()
    return row is not None


def _said_again(conn: Connection, row: Row) -> bool:
    """Whether a later confirmation for the same number is queued: the number was opted in between the two."""
    later = conn.execute(
        """
        SELECT 1 FROM message
        JOIN conversation ON conversation.id = message.conversation_id
        JOIN contact ON contact.id = conversation.contact_id
        WHERE contact.phone = ? AND message.kind = ? AND message.state = ? AND message.id > ?
        LIMIT 1
        """,
        (row["phone"], MessageKind.OPT_OUT_CONFIRMATION, MessageState.QUEUED, row["id"]),
    ).fetchone()
    return later is not None


def _withdraw(tx: Transaction, row: Row, why: WithdrawalReason) -> None:
    """Cancel a message that may no longer leave, and record that in the journal and the thread."""
    conversation_id = ConversationId(row["conversation_id"])
    cancel(tx, MessageId(row["id"]), conversation_id)
    event_id = record(tx, None, EventKind.RELEASE, MessageWithdrawn(why), conversation_id=conversation_id)
    tell_threads(tx, event_id, [conversation_id])

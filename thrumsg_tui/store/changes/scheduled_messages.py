"""Scheduled messages, which wait for their hours or window, and the expiry of follow-ups (`docs/rules.md` 6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from thrumsg_tui.domain.campaign_facts import FollowUpEnded
from thrumsg_tui.domain.campaigns import Campaign, CampaignId
from thrumsg_tui.domain.conversation_facts import MessagesReleased
from thrumsg_tui.domain.conversations import ConversationId, EventId, MessageId
from thrumsg_tui.domain.departures import scheduled_for, shut_out
from thrumsg_tui.domain.enums import CampaignState, MessageKind, MessageState
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.conversation_state import refresh, refresh_pending_follow_ups, reopen_follow_ups
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.engines.connection import Row
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.phones import zones_of
from thrumsg_tui.store.queries.campaigns import get_campaign
from thrumsg_tui.store.queries.due import DUE
from thrumsg_tui.store.queries.follow_ups import UNSENT
from thrumsg_tui.store.queries.messages_ahead import NOT_LEFT_YET
from thrumsg_tui.store.times import to_ms

_MESSAGES = """
    SELECT message.id, message.conversation_id, message.kind, contact.phone, contact.fields, conversation.campaign_id
    FROM message
    JOIN conversation ON conversation.id = message.conversation_id
    JOIN contact ON contact.id = conversation.contact_id
"""


@dataclass(frozen=True, slots=True)
class Settled:
    """How many scheduled messages were queued and how many wait on, and the conversations of cancelled ones."""

    released: int
    waiting: int
    cancelled: tuple[ConversationId, ...]


def reschedule(tx: Transaction, campaign: Campaign) -> Settled:
    """Reschedule, queue or cancel the scheduled messages of a campaign whose hours or window have changed.

    An initial whose window will be over when it could leave is cancelled. The caller writes the journal. 10 µs a
    message, 60 µs if the hours are the contacts', 90 µs if it is cancelled; other writers wait meanwhile.
    """
    rows = tx.conn.execute(
        f"{_MESSAGES} WHERE message.state = 'unsent' AND conversation.campaign_id = ?", (campaign.id,)
    )
    return _settle(tx, campaign, _by_age(rows))


def cancel_scheduled(tx: Transaction, campaign_id: CampaignId) -> tuple[ConversationId, ...]:
    """Cancel all messages of a campaign that wait for their time, and return their conversations.

    The caller writes the journal.
    """
    scheduled = tx.conn.execute(
        f"{_MESSAGES} WHERE {NOT_LEFT_YET} AND conversation.campaign_id = :campaign_id",
        {"now": tx.now_ms, "campaign_id": campaign_id},
    )
    rows = _by_age(scheduled)
    for row in rows:
        cancel(tx, MessageId(row["id"]), ConversationId(row["conversation_id"]))
    return _distinct(rows)


def cancel(tx: Transaction, message_id: MessageId, conversation_id: ConversationId) -> None:
    """Cancel a message that has not left, and update its conversation as if it had never been written."""
    tx.conn.execute(
        "UPDATE message SET state = ?, state_at = ?, leaves_at = NULL WHERE id = ?",
        (MessageState.CANCELLED, tx.now_ms, message_id),
    )
    reopen_follow_ups(tx.conn, conversation_id)
    refresh(tx.conn, conversation_id)


def tell_threads(tx: Transaction, event_id: EventId, cancelled: Sequence[ConversationId]) -> None:
    """Show an event in the threads of the conversations in which it cancelled a message."""
    touch(tx, event_id, ((conversation_id, None, None) for conversation_id in cancelled))


def release(tx: Transaction, campaign_id: CampaignId) -> None:
    """Queue the messages of a campaign whose time has come; the journal gets one event for them."""
    rows = tx.conn.execute(
        f"{_MESSAGES} WHERE {DUE} AND conversation.campaign_id = :campaign_id",
        {"now": tx.now_ms, "campaign_id": campaign_id},
    )
    settled = _settle(tx, get_campaign(tx.conn, campaign_id), _by_age(rows))
    if settled.released or settled.cancelled:
        facts = MessagesReleased(settled.released, len(settled.cancelled))
        event_id = record(tx, None, EventKind.RELEASE, facts, campaign_id=campaign_id)
        tell_threads(tx, event_id, settled.cancelled)


def _by_age(rows: Iterable[Row]) -> list[Row]:
    """Sort messages by id; with ORDER BY, SQLite would read all messages in that order to find the scheduled ones."""
    return sorted(rows, key=lambda row: int(row["id"]))


def _settle(tx: Transaction, campaign: Campaign, rows: Sequence[Row]) -> Settled:
    """Queue, reschedule or cancel scheduled messages of a campaign, by its present hours and window.

    They are given by age, so that none is queued before one of its conversation that waits on (`docs/rules.md 10.3`).
    """
    leaving: list[tuple[int, int]] = []
    waiting: list[tuple[int, int]] = []
    shut: list[Row] = []
    known: dict[tuple[tuple[DailyHours, ...], MessageKind, datetime | None], datetime | None] = {}
    ahead: dict[int, datetime] = {}  # until when the messages of each conversation wait that were settled so far
    for row in rows:
        kind = MessageKind(row["kind"])
        here = campaign
        if campaign.asks_for_zones:
            here = campaign.for_contact(zones_of(row["phone"], row["fields"]))
        if (key := (here.clocks, kind, behind := ahead.get(row["conversation_id"]))) not in known:
            known[key] = scheduled_for(here, kind, tx.now, behind)
        leaves_at = known[key]
        if shut_out(campaign, kind, leaves_at or tx.now):
            shut.append(row)
        elif leaves_at is None and campaign.state is CampaignState.ACTIVE:
            leaving.append((tx.now_ms, row["id"]))
        else:
            ahead[row["conversation_id"]] = waits_until = leaves_at or tx.now
            waiting.append((to_ms(waits_until), row["id"]))
    tx.conn.executemany("UPDATE message SET leaves_at = ? WHERE id = ?", waiting)
    tx.conn.executemany("UPDATE message SET state = 'queued', state_at = ?, leaves_at = NULL WHERE id = ?", leaving)
    for row in shut:
        cancel(tx, MessageId(row["id"]), ConversationId(row["conversation_id"]))
    return Settled(len(leaving), len(waiting), _distinct(shut))


def expire(tx: Transaction, campaign_id: CampaignId) -> None:
    """End the follow-ups of a campaign that have expired; the journal gets one event for each."""
    rows = tx.conn.execute(
        f"""
        UPDATE follow_up SET active = 0 WHERE active = 1 AND expires_at <= ? AND campaign_id = ?
        RETURNING id, title, {UNSENT} AS unsent
        """,
        (tx.now_ms, campaign_id),
    ).fetchall()
    for row in rows:
        refresh_pending_follow_ups(tx.conn, "follow_up_id = :expired", {"expired": row["id"]})
        facts = FollowUpEnded(row["title"], row["unsent"], expired=True)
        record(tx, None, EventKind.END_FOLLOW_UP, facts, campaign_id=campaign_id)


def _distinct(rows: Sequence[Row]) -> tuple[ConversationId, ...]:
    return tuple(dict.fromkeys(ConversationId(row["conversation_id"]) for row in rows))

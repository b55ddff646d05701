"""The outbox's side of a gateway: what may leave now, and what became of it (`docs/rules.md 6.6`)."""

from __future__ import annotations

from dataclasses import dataclass

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversation_facts import MessageWithdrawn, WithdrawalReason
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.enums import CampaignState, MessageKind, MessageState, OptOutKind
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.sending import scheduled_for, shut_out
from thrumsg_tui.domain.storable_text import storable
from thrumsg_tui.store.changes.scheduled_messages import cancel, tell_threads
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.base import Row
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.queries.campaigns import campaign_for
from thrumsg_tui.store.times import to_ms

_READY = "message.state = 'queued' AND (message.leaves_at IS NULL OR message.leaves_at <= :now)"
"""What may leave; not what can still be taken back (`docs/rules.md 3.12`). By `message_queued`."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that a gateway is to take."""

    id: MessageId
    phone: str
    body: str
    kind: MessageKind
    nth: int
    """How many messages we had written in the conversation with this one."""


def take_queued(db: Database, limit: int = 100) -> list[Outgoing]:
    """Claim queued messages for a gateway: they are `sending` from now on.

    A message whose campaign has been paused stays queued, and one that is outside the hours now is scheduled again. One
    whose number has opted out since is cancelled (`docs/rules.md 5.8`), and so is an initial whose window is over
    (`docs/rules.md 6.3`). An opt-out confirmation never waits (`docs/rules.md 5.9`).
    """
    with db.reading() as conn:
        if conn.execute(f"SELECT 1 FROM message WHERE {_READY} LIMIT 1", {"now": to_ms(db.clock())}).fetchone() is None:
            return []
    taken: list[Outgoing] = []
    more = True
    while more and not taken:  # those scheduled again or cancelled must not hide the ones behind them
        with db.writing() as tx:
            rows = tx.conn.execute(
                f"""
                SELECT message.id, message.body, message.kind, contact.phone, conversation.campaign_id,
                       conversation.opted_out, message.conversation_id,
                       (SELECT COUNT(*) FROM message AS earlier
                        WHERE earlier.conversation_id = message.conversation_id
                          AND earlier.direction = 'outgoing' AND earlier.id <= message.id) AS nth
                FROM message
                JOIN conversation ON conversation.id = message.conversation_id
                JOIN campaign ON campaign.id = conversation.campaign_id
                JOIN contact ON contact.id = conversation.contact_id
                WHERE {_READY}
                  AND NOT EXISTS (SELECT 1 FROM message AS earlier
                                  WHERE earlier.conversation_id = message.conversation_id AND earlier.id < message.id
                                    AND earlier.state = 'queued' AND earlier.leaves_at > :now)
                  AND (campaign.state = :active OR campaign.state = :paused AND message.kind = :confirmation)
                ORDER BY message.id LIMIT :limit
                """,
                {
                    "active": CampaignState.ACTIVE,
                    "paused": CampaignState.PAUSED,
                    "confirmation": MessageKind.OPT_OUT_CONFIRMATION,
                    "limit": limit,
                    "now": tx.now_ms,
                },
            ).fetchall()
            taken = [message for row in rows if (message := _claimed(tx, row))]
            more = bool(rows)
    return taken


def _claimed(tx: Transaction, row: Row) -> Outgoing | None:
    """Claim a message, unless its number has opted out, its campaign is outside its hours, or its window is over."""
    message_id = MessageId(row["id"])
    kind = MessageKind(row["kind"])
    if row["opted_out"] and (kind is not MessageKind.OPT_OUT_CONFIRMATION or not _to_be_told(tx, row["phone"])):
        _withdraw(tx, row, WithdrawalReason.OPTED_OUT)
        return None
    if kind is MessageKind.OPT_OUT_CONFIRMATION and (not row["opted_out"] or _said_again(tx, row)):
        _withdraw(tx, row, WithdrawalReason.OPTED_IN)
        return None
    campaign = campaign_for(tx.conn, CampaignId(row["campaign_id"]), row["phone"])
    leaves_at = scheduled_for(campaign, kind, tx.now)
    if shut_out(campaign, kind, leaves_at or tx.now):
        _withdraw(tx, row, WithdrawalReason.WINDOW_OVER)
        return None
    if leaves_at:
        _set(tx, message_id, MessageState.UNSENT, leaves_at=to_ms(leaves_at))
        return None
    _set(tx, message_id, MessageState.SENDING)
    return Outgoing(message_id, row["phone"], row["body"], kind, row["nth"])


def _to_be_told(tx: Transaction, phone: str) -> bool:
    """Whether a number is told of its opt-out: it asked for it (5.3), or anything has left for it (5.2)."""
    asked = tx.conn.execute("SELECT 1 FROM opt_out WHERE phone = ? AND kind = ?", (phone, OptOutKind.AUTOMATIC))
    if asked.fetchone():
        return True
    row = tx.conn.execute(
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


def _said_again(tx: Transaction, row: Row) -> bool:
    """Whether a later confirmation waits for the same number: it was opted in in between."""
    later = tx.conn.execute(
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
    """Cancel a message that may not leave any more, and say so in the journal and the thread."""
    conversation_id = ConversationId(row["conversation_id"])
    cancel(tx, MessageId(row["id"]), conversation_id)
    event_id = record(tx, None, EventKind.RELEASE, MessageWithdrawn(why), conversation_id=conversation_id)
    tell_threads(tx, event_id, [conversation_id])


def report(
    db: Database,
    message_id: MessageId,
    state: MessageState,
    *,
    provider_id: str | None = None,
    error_code: str | None = None,
    error_text: str | None = None,
) -> None:
    """Store what a gateway says became of a message that it had taken.

    A message only goes forward: `sending` to any state, `sent` and `in_doubt` to `delivered` or `failed`. A report
    that comes too late, or twice, changes nothing.
    """
    with db.writing() as tx:
        tx.conn.execute(
            """
            UPDATE message SET state = :state, state_at = :now, provider_id = COALESCE(:provider_id, provider_id),
                               error_code = :error_code, error_text = :error_text
            WHERE id = :id
              AND (state = 'sending' OR state IN ('sent', 'in_doubt') AND :state IN ('delivered', 'failed'))
            """,
            {
                "id": message_id,
                "state": state,
                "now": tx.now_ms,
                "provider_id": None if provider_id is None else storable(provider_id),
                "error_code": None if error_code is None else storable(error_code),
                "error_text": None if error_text is None else storable(error_text),
            },
        )


def _set(tx: Transaction, message_id: MessageId, state: MessageState, *, leaves_at: int | None = None) -> None:
    tx.conn.execute(
        "UPDATE message SET state = ?, state_at = ?, leaves_at = ? WHERE id = ?",
        (state, tx.now_ms, leaves_at, message_id),
    )

"""The outbox as a gateway uses it: claim queued messages and store their states (`docs/rules.md 6.6`)."""

from __future__ import annotations

from dataclasses import dataclass

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversation_facts import MessageWithdrawn, WithdrawalReason
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.enums import CampaignState, MessageKind, MessageState, OptOutKind
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.send_rules import scheduled_for, shut_out
from thrumsg_tui.domain.storable_text import storable
from thrumsg_tui.store.changes.scheduled_messages import cancel, tell_threads
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.base import Row
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.queries.campaigns import campaign_for
from thrumsg_tui.store.times import to_ms

_READY = "message.state = 'queued' AND (message.leaves_at IS NULL OR message.leaves_at <= :now)"
"""On `message`: whether it is queued and its undo time is over (`docs/rules.md 3.12`); by `message_queued`."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that a gateway has claimed."""

    id: MessageId
    phone: str
    body: str
    kind: MessageKind
    nth: int
    """Its number among the outgoing messages of its conversation, from 1."""


def take_queued(db: Database, limit: int = 100) -> list[Outgoing]:
    """Claim queued messages for a gateway, and set their state to `sending`.

    A message of a paused campaign stays queued, and one outside the hours is scheduled again. A message whose number
    has opted out since is cancelled (`docs/rules.md 5.8`), and so is an initial whose window is over
    (`docs/rules.md 6.3`); each of these two is journalled without an author. An opt-out confirmation never waits
    (`docs/rules.md 5.9`), and is cancelled if its number was opted in since.

    Args:
        db: The database.
        limit: The most messages to claim.

    Returns:
        The claimed messages, oldest first; none if nothing may leave now.
    """
    with db.reading() as conn:
        if conn.execute(f"SELECT 1 FROM message WHERE {_READY} LIMIT 1", {"now": to_ms(db.clock())}).fetchone() is None:
            return []
    taken: list[Outgoing] = []
    more = True
    while more and not taken:  # a batch may be scheduled again or cancelled as a whole
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
    """Claim a message; return None if it was cancelled or scheduled again instead."""
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
    """Whether a number gets a confirmation: it asked for its opt-out (5.3), or a message has left for it (5.2)."""
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
    """Whether a later confirmation for the same number is queued: the number was opted in between the two."""
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
    """Cancel a message that may no longer leave, and record that in the journal and the thread."""
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
    """Store the state that a gateway reports for a message that it has claimed. Not journalled.

    States only go forward: from `sending` to any, from `sent` and `in_doubt` to `delivered` or `failed`. A report that
    comes too late, or twice, changes nothing.

    Args:
        db: The database.
        message_id: The message.
        state: Its new state.
        provider_id: The provider's id of the message; None keeps the stored one.
        error_code: The code of an error; None deletes a stored one.
        error_text: The text of an error; None deletes a stored one.
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

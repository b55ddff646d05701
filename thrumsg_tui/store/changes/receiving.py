"""Taking in what contacts write (`docs/rules.md 1.5`, 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.journal import Deed
from thrumsg_tui.domain.opt_out_words import Heard, hear
from thrumsg_tui.domain.people import Action, Identity
from thrumsg_tui.domain.segments import measure
from thrumsg_tui.domain.words import CampaignState, OptOutKind, Status
from thrumsg_tui.store.changes.opt_outs import store_opt_in, store_opt_out, store_own_words
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.derived import refresh
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.queries.settings import settings
from thrumsg_tui.store.queries.thread import opt_out
from thrumsg_tui.store.times import to_ms


@dataclass(frozen=True, slots=True)
class Received:
    """Where an incoming message went; `conversation_id` is None for a number that nobody knows."""

    conversation_id: ConversationId | None
    status: Status | None
    opted_out: bool
    flagged: bool
    duplicate: bool


def receive(
    db: Database,
    who: Identity | None,
    phone: str,
    body: str,
    *,
    provider_id: str | None = None,
    at: datetime | None = None,
    campaign_id: CampaignId | None = None,
) -> Received:
    """Store a message from a number (E.164), and opt the number out or in if that is what it says.

    The conversation is the one texted last, in a campaign that is not archived, unless `campaign_id` says which.
    A `provider_id` seen before from the same number stores nothing. A time `at` that is still to come counts as now.
    `who` is None for the gateway. Raises `Refused` for a message to an archived campaign by name, or one without any
    words.
    """
    if who:
        who.require(Action.RECEIVE)
    if not body.strip():
        raise Refused("The message is empty; nothing was stored.")
    with db.writing() as tx:
        if provider_id and (seen := _seen_before(tx, provider_id, phone)):
            return seen
        to = _route(tx, phone, campaign_id)
        moment = max(1, min(to_ms(at), tx.now_ms)) if at else tx.now_ms
        _store(tx, to, phone, body, provider_id or None, moment)
        if to:
            refresh(tx.conn, to)
        whose = "" if to else ", whom nobody knows"
        record(tx, who, Deed.RECEIVE, f"received a message from {phone}{whose}", conversation_id=to)
        _heed(tx, phone, body, to)
        return _result(tx, to, phone, duplicate=False)


def _heed(tx: Transaction, phone: str, body: str, to: ConversationId | None) -> None:
    """Do what the words ask for (`docs/rules.md 5.3` to `5.5`)."""
    opted_out = opt_out(tx.conn, phone) is not None
    match hear(body, opted_out=opted_out):
        case Heard.OPT_OUT if not opted_out and settings(tx.conn).auto_opt_out:
            store_opt_out(tx, None, phone, OptOutKind.AUTOMATIC, body.strip()[:200], asked_in=to)
        case Heard.OPT_OUT if opted_out:
            by_itself = settings(tx.conn).auto_opt_out
            store_own_words(tx, phone, body.strip()[:200], asked_in=to if by_itself else None)
        case Heard.OPT_OUT if to:
            tx.conn.execute("UPDATE conversation SET flagged = 1 WHERE id = ?", (to,))
        case Heard.OPT_IN if opted_out:
            store_opt_in(tx, None, phone)
        case Heard.NEAR_MISS if to and not opted_out:
            tx.conn.execute("UPDATE conversation SET flagged = 1 WHERE id = ?", (to,))
        case _:
            pass


def _route(tx: Transaction, phone: str, campaign_id: CampaignId | None) -> ConversationId | None:
    """Choose the conversation of an incoming message (`docs/rules.md 1.5`)."""
    chosen = "" if campaign_id is None else "AND conversation.campaign_id = :campaign_id"
    row = tx.conn.execute(
        f"""
        SELECT conversation.id FROM conversation
        JOIN contact ON contact.id = conversation.contact_id
        JOIN campaign ON campaign.id = conversation.campaign_id
        WHERE contact.phone = :phone AND campaign.state <> :archived {chosen}
        ORDER BY COALESCE(conversation.last_texted_at, 0) DESC, conversation.id DESC LIMIT 1
        """,
        {"phone": phone, "archived": CampaignState.ARCHIVED, "campaign_id": campaign_id},
    ).fetchone()
    if row is None and campaign_id is not None:
        raise Refused(f"{phone} has no conversation in that campaign that could take a message.")
    return None if row is None else ConversationId(row["id"])


def _store(tx: Transaction, to: ConversationId | None, phone: str, body: str, provider_id: str | None, at: int) -> None:
    if to is None:
        tx.conn.execute(
            "INSERT INTO unmatched (at, phone, body, provider_id) VALUES (?, ?, ?, ?)",
            (at, phone, body, provider_id),
        )
        return
    tx.conn.execute(
        """
        INSERT INTO message (conversation_id, at, direction, body, state, state_at, segments, provider_id)
        VALUES (?, ?, 'incoming', ?, 'received', ?, ?, ?)
        """,
        (to, at, body, tx.now_ms, measure(body).segments, provider_id),
    )


def _seen_before(tx: Transaction, provider_id: str, phone: str) -> Received | None:
    row = tx.conn.execute(
        """
        SELECT message.conversation_id FROM message
        JOIN conversation ON conversation.id = message.conversation_id
        JOIN contact ON contact.id = conversation.contact_id
        WHERE message.provider_id = :id AND contact.phone = :phone
        UNION ALL SELECT NULL FROM unmatched WHERE provider_id = :id AND phone = :phone
        """,
        {"id": provider_id, "phone": phone},
    ).fetchone()
    return None if row is None else _result(tx, row["conversation_id"], phone, duplicate=True)


def _result(tx: Transaction, to: ConversationId | None, phone: str, *, duplicate: bool) -> Received:
    if to is None:
        return Received(None, None, opt_out(tx.conn, phone) is not None, False, duplicate)
    row = tx.conn.execute(
        "SELECT status, opted_out, flagged AND NOT opted_out AS flagged FROM conversation WHERE id = ?", (to,)
    ).fetchone()
    return Received(to, Status(row["status"]), bool(row["opted_out"]), bool(row["flagged"]), duplicate)

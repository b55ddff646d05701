"""Incoming messages: store each one, and opt its number out or in (`docs/rules.md 1.5`, 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.consent import Wish, is_outdated
from thrumsg_tui.domain.conversation_facts import MessageReceived
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.delivery import Incoming, OptOutWord
from thrumsg_tui.domain.enums import CampaignState, Direction, MessageState, OptOutKind, Status, UnmatchedReason
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.media import Media
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.redaction import Phone
from thrumsg_tui.domain.reply_intent import ReplyIntent, classify_reply
from thrumsg_tui.domain.segments import measure
from thrumsg_tui.domain.storable_text import storable
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.opt_outs import store_opt_in, store_opt_out, store_own_words
from thrumsg_tui.store.changes.stored_opt_outs import note_wish
from thrumsg_tui.store.conversation_state import refresh
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.connection import Asked, Row
from thrumsg_tui.store.journal import ask_record
from thrumsg_tui.store.locks import OurNumbersLock, number_locks
from thrumsg_tui.store.media import media_column
from thrumsg_tui.store.message_origin import as_given, is_number, read_origin
from thrumsg_tui.store.queries.consent import ask_wish
from thrumsg_tui.store.queries.settings import Settings, ask_settings
from thrumsg_tui.store.queries.thread import get_opt_out
from thrumsg_tui.store.times import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class Received:
    """Where an incoming message went: to a conversation, or to the unmatched messages with a reason.

    `duplicate` means that it had been stored before, `rerouted` that the given campaign could not take it.
    """

    conversation_id: ConversationId | None
    status: Status | None
    opted_out: bool
    flagged: bool
    duplicate: bool
    unmatched: UnmatchedReason | None = None
    rerouted: bool = False


def receive_incoming(db: Database, gateway: str, message: Incoming) -> Received:
    """Store a message that a gateway brings (`docs/rules.md 10.6`, `10.7`); the same one again changes nothing."""
    return receive(
        db,
        None,
        read_origin(message.sender),
        message.body,
        gateway=gateway,
        provider_id=message.provider_id,
        at=message.at,
        our_number=read_origin(message.to) or None,
        media=message.media,
        opt_out=message.opt_out,
        confirmed=message.confirmed,
    )


@change
def receive(
    db: Database,
    who: Identity | None,
    sender: str,
    body: str,
    *,
    gateway: str | None = None,
    provider_id: str | None = None,
    at: datetime | None = None,
    campaign_id: CampaignId | None = None,
    our_number: str | None = None,
    media: Sequence[Media] = (),
    opt_out: OptOutWord | None = None,
    confirmed: bool = False,
) -> Received:
    """Store an incoming message, and opt its number out or in if it asks for that. No message is refused.

    It goes to the conversation of the number that was last texted from `our_number`, else to the one that was texted
    last, among the campaigns that are not archived, else to the unmatched messages (`docs/rules.md 1.5`, `10.7`). It
    leaves one event in the journal; an opt-out or opt-in that follows leaves another.

    Args:
        db: The database.
        who: The person who enters it; None for a gateway.
        sender: The result of `read_origin`: a number (E.164), or what else the carrier gave.
        body: The text; characters that cannot be stored are replaced by U+FFFD.
        gateway: The gateway that brings it; None if a person or a script enters it.
        provider_id: The provider's id of the message. If it was stored before, nothing is stored; without a gateway,
            only the same sender's counts.
        at: When it was written; None for now. In the thread, a time in the future counts as now.
        campaign_id: The campaign to prefer, if it is not archived and has the number.
        our_number: The number that it was sent to. A conversation that has none yet keeps it (`docs/rules.md 10.8`).
        media: Its pictures and other files.
        opt_out: What the carrier took it for. A stop or start of the carrier's counts like the contact's own words,
            since the carrier blocks the number, or has let it go, already.
        confirmed: Whether the carrier confirms the opt-out itself, so that no confirmation is sent
            (`docs/rules.md 10.9`).

    Raises:
        NotPermitted: If `who` may not enter incoming messages.
    """
    if who:
        who.require(Permission.RECEIVE)
    sender, body, provider_id = as_given(sender), storable(body), storable(provider_id or "") or None
    message = _Message(sender, body, gateway, provider_id, our_number, media_column(media))
    with db.writing() as tx:
        tx.hold(OurNumbersLock(shared=True), *number_locks(sender))
        before = _ask_before(tx, sender, gateway, provider_id, campaign_id, our_number)
        if seen := before.seen():
            return _result(tx, seen["conversation_id"], sender, duplicate=True, reason=_reason_of(seen))
        named = before.in_named_campaign()
        to = named or before.texted_from() or before.in_any_campaign()
        reason = None if to else _why_unmatched(tx, sender)
        moment = max(1, min(to_ms(at), tx.now_ms)) if at else tx.now_ms
        if reason:
            _keep_unmatched(tx, message, moment, reason)
        if to:
            _store(tx, to, message, moment)
            _keep_our_number(tx, to, our_number)
            refresh(tx.conn, to)
        ask_record(tx, who, EventKind.RECEIVE, MessageReceived(Phone(sender), unmatched=reason), conversation_id=to)
        if is_number(sender):
            stamp = from_ms(to_ms(at)) if at else None
            _heed(tx, sender, body, to, before, stamp, opt_out=opt_out, confirmed=confirmed)
        result = _result(tx, to, sender, duplicate=False, reason=reason)
        return replace(result, rerouted=campaign_id is not None and named is None)


@dataclass(frozen=True, slots=True)
class _Message:
    """What is stored of a message, wherever it goes."""

    sender: str
    body: str
    gateway: str | None
    provider_id: str | None
    our_number: str | None
    media: str | None


def _heed(
    tx: Transaction,
    phone: str,
    body: str,
    to: ConversationId | None,
    asked: _Before,
    stamp: datetime | None,
    *,
    opt_out: OptOutWord | None,
    confirmed: bool,
) -> None:
    """Opt a number out or in as its message asks, or flag it (`docs/rules.md 5.3` to `5.5`).

    `stamp` is when the message was written; None if that is not known.
    """
    before = asked.wish()
    at_carrier = opt_out is OptOutWord.STOP
    by_itself = asked.settings().auto_opt_out or at_carrier
    match _intent(body, opt_out, opted_out=before is not None):
        case ReplyIntent.OPT_OUT if before or by_itself:
            note_wish(tx, phone, stamp or tx.now)
            words = body.strip()[:200]
            if before:
                store_own_words(tx, phone, words, asked_in=to if by_itself else None, confirmed=confirmed)
            else:
                store_opt_out(tx, None, phone, OptOutKind.AUTOMATIC, words, asked_in=to, confirmed=confirmed)
        case ReplyIntent.OPT_OUT if to:
            tx.conn.execute("UPDATE conversation SET flagged = 1 WHERE id = ?", (to,))
        case ReplyIntent.OPT_IN if before and not is_outdated(stamp, before, tx.now):
            store_opt_in(tx, None, phone)
        case ReplyIntent.NEAR_MISS if to and not before:
            tx.conn.execute("UPDATE conversation SET flagged = 1 WHERE id = ?", (to,))
        case _:
            pass


def _intent(body: str, opt_out: OptOutWord | None, *, opted_out: bool) -> ReplyIntent:
    """Classify a message by its words, and by what the carrier took it for; a wish to stop counts whoever reads it."""
    said = classify_reply(body, opted_out=opted_out)
    if opt_out is OptOutWord.STOP or said is ReplyIntent.OPT_OUT:
        return ReplyIntent.OPT_OUT
    return ReplyIntent.OPT_IN if opt_out is OptOutWord.START and opted_out else said


class _Before(NamedTuple):
    """What a message finds; asked, but not read."""

    seen: Asked[Row | None]
    """The same message, if it was stored before."""
    in_named_campaign: Asked[ConversationId | None]
    texted_from: Asked[ConversationId | None]
    in_any_campaign: Asked[ConversationId | None]
    wish: Asked[Wish | None]
    settings: Asked[Settings]


def _ask_before(
    tx: Transaction,
    sender: str,
    gateway: str | None,
    provider_id: str | None,
    campaign_id: CampaignId | None,
    our_number: str | None,
) -> _Before:
    return _Before(
        seen=_ask_seen_before(tx, gateway, provider_id, sender) if provider_id else _nothing,
        in_named_campaign=_nothing if campaign_id is None else _ask_route(tx, sender, campaign_id),
        texted_from=_ask_texted_from(tx, sender, our_number) if our_number else _nothing,
        in_any_campaign=_ask_route(tx, sender),
        wish=ask_wish(tx.conn, sender),
        settings=ask_settings(tx.conn),
    )


def _nothing() -> None:
    """Answer what was not asked."""


def _ask_texted_from(tx: Transaction, phone: str, our_number: str) -> Asked[ConversationId | None]:
    """Ask for the conversation of a number that was last texted from one of ours (`docs/rules.md 10.7`)."""
    rows = tx.conn.execute(
        """
        SELECT conversation.id FROM conversation
        JOIN contact ON contact.id = conversation.contact_id
        JOIN campaign ON campaign.id = conversation.campaign_id
        JOIN message ON message.conversation_id = conversation.id
        WHERE contact.phone = :phone AND campaign.state <> :archived
          AND message.direction = :outgoing AND message.our_number = :our_number AND message.state <> :cancelled
        ORDER BY message.at DESC, message.id DESC LIMIT 1
        """,
        {
            "phone": phone,
            "archived": CampaignState.ARCHIVED,
            "outgoing": Direction.OUTGOING,
            "our_number": our_number,
            "cancelled": MessageState.CANCELLED,
        },
    )
    return lambda: next((ConversationId(row["id"]) for row in rows), None)


def _ask_route(tx: Transaction, phone: str, campaign_id: CampaignId | None = None) -> Asked[ConversationId | None]:
    """Ask for the conversation of an incoming message, in one campaign or in any (`docs/rules.md 1.5`)."""
    chosen = "" if campaign_id is None else "AND conversation.campaign_id = :campaign_id"
    rows = tx.conn.execute(
        f"""
        SELECT conversation.id FROM conversation
        JOIN contact ON contact.id = conversation.contact_id
        JOIN campaign ON campaign.id = conversation.campaign_id
        WHERE contact.phone = :phone AND campaign.state <> :archived {chosen}
        ORDER BY COALESCE(conversation.last_texted_at, 0) DESC, conversation.id DESC LIMIT 1
        """,
        {"phone": phone, "archived": CampaignState.ARCHIVED, "campaign_id": campaign_id},
    )
    return lambda: next((ConversationId(row["id"]) for row in rows), None)


def _why_unmatched(tx: Transaction, sender: str) -> UnmatchedReason:
    if not is_number(sender):
        return UnmatchedReason.NO_NUMBER
    known = tx.conn.execute("SELECT 1 FROM contact WHERE phone = ?", (sender,)).fetchone()
    return UnmatchedReason.ARCHIVED if known else UnmatchedReason.UNKNOWN


def _keep_unmatched(tx: Transaction, message: _Message, at: int, reason: UnmatchedReason) -> None:
    tx.conn.execute(
        """
        INSERT INTO unmatched (at, phone, body, provider_id, reason, gateway, our_number, media)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            at,
            message.sender,
            message.body,
            message.provider_id,
            reason,
            message.gateway,
            message.our_number,
            message.media,
        ),
    )


def _store(tx: Transaction, to: ConversationId, message: _Message, at: int) -> None:
    segments = measure(message.body).segments
    tx.conn.execute(
        """
        INSERT INTO message (conversation_id, at, direction, body, state, state_at, segments, provider_id,
                             gateway, our_number, media)
        VALUES (?, ?, 'incoming', ?, 'received', ?, ?, ?, ?, ?, ?)
        """,
        (
            to,
            at,
            message.body,
            tx.now_ms,
            segments,
            message.provider_id,
            message.gateway,
            message.our_number,
            message.media,
        ),
    )


def _keep_our_number(tx: Transaction, to: ConversationId, our_number: str | None) -> None:
    """Let a conversation that has no number of ours yet keep the one that its contact texted."""
    if our_number:
        tx.conn.execute("UPDATE conversation SET our_number = ? WHERE id = ? AND our_number IS NULL", (our_number, to))


def _ask_seen_before(tx: Transaction, gateway: str | None, provider_id: str, phone: str) -> Asked[Row | None]:
    """Ask for a message by its provider's id: the gateway's own, or the same sender's that no gateway brought."""
    same = "provider_id = :id AND (gateway = :gateway OR gateway IS NULL AND {sender} = :phone)"
    if gateway is None:
        same = "provider_id = :id AND {sender} = :phone"
    rows = tx.conn.execute(
        f"""
        SELECT message.conversation_id, NULL AS reason FROM message
        JOIN conversation ON conversation.id = message.conversation_id
        JOIN contact ON contact.id = conversation.contact_id
        WHERE message.direction = :incoming AND message.{same.format(sender="contact.phone")}
        UNION ALL SELECT NULL, reason FROM unmatched WHERE {same.format(sender="phone")}
        """,
        {"id": provider_id, "gateway": gateway, "phone": phone, "incoming": Direction.INCOMING},
    )
    return rows.fetchone


def _reason_of(seen: Row) -> UnmatchedReason | None:
    return UnmatchedReason(seen["reason"]) if seen["reason"] else None


def _result(
    tx: Transaction, to: ConversationId | None, phone: str, *, duplicate: bool, reason: UnmatchedReason | None
) -> Received:
    if to is None:
        return Received(None, None, get_opt_out(tx.conn, phone) is not None, False, duplicate, reason)
    row = tx.conn.execute(
        "SELECT status, opted_out, flagged = 1 AND opted_out = 0 AS flagged FROM conversation WHERE id = ?", (to,)
    ).fetchone()
    return Received(to, Status(row["status"]), bool(row["opted_out"]), bool(row["flagged"]), duplicate)

"""Incoming messages: store each one, and opt its number out or in (`docs/rules.md 1.5`, 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.consent import Wish
from thrumsg_tui.domain.conversation_facts import MessageReceived
from thrumsg_tui.domain.conversation_state import MessageFact
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.delivery import Incoming, OptOutWord
from thrumsg_tui.domain.enums import Direction, Status, UnmatchedReason
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.media import Media
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.redaction import Phone
from thrumsg_tui.domain.segments import measure
from thrumsg_tui.domain.storable_text import storable
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.heed_reply import heed_reply
from thrumsg_tui.store.conversation_state import ask_thread_end, refresh_with
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.connection import Asked, Row
from thrumsg_tui.store.journal import ask_record
from thrumsg_tui.store.locks import OurNumbersLock, number_locks
from thrumsg_tui.store.media import media_column
from thrumsg_tui.store.message_origin import as_given, is_number, read_origin
from thrumsg_tui.store.queries.consent import ask_wish
from thrumsg_tui.store.queries.incoming import (
    Destination,
    ask_destination,
    ask_seen_before,
    ask_texted_from,
    why_unmatched,
)
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
        before = _ask_before(tx, message, campaign_id)
        if seen := before.seen():
            return _result(tx, seen["conversation_id"], sender, duplicate=True, reason=_reason_of(seen))
        named = before.in_named_campaign()
        to = named or before.texted_from() or before.in_any_campaign()
        moment = max(1, min(to_ms(at), tx.now_ms)) if at else tx.now_ms
        reason = None
        if to:
            status = _store(tx, to.id, message, moment)
        else:
            reason = why_unmatched(tx.conn, sender)
            _keep_unmatched(tx, message, moment, reason)
        facts = MessageReceived(Phone(sender), reason)
        ask_record(tx, who, EventKind.RECEIVE, facts, conversation_id=to and to.id)
        heeded = is_number(sender) and heed_reply(
            tx,
            sender,
            body,
            to and to.id,
            before=before.wish(),
            auto_opt_out=before.settings().auto_opt_out,
            stamp=from_ms(to_ms(at)) if at else None,
            opt_out=opt_out,
            confirmed=confirmed,
        )
        if to and not heeded:  # what is known needs no answer: all that was written goes with the commit
            result = Received(to.id, status, to.opted_out, to.flagged, duplicate=False)
        else:
            result = _result(tx, to and to.id, sender, duplicate=False, reason=reason)
        return result if named or campaign_id is None else replace(result, rerouted=True)


@dataclass(frozen=True, slots=True)
class _Message:
    """What is stored of a message, wherever it goes."""

    sender: str
    body: str
    gateway: str | None
    provider_id: str | None
    our_number: str | None
    media: str | None


class _Before(NamedTuple):
    """What a message finds; asked, but not read."""

    seen: Asked[Row | None]
    """The same message, if it was stored before."""
    in_named_campaign: Asked[Destination | None]
    texted_from: Asked[Destination | None]
    in_any_campaign: Asked[Destination | None]
    wish: Asked[Wish | None]
    settings: Asked[Settings]


def _ask_before(tx: Transaction, message: _Message, campaign_id: CampaignId | None) -> _Before:
    conn, sender, provider_id, our_number = tx.conn, message.sender, message.provider_id, message.our_number
    return _Before(
        seen=ask_seen_before(conn, message.gateway, provider_id, sender) if provider_id else _nothing,
        in_named_campaign=_nothing if campaign_id is None else ask_destination(conn, sender, campaign_id),
        texted_from=ask_texted_from(conn, sender, our_number) if our_number else _nothing,
        in_any_campaign=ask_destination(conn, sender),
        wish=ask_wish(conn, sender),
        settings=ask_settings(conn),
    )


def _nothing() -> None:
    """Answer what was not asked."""


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


def _store(tx: Transaction, to: ConversationId, message: _Message, at: int) -> Status:
    """Add a message to a conversation, which keeps our number if it has none yet; return its status then."""
    end = ask_thread_end(tx.conn, to)()
    tx.conn.execute(
        """
        INSERT INTO message (id, conversation_id, at, direction, body, state, state_at, segments, provider_id,
                             gateway, our_number, media)
        VALUES (?, ?, ?, 'incoming', ?, 'received', ?, ?, ?, ?, ?, ?)
        """,
        (
            end.message_id,
            to,
            at,
            message.body,
            tx.now_ms,
            measure(message.body).segments,
            message.provider_id,
            message.gateway,
            message.our_number,
            message.media,
        ),
    )
    if number := message.our_number:
        tx.conn.execute("UPDATE conversation SET our_number = ? WHERE id = ? AND our_number IS NULL", (number, to))
    return refresh_with(tx.conn, end, MessageFact(end.message_id, at, Direction.INCOMING, cancelled=False)).status


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

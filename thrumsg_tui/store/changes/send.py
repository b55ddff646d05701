"""Send one message: check and store it in one transaction (`docs/rules.md 3.11` to `3.18`, 6)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from thrumsg_tui.domain.campaigns import FollowUpId
from thrumsg_tui.domain.conversation_facts import MessageSent
from thrumsg_tui.domain.conversation_state import MessageFact
from thrumsg_tui.domain.conversations import ConversationHead, ConversationId, EventId, Message, MessageId, words_of
from thrumsg_tui.domain.departures import CONFIRM_WITHIN, Departure, departure
from thrumsg_tui.domain.enums import Direction, MessageKind, MessageState, Status
from thrumsg_tui.domain.errors import MovedOn, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.field_meanings import meant_by
from thrumsg_tui.domain.fields import FIELD, Rendered, may_be_misspelt, no_value
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.segments import measure
from thrumsg_tui.domain.send_rules import Attempt, forbidden, unfit
from thrumsg_tui.domain.storable_text import require_storable
from thrumsg_tui.domain.suspected_fields import SuspectedField
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.conversation_state import ThreadEnd, ask_thread_end, refresh_pending_follow_ups, refresh_with
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import ask_record
from thrumsg_tui.store.locks import ConversationLock
from thrumsg_tui.store.queries.campaigns import ask_campaign
from thrumsg_tui.store.queries.consent import ask_is_opted_out
from thrumsg_tui.store.queries.field_codes import field_codes
from thrumsg_tui.store.queries.messages_ahead import ask_ahead
from thrumsg_tui.store.queries.next_message import NextMessage, ask_next_message
from thrumsg_tui.store.queries.settings import ask_settings
from thrumsg_tui.store.queries.thread import ask_newest_message, get_conversation_head
from thrumsg_tui.store.times import to_ms

_FOLLOW_UP_GONE = "That follow-up was sent or skipped meanwhile, or it has ended, or it is no longer for this contact."


@dataclass(frozen=True, slots=True)
class Sent:
    """An accepted message; `leaves_at` is None if it may leave at once."""

    message_id: MessageId
    conversation_id: ConversationId
    kind: MessageKind
    state: MessageState
    body: str
    segments: int
    leaves_at: datetime | None
    event: EventId | None = None
    """The event that undoes it; None for a message without an author."""
    was_flagged: bool = False
    """Whether the contact seemed to ask to be left alone, which the message has answered (`docs/rules.md 5.4`)."""


@change
def send(
    db: Database,
    who: Identity,
    conversation_id: ConversationId,
    *,
    body: str | None = None,
    kind: MessageKind | None = None,
    follow_up_id: FollowUpId | None = None,
    read_to: MessageId | None = None,
    from_box: bool = False,
) -> Sent:
    """Accept a message into the outbox, and delete the author's draft.

    Args:
        db: The database.
        who: The author.
        conversation_id: The conversation.
        body: The exact text; None for the rendered initial or follow-up.
        kind: The kind that the message box showed; None for the kind that the conversation is ready for, except that
            a `body` where a follow-up is ready is a reply.
        follow_up_id: The follow-up that the message box showed, which must still be the present one; None for any.
        read_to: The last message that the author has read; None to ignore newer messages.
        from_box: Whether it is sent from the message box. It then leaves only after the seconds of the setting
            `undo_send` (`docs/rules.md 3.12`).

    Raises:
        MovedOn: If the conversation has a newer message than `read_to`.
        Refused: With the reason of `docs/rules.md 3.18`, if the initial or follow-up was sent meanwhile, or for
            characters that cannot be stored. The draft is kept.
    """
    with db.writing() as tx:
        tx.hold(ConversationLock(conversation_id))
        asked_settings = ask_settings(tx.conn) if from_box else None
        to = get_conversation_head(tx.conn, conversation_id)
        undo_seconds = asked_settings().undo_send if asked_settings else 0
        return send_in(
            tx, who, to, body=body, kind=kind, follow_up_id=follow_up_id, read_to=read_to, undo_seconds=undo_seconds
        )


def send_in(
    tx: Transaction,
    who: Identity,
    to: ConversationHead,
    *,
    body: str | None = None,
    kind: MessageKind | None = None,
    follow_up_id: FollowUpId | None = None,
    read_to: MessageId | None = None,
    undo_seconds: int = 0,
    single: bool = True,
) -> Sent:
    """Do what `send` does, in an open transaction that holds the conversation.

    `undo_seconds` is how long it waits for its undo. If it is not `single`, only its event's number undoes it.
    """
    who.require(Permission.WORK)
    require_storable(body or "")
    asked_campaign, asked_next = ask_campaign(tx.conn, to.campaign_id), ask_next_message(tx.conn, to, who)
    is_opted_out = ask_is_opted_out(tx.conn, to.phone)  # an import may have missed the opt-out
    newest = ask_newest_message(tx.conn, to.id) if read_to is not None else None
    asked_end, event_id = ask_thread_end(tx.conn, to.id), tx.conn.ask_id("event")
    asked_ahead = ask_ahead(tx.conn, to.id)
    campaign, ready = asked_campaign().for_contact(to.zones), asked_next()
    if kind is None:
        kind = ready.kind if body is None or ready.kind is MessageKind.INITIAL else MessageKind.REPLY
    attempt = Attempt(
        campaign=campaign,
        kind=kind,
        body=body or "",
        filled_in=False,
        role=who.role,
        is_holder=to.sender_id == who.user.id,
        holder_name=to.sender_shown,
        opted_out=to.opted_out or is_opted_out(),
        number_withdrawn=to.number_withdrawn,
        ahead=asked_ahead(),
    )
    if refusal := forbidden(attempt, tx.now):  # first: better words would not help
        raise Refused(refusal.sentence)
    _refuse_overtaken(to, kind, follow_up_id, newest() if newest else None, read_to)
    unsettled = ready.rendered.unresolved or (body is not None and (FIELD.search(body) or may_be_misspelt(body)))
    codes = field_codes(tx.conn, to.campaign_id) if unsettled else ()
    body, filled_in = _words(ready, kind, body, codes)
    if refusal := unfit(body, filled_in=filled_in, field_codes=codes):
        raise Refused(refusal.sentence)
    event = EventId(event_id())
    leaving = departure(campaign, kind, tx.now, undo_seconds, attempt.behind)
    sent = store_outgoing(tx, who, to, leaving, kind, body, asked_end(), event=event)
    tx.conn.execute("DELETE FROM draft WHERE user_id = ? AND conversation_id = ?", (who.user.id, to.id))
    ask_record(
        tx,
        who,
        EventKind.SEND,
        MessageSent(kind, to.name),
        campaign_id=campaign.id,
        conversation_id=to.id,
        details={"message": sent.message_id, "flagged": to.flagged},
        undoable=single,
        event_id=event,
    )
    return sent


def store_outgoing(
    tx: Transaction,
    who: Identity | None,
    to: ConversationHead,
    leaving: Departure,
    kind: MessageKind,
    body: str,
    end: ThreadEnd,
    *,
    event: EventId | None = None,
) -> Sent:
    """Store a message that has passed all checks at the end of its thread, and update its conversation.

    The caller writes the journal, with the id `event` if it knows it. `who` is None for a message without an author.
    """
    state = MessageState.UNSENT if leaving.scheduled else MessageState.QUEUED
    segments = measure(body).segments
    follow_up_id = to.follow_up_id if kind is MessageKind.FOLLOW_UP else None
    tx.conn.execute(
        """
        INSERT INTO message (id, conversation_id, campaign_id, at, direction, kind, body, author_id, follow_up_id,
                             state, state_at, segments, leaves_at, expires_at)
        VALUES (:id, :conversation_id, :campaign_id, :at, :direction, :kind, :body, :author_id, :follow_up_id, :state,
                :at, :segments, :leaves_at, :expires_at)
        """,
        {
            "id": end.message_id,
            "conversation_id": to.id,
            "campaign_id": to.campaign_id,
            "at": tx.now_ms,
            "direction": Direction.OUTGOING.value,
            "kind": kind.value,
            "body": body,
            "author_id": who.user.id if who else None,
            "follow_up_id": follow_up_id,
            "state": state.value,
            "segments": segments,
            "leaves_at": to_ms(leaving.at) if leaving.at else None,
            "expires_at": to_ms(tx.now + CONFIRM_WITHIN) if kind is MessageKind.OPT_OUT_CONFIRMATION else None,
        },
    )
    if follow_up_id:
        close_follow_up(tx, to.id, follow_up_id, "sent")
    is_confirmation = kind is MessageKind.OPT_OUT_CONFIRMATION
    fact = MessageFact(end.message_id, tx.now_ms, Direction.OUTGOING, cancelled=False, confirmation=is_confirmation)
    refresh_with(tx.conn, end, fact)
    if to.flagged and not is_confirmation:  # that answers nothing, and may be undone
        tx.conn.execute("UPDATE conversation SET flagged = 0 WHERE id = ?", (to.id,))
    return Sent(end.message_id, to.id, kind, state, body, segments, leaving.at, event, was_flagged=to.flagged)


def close_follow_up(tx: Transaction, conversation_id: ConversationId, follow_up_id: FollowUpId, state: str) -> None:
    """Set a follow-up to `sent` or `skipped` in a conversation, and make its next one the present one."""
    tx.conn.execute(
        "UPDATE follow_up_target SET state = ? WHERE follow_up_id = ? AND conversation_id = ?",
        (state, follow_up_id, conversation_id),
    )
    refresh_pending_follow_ups(tx.conn, "conversation.id = :id", {"id": conversation_id})


def _refuse_overtaken(
    to: ConversationHead,
    kind: MessageKind,
    follow_up_id: FollowUpId | None,
    newest: Message | None,
    read_to: MessageId | None,
) -> None:
    """Refuse an initial or follow-up that may no longer go, and raise `MovedOn` for a newer message than `read_to`."""
    if kind is MessageKind.FOLLOW_UP and (to.follow_up_id is None or follow_up_id not in {None, to.follow_up_id}):
        raise Refused(_FOLLOW_UP_GONE)
    if newest and newest.id != read_to:
        raise MovedOn(
            "{name} wrote meanwhile: {words}", name=newest.author_shown or to.name, words=words_of(newest.body)
        )
    if kind is MessageKind.INITIAL and to.status is not Status.NOT_STARTED:
        raise Refused("The initial message was sent meanwhile, or the contact wrote first.")


def _words(ready: NextMessage, kind: MessageKind, body: str | None, codes: Collection[str]) -> tuple[str, bool]:
    """Return the text, and whether it is just the filled-in script; `codes` are those of the campaign's fields."""
    if body is not None:
        if ready.rendered.misspelt and body == ready.rendered.text:  # %%first_name%% leaves only %Ann% in it
            raise Refused(_why_not_filled_in(ready.rendered, codes))
        return body, ready.rendered.complete and body == ready.rendered.text
    if kind is MessageKind.REPLY:
        raise Refused("There is no initial or follow-up left to send here: give the words with --body.")
    if ready.rendered.unresolved:
        raise Refused(_why_not_filled_in(ready.rendered, codes))
    return ready.rendered.text, True


def _why_not_filled_in(rendered: Rendered, codes: Collection[str]) -> str:
    written = rendered.unresolved[0]
    meant = meant_by(written.strip("%"), codes)
    if meant and written != f"%{meant}%":
        return SuspectedField(written, meant, blocks=True).sentence
    return f"{no_value(written)}; the script cannot be filled in."

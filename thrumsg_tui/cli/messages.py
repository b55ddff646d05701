"""The commands `send`, `send-all` and `receive`."""

from __future__ import annotations

import mimetypes
import signal
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, current_thread, main_thread

from thrumsg_tui.cli.output import complain
from thrumsg_tui.cli.progress import shown_progress
from thrumsg_tui.cli.report import Report
from thrumsg_tui.cli.session import Session
from thrumsg_tui.cli.warnings import warned, where_any
from thrumsg_tui.domain.campaigns import AssignmentId, Campaign
from thrumsg_tui.domain.carrier import CarrierStatus, Delivery
from thrumsg_tui.domain.carrier_sentences import scheduled_words
from thrumsg_tui.domain.closures import format_moment
from thrumsg_tui.domain.conversations import Conversation, Message
from thrumsg_tui.domain.enums import MessageState, Tab
from thrumsg_tui.domain.errors import DatabaseUnusable, Refused
from thrumsg_tui.domain.media import Media
from thrumsg_tui.domain.wording import capitalized, pluralize
from thrumsg_tui.gateway.practice_delivery import deliver_practice
from thrumsg_tui.store.changes import receive as receiving
from thrumsg_tui.store.changes import send as sending
from thrumsg_tui.store.changes.send_all import Unsendable, send_batch, sent_before
from thrumsg_tui.store.message_origin import read_origin
from thrumsg_tui.store.phone_display import phone_display
from thrumsg_tui.store.queries import campaigns
from thrumsg_tui.store.queries.assignments import find_assignment, get_assignment, unassigned
from thrumsg_tui.store.queries.carrier_status import carrier_status
from thrumsg_tui.store.queries.field_codes import send_all_warnings
from thrumsg_tui.store.queries.thread import get_conversation
from thrumsg_tui.store.times import iso

INTERRUPTED = 130
_WAITS = {
    Delivery.PRACTICE: "the practice gateway takes it soon",
    Delivery.RUNNING: "`thrumsg deliver` runs, and takes it in its turn",
    Delivery.STOPPED: "delivery has stopped: `thrumsg status` says why",
    Delivery.SILENT: "delivery stands still: `thrumsg status` says more",
    Delivery.NEVER: "no gateway is set up, so it stays queued",
}
"""What becomes of a message that is queued."""


def send(session: Session, args: Namespace) -> Report:
    """Send one message, and report its state so far (`docs/rules.md 6.6`)."""
    sent = sending.send(session.db, session.who, args.conversation, body=args.body)
    deliver_practice(session.db)
    with session.db.reading() as conn:
        to = get_conversation(conn, sent.conversation_id)
        campaign = campaigns.get_campaign(conn, to.campaign_id).for_contact(to.zones)
        name = phone_display(conn).name(to.first_name, to.last_name, to.phone)
    message = next(each for each in to.messages if each.id == sent.message_id)
    record = {
        "conversation": to.id,
        "message": message.id,
        "kind": message.kind,
        "body": message.body,
        "segments": message.segments,
        "state": message.state,
        "leaves_at": iso(message.leaves_at),
        "flagged": sent.was_flagged,
    }
    wish = ["They may have asked to be left alone: `thrumsg opt-out` opts the number out."] if sent.was_flagged else []
    what = f"Message {message.id} to {name}, {pluralize(message.segments, 'segment')}"
    progress = _progress(message, campaign, session.db.clock(), _its_wait(session, to, message))
    return warned(
        session,
        record,
        [f"{what}: {progress}.", *wish],
        campaign.id,
        message.body,
    )


def send_all(session: Session, args: Namespace) -> Report:
    """Send to all conversations in a sender's tab, in batches; Ctrl+C stops between two (`docs/rules.md 3.12`)."""
    with session.db.reading() as conn:
        campaign = campaigns.find_campaign(conn, args.name)
        assignment_id = (
            unassigned(conn, campaign.id) if args.unassigned else find_assignment(conn, campaign, args.sender)
        )
        warnings = send_all_warnings(conn, campaign, Tab(args.tab))
        viewed = get_assignment(conn, assignment_id, session.db.clock())
        total = viewed.not_started if Tab(args.tab) is Tab.INITIAL else viewed.follow_ups
    for sentence in warnings:
        complain(sentence)
    sent, refused = 0, list[Unsendable]()
    with _interruption() as interrupted, shown_progress("Sending", "messages") as progress:
        try:
            for accepted, left in _batches(session, assignment_id, Tab(args.tab), interrupted):
                sent += accepted
                refused += left
                progress(sent + len(refused), total)
        except (Refused, DatabaseUnusable) as error:
            raise type(error)(f"{error}{sent_before(sent)}") from error
        stopped = interrupted.is_set()
    carrier, now = _carrier(session)
    scheduled = carrier.scheduled if sent else None
    record = {
        "sent": sent,
        "scheduled_in_all": scheduled.messages if scheduled else 0,
        "refused": [{"conversation": each, "reason": reason} for each, reason in refused],
        "stopped": stopped,
        **where_any(warnings),
    }
    lines = [f"{'Stopped: sent' if stopped else 'Sent'} {pluralize(sent, 'message')}; {len(refused)} refused."]
    if scheduled:
        lines += [f"Scheduled in all: {scheduled_words(scheduled, now)}. They have not left yet."]
    if sent and carrier.waiting and carrier.delivery(now) is not Delivery.PRACTICE:
        lines += [f"What may leave now is queued. {capitalized(_waits(carrier, now))}."]
    lines += [f"  conversation {each}: {reason}" for each, reason in refused]
    if stopped:
        return Report(record, lines, INTERRUPTED)
    if refused and not sent:
        return Report(record, lines, 1, f"Nothing was sent. {refused[0].reason}")
    return Report(record, lines)


def receive(session: Session, args: Namespace) -> Report:
    """Store an incoming message from any sender (`docs/rules.md 1.5`)."""
    at: datetime | None = args.at
    if at and at.utcoffset() is None:
        at = at.replace(tzinfo=UTC)
    try:
        sender = read_origin(args.phone, args.region)
        our_number = read_origin(args.our_number, args.region) if args.our_number else None
    except ValueError as error:
        raise Refused("{why}", why=str(error)) from None
    campaign_id = None
    if args.campaign:
        with session.db.reading() as conn:
            campaign_id = campaigns.find_campaign(conn, args.campaign).id
    taken = receiving.receive(
        session.db,
        session.who,
        sender,
        args.body,
        provider_id=args.provider_id,
        at=at,
        campaign_id=campaign_id,
        our_number=our_number,
        media=[Media(url, mimetypes.guess_type(url)[0] or "") for url in args.media],
    )
    deliver_practice(session.db)
    record = {
        "conversation": taken.conversation_id,
        "status": taken.status,
        "opted_out": taken.opted_out,
        "flagged": taken.flagged,
        "duplicate": taken.duplicate,
        "unmatched": taken.unmatched,
        "rerouted": taken.rerouted,
    }
    where = f"Conversation {taken.conversation_id}" if taken.conversation_id else "Stored in no conversation"
    said = [
        *([taken.unmatched.why] if taken.unmatched else []),
        *([f"{args.campaign!r} could not take it"] if taken.rerouted else []),
        *([taken.status.replace("_", " ")] if taken.status and not taken.opted_out else []),
        *(["opted out"] if taken.opted_out else []),
        *(["may ask to stop: `thrumsg opt-out` opts the number out"] if taken.flagged else []),
        *(["was stored before"] if taken.duplicate else []),
    ]
    return Report(record, [": ".join([where, ", ".join(said)] if said else [where]) + "."])


def _carrier(session: Session) -> tuple[CarrierStatus, datetime]:
    now = session.db.clock()
    with session.db.reading() as conn:
        return carrier_status(conn, now), now


def _its_wait(session: Session, to: Conversation, message: Message) -> str:
    why = to.waits_for(message)
    if message.state is MessageState.UNSENT:
        return why
    return f"it {why}" if why else _waits(*_carrier(session))


def _waits(carrier: CarrierStatus, now: datetime) -> str:
    delivery = carrier.delivery(now)
    held_up = delivery is Delivery.RUNNING and not carrier.leaves(now)
    return _WAITS[Delivery.SILENT if held_up else delivery]


def _progress(message: Message, campaign: Campaign, now: datetime, waits: str) -> str:
    if message.leaves_at:
        after = f", {waits}" if message.state is MessageState.UNSENT and waits else ""
        return f"scheduled for {format_moment(campaign, message.leaves_at, now)}, {campaign.whose_hours}{after}"
    if message.state is MessageState.QUEUED:
        return f"queued. {capitalized(waits)}"
    return message.state.replace("_", " ")


def _batches(
    session: Session, assignment_id: AssignmentId, tab: Tab, interrupted: Event
) -> Iterator[tuple[int, tuple[Unsendable, ...]]]:
    """Send batch after batch; yield the number sent and the refused ones of each."""
    after = None
    while not interrupted.is_set():
        batch = send_batch(session.db, session.who, assignment_id, tab, after)
        deliver_practice(session.db)
        yield len(batch.sent), batch.refused
        after = batch.last
        if after is None:
            return


@contextmanager
def _interruption() -> Iterator[Event]:
    """Yield an event that Ctrl+C sets in place of raising, so that no batch is counted wrongly."""
    interrupted = Event()
    if current_thread() is not main_thread():  # signals can only be set in the main thread
        yield interrupted
        return
    before = signal.signal(signal.SIGINT, lambda *_: interrupted.set())
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)

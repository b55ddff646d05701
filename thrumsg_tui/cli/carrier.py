"""The commands `status` and `doubts`: how delivery stands, and messages of which nobody knows whether they left."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from thrumsg_tui.cli.absent_doubts import decide_absent, is_absent
from thrumsg_tui.cli.json_records import Record
from thrumsg_tui.cli.prometheus import Gauge, exposition
from thrumsg_tui.cli.report import Report, pairs, table
from thrumsg_tui.cli.session import Session
from thrumsg_tui.cli.shown_times import shown_times
from thrumsg_tui.domain.carrier import (
    CarrierStatus,
    Delivery,
    GatewayStanding,
    ListenerStanding,
    Listening,
    done_by,
)
from thrumsg_tui.domain.carrier_sentences import carrier_line, scheduled_words, standstill
from thrumsg_tui.domain.conversation_facts import DoubtAnswer
from thrumsg_tui.domain.conversations import words_of
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.host import this_host
from thrumsg_tui.store.changes.doubts import answer_doubt
from thrumsg_tui.store.phone_display import phone_display
from thrumsg_tui.store.queries.carrier_figures import CarrierFigures, carrier_figures
from thrumsg_tui.store.queries.carrier_status import carrier_status
from thrumsg_tui.store.queries.doubts import MessageInDoubt, message_in_doubt, messages_in_doubt
from thrumsg_tui.store.spool import SpoolState, spool_state
from thrumsg_tui.store.times import iso

_ANSWERED = {
    DoubtAnswer.WAS_SENT: "counts as sent",
    DoubtAnswer.SEND_AGAIN: "is queued again; opt-out, hours and window are checked when it leaves",
    DoubtAnswer.DROP: "is cancelled, as if it had never been written",
}


def status(session: Session, args: Namespace) -> Report:
    """Show how delivery stands, whatever it is: the exit status is 0."""
    session.who.require(Permission.VIEW_ALL)
    now = session.db.clock()
    with session.db.reading() as conn:
        phones = phone_display(conn)
        found, figures = carrier_status(conn, now), carrier_figures(conn, now)
    spool = spool_state(session.db.path)
    if args.prometheus:
        return Report(None, exposition([*_gauges(found, figures, now), *_spool_gauges(spool)]))
    record = _status_record(found, figures, now, phones) | {"spool": _spool_record(spool)}
    return Report(record, _status_lines(found, figures, spool, now, phones))


def doubts(session: Session, args: Namespace) -> Report:
    """List the messages in doubt, or decide about one (`docs/rules.md 10.2`)."""
    if args.message is not None:
        return _decide(session, args)
    if args.absent and (args.send_again or args.drop):
        return decide_absent(session, args)
    session.who.require(Permission.VIEW_ALL)
    with session.db.reading() as conn:
        phones = phone_display(conn)
        found = [each for each in messages_in_doubt(conn) if is_absent(each) or not args.absent]
    times = shown_times(session)
    rows = [
        (
            *(
                each.id,
                times.moment(each.tried_at, UTC) if each.tried_at else "not known",
                phones.text(each.name),
                phones.number(each.phone),
            ),
            *(each.campaign, each.tries, phones.text(each.why), words_of(each.body)),
        )
        for each in found
    ]
    heads = ("Id", times.heading("Tried, UTC"), "To", "Number", "Campaign", "Tries", "Why", "Message")
    lines = table(heads, rows) if rows else ["No message is in doubt."]
    if rows:
        lines += [
            "",
            f"While `{session.program} deliver` runs, it asks the carrier about each by itself: by default two minutes",
        ]
        lines += ["after the try, and again a minute later. Decide only about those that stay."]
        lines += [f"`{session.program} doubts ID` with --was-sent, --send-again or --drop decides about one."]
    return Report([_doubt_record(each, phones) for each in found], lines)


def _decide(session: Session, args: Namespace) -> Report:
    answer = DoubtAnswer.SEND_AGAIN if args.send_again else DoubtAnswer.DROP if args.drop else DoubtAnswer.WAS_SENT
    session.who.require(Permission.SETTLE_DOUBTS)
    with session.db.reading() as conn:
        phones = phone_display(conn)
        message = message_in_doubt(conn, args.message)
    event = answer_doubt(session.db, session.who, message.id, answer, args.was_sent or None)
    record = {"event": event, "message": message.id, "conversation": message.conversation_id, "answer": answer}
    whom = f"{phones.text(message.name)}, {phones.number(message.phone)}"
    return Report(record, [f"Message {message.id} to {whom}, {_ANSWERED[answer]}."])


def _doubt_record(message: MessageInDoubt, phones: PhoneDisplay) -> Record:
    return {
        "id": message.id,
        "conversation": message.conversation_id,
        "campaign": message.campaign,
        "contact": message.name,
        "phone": phones.number(message.phone),
        "our_number": message.our_number,
        "kind": message.kind,
        "body": message.body,
        "author": message.author,
        "tried_at": iso(message.tried_at),
        "tries": message.tries,
        "checked_at": iso(message.checked_at),
        "reason": phones.text(message.reason) or None,
        "gateway": message.gateway,
    }


def _status_record(found: CarrierStatus, figures: CarrierFigures, now: datetime, phones: PhoneDisplay) -> Record:
    gateway = found.gateway
    delivery = found.delivery(now)
    return {
        "delivery": delivery,
        "sentence": standstill(found, now, UTC, phones) or None,
        "gateway": gateway.name if gateway else None,
        "reason": (phones.text(gateway.reason) or None) if gateway else None,
        "seen_at": iso(gateway.seen_at) if gateway else None,
        "host": gateway.host if gateway and gateway.host else None,
        "pace": gateway.pace if gateway else None,
        "queued": figures.queued,
        "sending": figures.sending,
        "segments": found.segments,
        "without_number": found.without_number.messages if found.without_number else 0,
        "oldest": iso(figures.oldest),
        "done_by": iso(_done_by(found, now)),
        "held": found.held,
        "scheduled": found.scheduled.messages if found.scheduled else 0,
        "first_leaves_at": iso(found.scheduled.first_at) if found.scheduled else None,
        "in_doubt": found.in_doubt,
        "failed": found.failed,
        "failures": [
            {"code": each.code, "words": phones.text(each.words) if each.words else None, "messages": each.messages}
            for each in figures.failures
        ],
        "sent_last_minute": figures.sent_last_minute,
        "last_inbound": iso(figures.last_inbound),
        "listener": found.listener.state(now) if found.listener else None,
        "listener_seen_at": iso(found.listener.seen_at) if found.listener else None,
        "listener_host": found.listener.host if found.listener and found.listener.host else None,
        "stopped_numbers": [
            {"number": each.number, "reason": phones.text(each.reason), "since": iso(each.since)}
            for each in found.stopped_numbers
        ],
        "campaigns": [
            {"id": each.campaign_id, "name": each.name, "waiting": each.messages, "segments": each.segments}
            for each in found.campaigns
        ],
    }


def _done_by(found: CarrierStatus, now: datetime) -> datetime | None:
    pace = found.gateway.pace if found.gateway else None
    return done_by(found.segments, pace, now) if found.leaves(now) else None


def _status_lines(
    found: CarrierStatus, figures: CarrierFigures, spool: SpoolState | None, now: datetime, phones: PhoneDisplay
) -> Sequence[str]:
    gateway = found.gateway
    values: list[tuple[str, object]] = [
        ("Delivery", f"{_delivery_words(found, now)}{_elsewhere(gateway)}"),
        ("Gateway", gateway.name if gateway else "none has run"),
        ("Queued", _with_age(figures.queued, figures.oldest, now)),
        *([("Without a number", found.without_number.messages)] if found.without_number else []),
        ("Sending", figures.sending),
        ("Scheduled", scheduled_words(found.scheduled, now) if found.scheduled else 0),
        ("Held by a pause", found.held),
        ("In doubt", f"{found.in_doubt}{': `thrumsg doubts` lists them' if found.in_doubt else ''}"),
        ("Failed in 24 h", f"{found.failed}{': `thrumsg failures` lists them' if found.failed else ''}"),
        ("Sent, last minute", figures.sent_last_minute),
        ("Last message in", f"{figures.last_inbound:%Y-%m-%d %H:%M} UTC" if figures.last_inbound else "never"),
        ("Numbers stopped", len(found.stopped_numbers)),
        *(
            [("Listener", f"{_LISTENING[found.listener.state(now)]}{_elsewhere(found.listener)}")]
            if found.listener
            else []
        ),
        ("Spool", f"{spool.waiting} waiting, {spool.failed} failed" if spool else "none"),
    ]
    lines = [carrier_line(found, now, UTC) or "carrier: nothing waits"]
    if why := standstill(found, now, UTC, phones):
        lines.append(why)
    lines += ["", *pairs(values)]
    if figures.failures:
        rows = [(each.messages, each.code, phones.text(each.words or "")) for each in figures.failures]
        lines += ["", *table(("Failed", "Code", "Why"), rows)]
    if found.stopped_numbers:
        stopped = [(each.number, phones.text(each.reason)) for each in found.stopped_numbers]
        lines += ["", *table(("Stopped number", "Why"), stopped)]
    if len(found.campaigns) > 1:
        lines += ["", *table(("Campaign", "Waiting"), [(each.name, each.messages) for each in found.campaigns])]
    return lines


def _spool_record(spool: SpoolState | None) -> Record | None:
    return None if spool is None else {"waiting": spool.waiting, "failed": spool.failed, "oldest": iso(spool.oldest)}


def _spool_gauges(spool: SpoolState | None) -> list[Gauge]:
    if spool is None:
        return []
    requests = {"waiting": spool.waiting, "failed": spool.failed}
    return [Gauge("thrumsg_spool_requests", "Requests of the carrier that are not stored yet.", None, "is", requests)]


def _elsewhere(standing: GatewayStanding | ListenerStanding | None) -> str:
    """Return on which host a service ran last, if it is not this one."""
    return f" (host {standing.host})" if standing and standing.host not in {"", this_host()} else ""


def _delivery_words(found: CarrierStatus, now: datetime) -> str:
    return {
        Delivery.PRACTICE: "by the practice gateway, while the app is open",
        Delivery.RUNNING: "runs",
        Delivery.STOPPED: "has stopped",
        Delivery.SILENT: "does not run",
        Delivery.NEVER: "has never run",
    }[found.delivery(now)]


_LISTENING = {
    Listening.RUNNING: "runs",
    Listening.SILENT: "does not run: answers come in late or not at all",
    Listening.NEVER: "has never run: answers come in late or not at all",
}


def _with_age(queued: int, oldest: datetime | None, now: datetime) -> str:
    if oldest is None:
        return str(queued)
    minutes = int((now - oldest).total_seconds() // 60)
    return f"{queued}, the oldest for {pluralize(minutes, 'minute')}"


def _gauges(found: CarrierStatus, figures: CarrierFigures, now: datetime) -> list[Gauge]:
    failures = Counter({each.code or "none": 0 for each in figures.failures})
    for each in figures.failures:
        failures[each.code or "none"] += each.messages
    oldest = (now - figures.oldest).total_seconds() if figures.oldest else 0
    last_inbound = figures.last_inbound.timestamp() if figures.last_inbound else None
    pace = found.gateway.pace if found.gateway else None
    scheduled = found.scheduled.messages if found.scheduled else 0
    listens = found.listener.state(now) is Listening.RUNNING if found.listener else None
    return [
        Gauge("thrumsg_deliver_alive", "Whether messages are delivered.", found.delivery(now).goes_on),
        Gauge("thrumsg_listen_alive", "Whether a listener takes what the carrier calls with.", listens),
        Gauge("thrumsg_gateway_stopped", "Whether the gateway has stopped.", found.delivery(now) is Delivery.STOPPED),
        Gauge("thrumsg_queued_messages", "Messages that wait for the carrier.", figures.queued),
        Gauge("thrumsg_sending_messages", "Messages that are being handed over.", figures.sending),
        Gauge("thrumsg_held_messages", "Queued messages of paused campaigns.", found.held),
        Gauge("thrumsg_scheduled_messages", "Messages that wait for their campaign's hours.", scheduled),
        Gauge("thrumsg_oldest_queued_seconds", "Age of the oldest message that waits.", max(oldest, 0)),
        Gauge("thrumsg_in_doubt_messages", "Messages of which nobody knows whether they left.", found.in_doubt),
        Gauge("thrumsg_failed_messages", "Messages that failed in 24 hours, by code.", None, "code", failures),
        Gauge("thrumsg_sent_last_minute_messages", "Messages that left in the last minute.", figures.sent_last_minute),
        Gauge("thrumsg_pace_segments_per_second", "Segments that leave a second, as measured.", pace),
        Gauge("thrumsg_last_inbound_timestamp_seconds", "When the last message came in.", last_inbound),
        Gauge("thrumsg_stopped_numbers", "Our numbers that have stopped.", len(found.stopped_numbers)),
    ]

"""The commands for opt-outs, phone lookup and unmatched messages."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, timedelta

from thrumsg_tui.cli.json_records import opt_out_record, unmatched_record
from thrumsg_tui.cli.report import Report, pairs, table
from thrumsg_tui.cli.session import Session
from thrumsg_tui.cli.shown_times import ShownTimes, shown_times
from thrumsg_tui.domain.campaigns import UNASSIGNED
from thrumsg_tui.domain.conversations import NO_SENDER, words_of
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.gateway.practice_delivery import deliver_practice
from thrumsg_tui.store.changes import opt_outs
from thrumsg_tui.store.changes.opt_out_lists import opt_out_numbers
from thrumsg_tui.store.changes.opt_outs import OptedOut
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.imports.table import read_text
from thrumsg_tui.store.input_files import STANDARD_INPUT, read_file
from thrumsg_tui.store.phone_display import phone_display
from thrumsg_tui.store.phones import normalize
from thrumsg_tui.store.queries.lookup import (
    KnownNumber,
    PhoneRecord,
    last_digits,
    look_up,
    look_up_typed,
    numbers_ending,
)
from thrumsg_tui.store.queries.opt_outs import opt_out_rows
from thrumsg_tui.store.queries.unmatched import unmatched_messages

_WORTH_SAYING = timedelta(minutes=1)
"""The time an opt-out was written is shown if it differs from its arrival by at least this much."""


def _read_number(text: str, region: str) -> str:
    """Return a number in any spelling as E.164; raise `Refused` if it is none (`docs/rules.md 9.2`)."""
    try:
        return normalize(text, region).e164
    except ValueError as error:
        raise Refused("{why}", why=str(error)) from error


def opt_out(session: Session, args: Namespace) -> Report:
    """Opt numbers out in every campaign, and send confirmations (`docs/rules.md 5.2`)."""
    phones = [_read_number(each, args.region) for each in args.phones]
    if len(phones) > 1:
        return _opt_out_each(session, phones, args.note)
    done = opt_outs.opt_out_number(session.db, session.who, phones[0], args.note)
    deliver_practice(session.db)
    told = (
        "a confirmation goes out"
        if done.confirmation_sent
        else "no confirmation, since no campaign that is not archived has texted it"
    )
    return _report(session, done, f"is opted out, in {pluralize(len(done.conversations), 'conversation')}; {told}")


def _opt_out_each(session: Session, phones: Sequence[str], note: str) -> Report:
    done = {each.phone: each for each in opt_outs.opt_out_each(session.db, session.who, phones, note)}
    deliver_practice(session.db)
    with session.db.reading() as conn:
        shown = phone_display(conn)
    already = [shown.number(phone) for phone in dict.fromkeys(phones) if phone not in done]
    told = sum(each.confirmation_sent for each in done.values())
    lines = [f"{pluralize(len(done), 'number')} opted out; {pluralize(told, 'confirmation')} went out."] if done else []
    lines += [f"Opted out already: {', '.join(already)}."] if already else []
    if session.who.may(Permission.OPT_IN):
        lines += [
            f"Undo {shown.number(each.phone)} with: {session.program} undo {each.event}" for each in done.values()
        ]
    records = [_record(each, shown.number(each.phone)) for each in done.values()]
    return Report({"opted_out": records, "already": already}, lines)


def opt_out_list(session: Session, args: Namespace) -> Report:
    """Opt out the numbers in a file or on standard input, without confirmations (`docs/rules.md 5.2`)."""
    session.who.require(Permission.CHANGE_OPT_OUTS)
    piped = args.file == STANDARD_INPUT
    text = read_file(args.file).decode("utf-8", "replace") if piped else read_text(args.file)[0]
    done = opt_out_numbers(session.db, session.who, text, args.note, args.region)
    with session.db.reading() as conn:
        shown = phone_display(conn)
    record = {
        "event": done.event,
        "opted_out": [shown.number(each) for each in done.new],
        "already": [shown.number(each) for each in done.already],
        "repeated": done.repeated,
        "rejected": [{"line": each.line, "text": each.text, "reason": each.reason} for each in done.unreadable],
    }
    counts = {"opted out": len(done.new), "opted out already": len(done.already), "repeated": done.repeated}
    counts["rejected"] = len(done.unreadable)
    lines = [", ".join(f"{number} {word}" for word, number in counts.items()) + "."]
    lines += [f"  line {each.line}: rejected, {each.reason}" for each in done.unreadable]
    lines += [f"Undo with: {session.program} undo {done.event}"] if done.event is not None else []
    return Report(record, lines)


def change_note(session: Session, args: Namespace) -> Report:
    """Change the note on an opt-out."""
    phone = _read_number(args.phone, args.region)
    event = opt_outs.change_note(session.db, session.who, phone, args.note)
    with session.db.reading() as conn:
        shown = phone_display(conn).number(phone)
    outcome = "says so already" if event is None else "is changed" if args.note.strip() else "is gone"
    return Report(
        {"event": event, "phone": shown, "note": args.note.strip()}, [f"The note on the opt-out of {shown} {outcome}."]
    )


def list_opt_outs(session: Session, args: Namespace) -> Report:
    """List the numbers that are opted out, newest first."""
    session.who.require(Permission.VIEW_ALL)
    with session.db.reading() as conn:
        shown = phone_display(conn)
        found = opt_out_rows(conn, args.search, limit=args.limit, by_phone=not shown.redacts)
    times = shown_times(session)
    records = [
        {
            "phone": shown.number(row.opt_out.phone),
            "name": row.name,
            **(opt_out_record(row.opt_out, shown) or {}),
        }
        for row in found
    ]
    rows = [
        (
            shown.number(row.opt_out.phone),
            row.name,
            row.opt_out.kind,
            times.moment(row.opt_out.at),
            row.opt_out.by,
            shown.text(row.opt_out.note),
        )
        for row in found
    ]
    lines = table(("Number", "Contact", "Kind", "When", "By", "Note"), rows) if rows else ["No number matches."]
    return Report(records, lines)


def opt_in(session: Session, args: Namespace) -> Report:
    """Opt a number in again; no message is sent (`docs/rules.md 5.7`)."""
    done = opt_outs.opt_in_number(session.db, session.who, _read_number(args.phone, args.region))
    return _report(session, done, f"is opted in, in {pluralize(len(done.conversations), 'conversation')}")


def look_up_number(session: Session, args: Namespace) -> Report:
    """Show a number's contact, opt-out, conversations and unmatched messages; by its last digits, too."""
    session.who.require(Permission.VIEW_ALL)
    with session.db.reading() as conn:
        phones = phone_display(conn)
        try:
            found = look_up_typed(conn, args.phone, args.region)
        except Refused:
            ending = [] if phones.redacts else _numbers_ending(conn, last_digits(args.phone))
            if not ending:
                raise
            if len(ending) > 1:
                return _several(ending)
            found = look_up(conn, ending[0].phone)
    record = {
        "phone": phones.number(found.phone),
        "name": found.name,
        "opted_out": found.opt_out is not None,
        "opt_out": opt_out_record(found.opt_out, phones),
        "conversations": [
            {"id": each.id, "campaign": each.campaign, "sender": each.sender, "status": each.status}
            for each in found.conversations
        ],
        "unmatched": found.unmatched,
        "unmatched_messages": [unmatched_record(each, phones) for each in found.messages],
    }
    return Report(record, _lines(found, phones, shown_times(session)))


def _numbers_ending(conn: Connection, last: str) -> list[KnownNumber]:
    found: list[KnownNumber] = []
    after: str | None = "" if last else None
    while after is not None:
        some, after = numbers_ending(conn, last, after)
        found += some
    return found


def _several(numbers: Sequence[KnownNumber]) -> Report:
    """List the numbers that end with the digits given: one of them is looked up in full."""
    rows = [(each.phone, each.name) for each in numbers]
    said = f"{len(numbers)} numbers end with that; give one of them in full."
    return Report(
        {"matches": [{"phone": each.phone, "name": each.name} for each in numbers]},
        [*table(("Number", "Contact"), rows), said],
    )


def unmatched(session: Session, args: Namespace) -> Report:
    """List the messages that are in no conversation, latest arrival first (`docs/rules.md 1.5`)."""
    session.who.require(Permission.VIEW_ALL)
    with session.db.reading() as conn:
        phones = phone_display(conn)
        found = unmatched_messages(conn, limit=args.limit)
    times = shown_times(session)
    rows = [
        (
            times.moment(each.at, UTC),
            phones.number(each.phone) or NO_SENDER,
            each.reason.why,
            words_of(each.body, each.media),
        )
        for each in found
    ]
    lines = (
        table((times.heading("UTC"), "From", "Why", "Message"), rows)
        if rows
        else ["Every message is in a conversation."]
    )
    return Report([unmatched_record(each, phones) for each in found], lines)


def _lines(found: PhoneRecord, phones: PhoneDisplay, times: ShownTimes) -> list[str]:
    opted_out = "no"
    if found.opt_out:
        by = f", by {found.opt_out.by}" if found.opt_out.by else ""
        note = f": {phones.text(found.opt_out.note)}" if found.opt_out.note else ""
        opted_out = f"since {found.opt_out.at:%Y-%m-%d %H:%M} UTC, {found.opt_out.kind}{by}{note}"
        if abs(found.opt_out.written_at - found.opt_out.at) >= _WORTH_SAYING:
            opted_out += f" (written {found.opt_out.written_at:%Y-%m-%d %H:%M} UTC)"
    if found.is_number:
        whose = ("Contact", found.name or "nobody's")
        lines = pairs([("Number", phones.number(found.phone)), whose, ("Opted out", opted_out)])
    else:
        lines = pairs([("Sender", phones.number(found.phone) or NO_SENDER), ("Number", "none that could be texted")])
    if found.conversations:
        rows = [
            (
                *(conversation.id, conversation.campaign, conversation.sender or UNASSIGNED),
                "opted out" if found.opt_out else conversation.status.replace("_", " "),
            )
            for conversation in found.conversations
        ]
        lines += ["", *table(("Id", "Campaign", "Sender", "Status"), rows)]
    if found.unmatched:
        reasons = (f"{pluralize(count, 'message')} {reason.came}." for reason, count in found.reasons.items())
        latest = [(times.moment(each.at, UTC), words_of(each.body, each.media)) for each in found.messages]
        lines += ["", *reasons, "", *table((times.heading("UTC"), "Message"), latest)]
        if found.unmatched > len(latest):
            lines += [f"These are the latest {len(latest)}; `thrumsg unmatched` lists all."]
    return lines


def _report(session: Session, done: OptedOut, outcome: str) -> Report:
    with session.db.reading() as conn:
        shown = phone_display(conn).number(done.phone)
    hint = f" Undo with: {session.program} undo {done.event}" if session.who.may(Permission.OPT_IN) else ""
    caution = f" {done.caution}" if done.caution else ""
    return Report(_record(done, shown), [f"{shown} {outcome}.{caution}{hint}"])


def _record(done: OptedOut, shown: str) -> dict[str, object]:
    return {
        "event": done.event,
        "phone": shown,
        "conversations": list(done.conversations),
        "confirmation_sent": done.confirmation_sent,
    }

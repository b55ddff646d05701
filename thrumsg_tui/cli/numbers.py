"""Phone numbers: opting out and in, and looking one up."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli.contract import opt_out_record
from thrumsg_tui.cli.phone_display import phone_display, read_number
from thrumsg_tui.cli.printing import Report, counted, pairs, table
from thrumsg_tui.cli.session import Session
from thrumsg_tui.domain.people import Action
from thrumsg_tui.gateway.outbox import deliver_practice
from thrumsg_tui.store.changes import opt_outs
from thrumsg_tui.store.changes.opt_outs import OptedOut
from thrumsg_tui.store.queries.lookup import PhoneRecord
from thrumsg_tui.store.queries.lookup import look_up as known_of


def opt_out(session: Session, args: Namespace) -> Report:
    """Opt a number out in every campaign, and tell the contact (`docs/rules.md 5.2`)."""
    done = opt_outs.opt_out_number(session.db, session.who, read_number(args.phone, args.region), args.note)
    deliver_practice(session.db)
    told = (
        "a confirmation goes out"
        if done.confirmation_sent
        else "no confirmation, since nobody has texted it in a campaign that goes on"
    )
    return _report(session, done, f"is opted out, in {counted(len(done.conversations), 'conversation')}; {told}")


def opt_in(session: Session, args: Namespace) -> Report:
    """Opt a number in again; no message is sent (`docs/rules.md 5.7`)."""
    done = opt_outs.opt_in_number(session.db, session.who, read_number(args.phone, args.region))
    return _report(session, done, f"is opted in, in {counted(len(done.conversations), 'conversation')}")


def look_up(session: Session, args: Namespace) -> Report:
    """Show all that is known of a number."""
    session.who.require(Action.VIEW_ALL)
    with session.db.reading() as conn:
        phones = phone_display(conn)
        found = known_of(conn, read_number(args.phone, args.region))
    record = {
        "phone": phones.number(found.phone),
        "name": found.name,
        "opted_out": found.opt_out is not None,
        "opt_out": opt_out_record(found.opt_out),
        "conversations": [
            {"id": each.id, "campaign": each.campaign, "sender": each.sender, "status": each.status}
            for each in found.conversations
        ],
        "unmatched": found.unmatched,
    }
    return Report(record, _lines(found, phones.number(found.phone)))


def _lines(found: PhoneRecord, shown: str) -> list[str]:
    opted_out = "no"
    if found.opt_out:
        by = f", by {found.opt_out.by}" if found.opt_out.by else ""
        note = f": {found.opt_out.note}" if found.opt_out.note else ""
        opted_out = f"since {found.opt_out.at:%Y-%m-%d %H:%M} UTC, {found.opt_out.kind}{by}{note}"
    lines = pairs([("Number", shown), ("Contact", found.name or "nobody's"), ("Opted out", opted_out)])
    if found.conversations:
        rows = [
            (each.id, each.campaign, each.sender or "Unassigned", each.status.replace("_", " "))
            for each in found.conversations
        ]
        lines += ["", *table(("Id", "Campaign", "Sender", "Status"), rows)]
    if found.unmatched:
        lines += ["", f"{counted(found.unmatched, 'message')} came while nobody knew the number."]
    return lines


def _report(session: Session, done: OptedOut, outcome: str) -> Report:
    with session.db.reading() as conn:
        shown = phone_display(conn).number(done.phone)
    record = {
        "event": done.event,
        "phone": shown,
        "conversations": list(done.conversations),
        "confirmation_sent": done.confirmation_sent,
    }
    return Report(record, [f"{shown} {outcome}. Undo with: thrumsg undo {done.event}"])

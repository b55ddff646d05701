"""Commands for auditors (`docs/rules.md 10.11`)."""

from __future__ import annotations

import sys
from argparse import Namespace
from datetime import UTC, date, datetime, time, timedelta

from thrumsg_tui.cli.import_export import as_csv, to_standard_output
from thrumsg_tui.cli.output import ask, standard_output
from thrumsg_tui.cli.progress import shown_progress
from thrumsg_tui.cli.report import Report
from thrumsg_tui.cli.session import Session
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.changes.purge import purge
from thrumsg_tui.store.export import write_csv
from thrumsg_tui.store.export_rows import Cells
from thrumsg_tui.store.opt_out_report import opt_out_report, reported_opt_outs
from thrumsg_tui.store.output_files import refuse_unwritable


def report_opt_outs(session: Session, args: Namespace) -> Report:
    """Write every opt-out of some days to a file or to standard output."""
    if args.since and args.until and args.until < args.since:
        raise Refused(f"The last day {args.until} is before the first day {args.since}.")
    since = _midnight(args.since) if args.since else None
    until = _midnight(args.until) + timedelta(days=1) if args.until else None
    if args.out and not to_standard_output(args.out):
        rows = opt_out_report(session.db, session.who, args.out, since=since, until=until)
        return Report({"file": str(args.out), "rows": rows}, [f"{pluralize(rows, 'opt-out')} in {args.out}."])
    if args.json:
        return Report(reported_opt_outs(session.db, session.who, since=since, until=until), [])
    with standard_output() as out:
        opt_out_report(session.db, session.who, as_csv(out), since=since, until=until)
    return Report(None, [])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def purge_campaign(session: Session, args: Namespace) -> Report:
    """Remove texts and names from an archived campaign, after a question."""
    session.who.require(Permission.PURGE)
    if not args.yes:
        _confirm_purge(args.name)
    if args.carrier_ids and not to_standard_output(args.carrier_ids):
        refuse_unwritable(args.carrier_ids)
    with shown_progress("Purging", "conversations") as progress:
        done = purge(session.db, session.who, args.name, on_progress=progress)
    rows: list[Cells] = [["gateway", "provider_id"]]
    rows += [[each.gateway, each.provider_id] for each in done.at_carrier]
    if args.carrier_ids and to_standard_output(args.carrier_ids):
        with standard_output() as out:
            write_csv(iter(rows), as_csv(out))
        return Report(None, [])
    if args.carrier_ids:
        write_csv(iter(rows), args.carrier_ids)
    lines = [
        f"{done.campaign}: the texts of {pluralize(done.messages, 'message')} "
        f"and the names of {pluralize(done.contacts, 'contact')} are removed.",
        *([f"{pluralize(done.kept, 'contact')} of other campaigns keep theirs."] if done.kept else []),
        "Backups and exports that were made before still have them.",
    ]
    if done.at_carrier:
        where = f"listed in {args.carrier_ids}" if args.carrier_ids else "--carrier-ids FILE would have listed them"
        lines.append(f"The carrier may have {pluralize(len(done.at_carrier), 'message')} too ({where}).")
    record = {
        "campaign": done.campaign,
        "messages": done.messages,
        "contacts": done.contacts,
        "kept": done.kept,
        "at_carrier": [{"gateway": each.gateway, "provider_id": each.provider_id} for each in done.at_carrier],
    }
    return Report(record, lines)


def _confirm_purge(name: str) -> None:
    if not sys.stdin.isatty():
        raise Refused(f"Purging {name!r} is final: without a terminal to confirm it needs --yes.")
    if ask(f"Purge {name}? It is final. Type its name to purge it: ") != name:
        raise Refused(f"{name!r} was not purged.")

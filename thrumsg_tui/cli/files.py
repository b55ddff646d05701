"""CSV files in and out (`docs/rules.md` 9)."""

from __future__ import annotations

import csv
import sys
from argparse import Namespace
from io import StringIO, TextIOWrapper
from typing import TextIO

from thrumsg_tui.cli.printing import Report, counted
from thrumsg_tui.cli.session import Session
from thrumsg_tui.store.exporting import ExportKind
from thrumsg_tui.store.exporting import export as write_export
from thrumsg_tui.store.importing.contacts import import_contacts
from thrumsg_tui.store.importing.opt_outs import import_opt_outs
from thrumsg_tui.store.importing.people import import_users
from thrumsg_tui.store.importing.replies import import_replies
from thrumsg_tui.store.importing.result import REJECT_COLUMNS, Imported, Rejected, write_rejects
from thrumsg_tui.store.importing.survey import import_survey
from thrumsg_tui.store.queries.campaigns import find_campaign


def take_in(session: Session, args: Namespace) -> Report:
    """Import a file, and account for every row of it."""
    done = _imported(session, args)
    if args.rejects:
        write_rejects(args.rejects, done.header, done.rejected)
    record = {
        "imported": done.imported,
        "updated": done.updated,
        "unchanged": done.unchanged,
        "duplicates": done.duplicates,
        "rejected": [_row_record(each) for each in done.rejected],
        "repeated": [_row_record(each) for each in done.repeated],
        "columns": dict(done.columns),
        "other_columns": _other_columns(done),
        "notes": list(done.notes),
        "dry_run": args.dry_run,
        "event": done.event,
    }
    lines = _summary(done, dry_run=args.dry_run)
    if others := _other_columns(done):
        becoming = "Custom fields" if args.kind == "contacts" else "Not used"
        lines += [f"{becoming}: {', '.join(others)}."]
    if args.rejects:
        lines += [f"The rejected rows are in {args.rejects}."]
    return Report(record, lines)


def export(session: Session, args: Namespace) -> Report:
    """Write an export to a file, or to standard output, always in UTF-8."""
    campaign_id = None
    if args.name is not None:
        with session.db.reading() as conn:
            campaign_id = find_campaign(conn, args.name).id
    kind = ExportKind(args.kind)
    if args.out:
        rows = write_export(session.db, session.who, kind, args.out, campaign_id)
        return Report({"file": str(args.out), "rows": rows}, [f"{counted(rows, 'row')} in {args.out}."])
    if args.json:
        text = StringIO(newline="")
        write_export(session.db, session.who, kind, text, campaign_id)
        text.seek(0)
        return Report(list(csv.DictReader(text)), [])
    write_export(session.db, session.who, kind, _csv_output(), campaign_id)
    return Report(None, [])


def _imported(session: Session, args: Namespace) -> Imported:
    db, who, path, dry_run, mapping = session.db, session.who, args.file, args.dry_run, dict(args.map)
    match args.kind:
        case "contacts":
            return import_contacts(db, who, path, args.campaign, mapping=mapping, region=args.region, dry_run=dry_run)
        case "users":
            return import_users(db, who, path, mapping=mapping, dry_run=dry_run)
        case "replies":
            return import_replies(db, who, path, args.campaign, mapping=mapping, dry_run=dry_run)
        case "survey":
            return import_survey(db, who, path, args.campaign, mapping=mapping, dry_run=dry_run)
        case _:
            return import_opt_outs(db, who, path, mapping=mapping, region=args.region, dry_run=dry_run)


def _summary(done: Imported, *, dry_run: bool) -> list[str]:
    counts = {
        "imported": done.imported,
        "updated": done.updated,
        "unchanged": done.unchanged,
        "duplicates": done.duplicates,
        "rejected": len(done.rejected),
    }
    read = ", ".join(f"{field} from {header!r}" for field, header in done.columns.items())
    return [
        ", ".join(f"{number} {word}" for word, number in counts.items()) + ".",
        f"Read {read}.",
        *done.notes,
        *(f"  line {each.line}: rejected, {each.reason}" for each in done.rejected),
        *(f"  line {each.line}: duplicate, {each.reason}" for each in done.repeated),
        *(["A dry run: nothing was changed."] if dry_run else []),
    ]


def _other_columns(done: Imported) -> list[str]:
    return [header for header in done.header if header not in {*done.columns.values(), *REJECT_COLUMNS}]


def _row_record(of: Rejected) -> dict[str, object]:
    return {"line": of.line, "reason": of.reason}


def _csv_output() -> TextIO:
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    return sys.stdout

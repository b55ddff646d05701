"""Commands for auditors (`docs/rules.md 10.11`)."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, date, datetime, time, timedelta

from thrumsg_tui.cli.import_export import as_csv, to_standard_output
from thrumsg_tui.cli.report import Report, standard_output
from thrumsg_tui.cli.session import Session
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.opt_out_report import opt_out_report


def report_opt_outs(session: Session, args: Namespace) -> Report:
    """Write every opt-out of some days as CSV."""
    if args.since and args.until and args.until < args.since:
        raise Refused(f"The last day {args.until} is before the first day {args.since}.")
    since = _midnight(args.since) if args.since else None
    until = _midnight(args.until) + timedelta(days=1) if args.until else None
    if to_standard_output(args.out):
        with standard_output() as out:
            opt_out_report(session.db, session.who, as_csv(out), since=since, until=until)
        return Report(None, [])
    rows = opt_out_report(session.db, session.who, args.out, since=since, until=until)
    return Report({"file": str(args.out), "rows": rows}, [f"{pluralize(rows, 'opt-out')} in {args.out}."])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)

"""The commands that import and export CSV files (`docs/rules.md` 9)."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from thrumsg_tui.cli.output import complain, standard_output
from thrumsg_tui.cli.progress import shown_progress
from thrumsg_tui.cli.report import Report
from thrumsg_tui.cli.session import STANDARD_STREAM, Session
from thrumsg_tui.cli.warnings import where_any
from thrumsg_tui.domain.enums import ExportKind, ImportKind
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.fields import field_code
from thrumsg_tui.domain.opened_points import EVERYTHING
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.imports.columns import other_columns
from thrumsg_tui.store.imports.import_kinds import import_file
from thrumsg_tui.store.imports.import_run import ImportOptions
from thrumsg_tui.store.imports.result import (
    Imported,
    RejectedRow,
    list_rejects,
    ranges,
    refuse_rejects_file,
    write_rejects,
)
from thrumsg_tui.store.phone_display import phone_display
from thrumsg_tui.store.queries.campaigns import find_campaign


def import_csv(session: Session, args: Namespace) -> Report:
    """Import a file, and report on every row."""
    mapping = _mapping(args.map)
    if args.rejects and not to_standard_output(args.rejects):
        refuse_rejects_file(args.rejects, args.file)
    with shown_progress("Importing") as on_progress:
        options = ImportOptions(mapping, args.region, args.dry_run, confirmed=EVERYTHING, on_progress=on_progress)
        done = import_file(session.db, session.who, ImportKind(args.kind), args.file, args.campaign, options)
    kept, trouble = _keep_rejects(args, done) if args.rejects else ([], "")
    with session.db.reading() as conn:
        phones = phone_display(conn)
    record = {
        "imported": done.imported,
        "updated": done.updated,
        "unchanged": done.unchanged,
        "duplicates": done.duplicates,
        "rejected": [_row_record(each, phones) for each in done.rejected],
        "repeated": [_row_record(each, phones) for each in done.repeated],
        "columns": dict(done.columns),
        "phone_columns": list(done.phones),
        "custom_fields": dict(done.custom),
        "other_columns": _other_columns(done),
        "notes": list(done.notes),
        **where_any([_row_record(each, phones) for each in done.warnings]),
        "dry_run": args.dry_run,
        "event": done.event,
    }
    if args.dry_run:
        record |= {"new_lines": list(done.new_lines), "updated_lines": list(done.updated_lines)}
        record["numbers"] = [
            {"line": each.line, "text": phones.number(each.text), "phone": phones.number(each.phone)}
            for each in done.readings
        ]
    lines = [phones.text(line) for line in _summary(done)]
    if args.dry_run:
        lines += [
            f"  line {each.line}: {phones.number(each.text)!r} is {phones.number(each.phone)}" for each in done.readings
        ]
        lines += _dry_lines(done)
    if done.event is not None and args.kind == ImportKind.OPT_OUTS:
        lines += [f"Undo with: {session.program} undo {done.event}"]
    if done.custom:
        lines += [f"Custom fields: {', '.join(f'%{code}% from {title!r}' for code, title in done.custom.items())}."]
    if unused := [title for title in _other_columns(done) if title not in done.custom.values()]:
        lines += [f"Not used: {', '.join(unused)}."]
    if args.rejects and to_standard_output(args.rejects):
        return _print_rejects(done, lines)
    return Report(record, [*lines, *kept], code=1 if trouble else 0, error=trouble)


def to_standard_output(path: Path) -> bool:
    """Return whether a file named on the command line is standard output."""
    return str(path) == STANDARD_STREAM


def _print_rejects(done: Imported, lines: Sequence[str]) -> Report:
    """Print the rejected rows to standard output, and the report to standard error."""
    for line in lines:
        complain(line)
    with standard_output() as out:
        list_rejects(as_csv(out), done.header, done.rejected)
    return Report(None, [])


def _mapping(given: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the column of each field; raise `Refused` if a field has two."""
    mapping: dict[str, str] = {}
    for named, column in given:
        field = field_code(named)
        if field in mapping:
            how = f"Write {field}={mapping[field]},{column} for both." if field == "phone" else "Choose one."
            raise Refused(f"--map names two columns for {field}, {mapping[field]!r} and {column!r}. {how}")
        mapping[field] = column
    return mapping


def _keep_rejects(args: Namespace, done: Imported) -> tuple[list[str], str]:
    """Write the rejected rows after the import; return a line that says where they are, or an error."""
    if to_standard_output(args.rejects):
        return [], ""
    try:
        write_rejects(args.rejects, args.file, done.header, done.rejected)
    except Refused as reason:
        did = "The dry run is done" if args.dry_run else "The import is done"
        return [], f"{did}, but its rejected rows could not be written: {reason}"
    if not done.rejected:
        return [f"No row was rejected; {args.rejects} has the header only."], ""
    return [f"The rejected rows are in {args.rejects}."], ""


def export(session: Session, args: Namespace) -> Report:
    """Write an export to a file or to standard output, in UTF-8."""
    from thrumsg_tui.store.export import export as write_export
    from thrumsg_tui.store.export import exported

    campaign_id = None
    if args.name is not None:
        with session.db.reading() as conn:
            campaign_id = find_campaign(conn, args.name).id
    kind = ExportKind(args.kind)
    if args.out and not to_standard_output(args.out):
        with shown_progress("Exporting") as on_progress:
            rows = write_export(session.db, session.who, kind, args.out, campaign_id, on_progress=on_progress)
        return Report({"file": str(args.out), "rows": rows}, [f"{pluralize(rows, 'row')} in {args.out}."])
    if args.json:
        return Report(exported(session.db, session.who, kind, campaign_id), [])
    with standard_output() as out:
        write_export(session.db, session.who, kind, as_csv(out), campaign_id)
    return Report(None, [])


def _summary(done: Imported) -> list[str]:
    counts = {
        "imported": done.imported,
        "updated": done.updated,
        "unchanged": done.unchanged,
        "duplicates": done.duplicates,
        "rejected": len(done.rejected),
    }
    columns = {field: repr(header) for field, header in done.columns.items() if field not in done.custom}
    columns |= {"phone": ", else ".join(map(repr, done.phones))} if done.phones else {}
    read = ", ".join(f"{field} from {headers}" for field, headers in columns.items())
    return [
        ", ".join(f"{number} {word}" for word, number in counts.items()) + ".",
        f"Read {read}.",
        *done.notes,
        *(f"  line {each.line}: rejected, {each.reason}" for each in done.rejected),
        *(f"  line {each.line}: duplicate, {each.reason}" for each in done.repeated),
        *(f"  line {each.line}: {each.reason}" for each in done.warnings),
    ]


def _dry_lines(done: Imported) -> list[str]:
    """Return the lines of a dry run's report that list new and updated rows as ranges."""
    said = {"New": done.new_lines, "Updated": done.updated_lines}
    lines = [f"{what}: {ranges(numbers)}." for what, numbers in said.items() if numbers]
    return [*lines, "A dry run: nothing was changed."]


def _other_columns(done: Imported) -> list[str]:
    used = {done.header.index(title) for title in (*done.columns.values(), *done.phones)}
    return [done.header[place] for place in other_columns(done.header, used)]


def _row_record(rejected: RejectedRow, phones: PhoneDisplay) -> dict[str, object]:
    return {"line": rejected.line, "reason": phones.text(rejected.reason)}


def as_csv(out: TextIO) -> TextIO:
    """Set a stream to UTF-8, as for a file; a terminal keeps its own encoding."""
    if isinstance(out, TextIOWrapper):
        if out.isatty():
            out.reconfigure(errors="replace")
        else:
            out.reconfigure(encoding="utf-8", newline="")
    return out

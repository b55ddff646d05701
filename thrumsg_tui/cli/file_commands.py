"""The commands that read and write files: CSV, reports, backups."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Commands
from thrumsg_tui.domain.enums import ExportKind, ImportKind


def add_file_commands(commands: Commands) -> None:
    """Add the commands."""
    import_csv = commands.add("import", "import_export.import_csv", "import a CSV file", check=_wrong_import)
    import_csv.add_argument("kind", choices=options.words(ImportKind))
    import_csv.add_argument("file", type=options.InputFile, metavar="FILE", help="- reads a pipe")
    import_csv.add_argument("--campaign", metavar="NAME", help="needed for contacts and survey")
    import_csv.add_argument("--map", action="append", default=[], type=options.column, metavar="FIELD=COLUMN")
    import_csv.add_argument("--region", default="US", help="the country of numbers without a country code")
    import_csv.add_argument("--dry-run", action="store_true", help="show what would happen, and change nothing")
    import_csv.add_argument(
        "--rejects",
        type=options.OutputFile,
        metavar="FILE",
        help="write the rejected rows to this file; - prints them",
    )
    export = commands.add("export", "import_export.export", "write a CSV file", late="name")
    export.add_argument("kind", choices=options.words(ExportKind))
    export.add_argument("name", nargs="?", metavar="NAME", help="only this campaign; default: all")
    export.add_argument("--out", type=options.OutputFile, metavar="FILE", help="default: standard output")
    _add_reports(commands.group("report", "write reports for auditors"))
    _add_purge(commands)
    about = "keep the files that people whose keys let them do nothing else have named"
    _add_shared_files(commands.group("files", about, alone="files.list_all"))
    backup = commands.add("backup", "maintenance.backup", "copy the database while it is in use", check=_wrong_backup)
    backup.add_argument("file", type=Path, metavar="FILE", help="replaces an older backup; - is standard output")
    restore = commands.add("restore", "restore.restore", "go back to a backup; a copy of the present database is kept")
    restore.add_argument("file", type=Path, metavar="FILE", help="a file that backup wrote")


def _add_shared_files(commands: Commands) -> None:
    commands.add("list", "files.list_all", "list the files")
    add = commands.add("add", "files.add", "keep what is piped in as a file, to import it in the app")
    show = commands.add("show", "files.show", "print a file", check=_wrong_show)
    remove = commands.add("remove", "files.remove", "remove a file for good")
    for each in (add, show, remove):
        each.add_argument("name", metavar="NAME", help="its name, without a folder")


def _add_purge(commands: Commands) -> None:
    purge = commands.add(
        "purge",
        "audit.purge_campaign",
        "remove texts and names from an archived campaign, for good",
        check=_wrong_purge,
    )
    purge.add_argument("name", metavar="NAME")
    purge.add_argument("--yes", action="store_true", help="do not ask")
    purge.add_argument(
        "--carrier-ids",
        type=options.OutputFile,
        metavar="FILE",
        help="write which messages the carrier has; - prints",
    )


def _add_reports(commands: Commands) -> None:
    opt_outs = commands.add("opt-outs", "audit.report_opt_outs", "write every opt-out, and how soon it was honored")
    opt_outs.add_argument("--from", dest="since", type=options.day, metavar="DATE", help="the first day, in UTC")
    opt_outs.add_argument("--to", dest="until", type=options.day, metavar="DATE", help="the last day, in UTC")
    opt_outs.add_argument("--out", type=options.OutputFile, metavar="FILE", help="default: standard output")


def _wrong_show(args: Namespace) -> str | None:
    return "files show prints the file: leave --json out" if args.json else None


def _wrong_backup(args: Namespace) -> str | None:
    return "backup - prints the copy: leave --json out" if args.json and str(args.file) == "-" else None


def _wrong_purge(args: Namespace) -> str | None:
    printed = args.json and str(args.carrier_ids) == "-"
    return "--carrier-ids - prints the ids, and --json has them too: leave one of the two out" if printed else None


def _wrong_import(args: Namespace) -> str | None:
    kind = ImportKind(args.kind)
    if kind.needs_campaign and not args.campaign:
        return f"import {args.kind} needs --campaign NAME"
    if args.campaign and not kind.takes_campaign:
        return f"{args.kind} belong to no campaign: leave --campaign out"
    return "--rejects - prints the rejected rows: leave --json out" if args.json and str(args.rejects) == "-" else None

"""The arguments of the commands that read and write files: CSV, reports, backups."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Parser
from thrumsg_tui.domain.enums import ExportKind, ImportKind


def import_csv(parser: Parser) -> None:
    """Add those of `import`."""
    parser.add_argument("kind", choices=options.words(ImportKind))
    parser.add_argument("file", type=options.InputFile, metavar="FILE", help="- reads a pipe")
    parser.add_argument("--campaign", metavar="NAME", help="needed for contacts and survey")
    parser.add_argument("--map", action="append", default=[], type=options.column, metavar="FIELD=COLUMN")
    parser.add_argument("--region", default="US", help="the country of numbers without a country code")
    parser.add_argument("--dry-run", action="store_true", help="show what would happen, and change nothing")
    parser.add_argument(
        "--rejects",
        type=options.OutputFile,
        metavar="FILE",
        help="write the rejected rows to this file; - prints them",
    )
    parser.set_defaults(check=_wrong_import)


def export(parser: Parser) -> None:
    """Add those of `export`."""
    parser.add_argument("kind", choices=options.words(ExportKind))
    parser.add_argument("name", nargs="?", metavar="NAME", help="only this campaign; default: all")
    parser.add_argument("--out", type=options.OutputFile, metavar="FILE", help="default: standard output")
    parser.set_defaults(late="name")


def report_opt_outs(parser: Parser) -> None:
    """Add those of `report opt-outs`."""
    parser.add_argument("--from", dest="since", type=options.day, metavar="DATE", help="the first day, in UTC")
    parser.add_argument("--to", dest="until", type=options.day, metavar="DATE", help="the last day, in UTC")
    parser.add_argument("--out", type=options.OutputFile, metavar="FILE", help="default: standard output")


def purge(parser: Parser) -> None:
    """Add those of `purge`."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--carrier-ids",
        type=options.OutputFile,
        metavar="FILE",
        help="write which messages the carrier has; - prints",
    )
    parser.set_defaults(check=_wrong_purge)


def shared_file(parser: Parser) -> None:
    """Add the shared file that a command is about."""
    parser.add_argument("name", metavar="NAME", help="its name, without a folder")


def show_shared_file(parser: Parser) -> None:
    """Add those of `files show`."""
    shared_file(parser)
    parser.set_defaults(check=_wrong_show)


def backup(parser: Parser) -> None:
    """Add those of `backup`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="replaces an older backup; - is standard output")
    parser.set_defaults(check=_wrong_backup)


def restore(parser: Parser) -> None:
    """Add those of `restore`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that backup wrote")


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

"""The parser of the whole command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import cache

from thrumsg_tui.cli.argument_parser import Commands, Parser, VersionAction, global_options
from thrumsg_tui.cli.commands import add_commands


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Parse a command line; exit with 2 and the usage if it is wrong, with 0 for `--help`."""
    args, extra = build_parser().parse_known_args(words)
    # argparse sets an optional positional to its default as soon as it meets an option.
    if len(extra) == 1 and args.late and not extra[0].startswith("-") and getattr(args, args.late) is None:
        setattr(args, args.late, extra.pop())
    if extra:
        args.usage_error(f"unrecognized arguments: {' '.join(extra)}")
    for option, absent in {"db": None, "acting_for": None, "forced_login": None, "json": False}.items():
        setattr(args, option, getattr(args, option, absent))
    if args.check and (problem := args.check(args)):
        args.usage_error(problem)
    return args


@cache
def build_parser() -> Parser:
    """Return the parser of all commands, which also generates their documentation; it is built once.

    The parser of each command is made when it is first used.
    """
    parser = Parser(
        prog="thrumsg",
        description="A terminal Admin Messenger for peer-to-peer texting campaigns. Without a command the app opens.",
        epilog="Exit status: 0 done, 1 refused by a rule, 2 usage, 3 the database cannot be used, 130 interrupted.",
        parents=[global_options()],
    )
    parser.add_argument(
        "--version", action=VersionAction, help="show the version, and what a report of a fault needs, and exit"
    )
    parser.set_defaults(run="app.open_app", check=None, late=None, usage_error=parser.error)
    add_commands(Commands(parser, required=False))
    return parser

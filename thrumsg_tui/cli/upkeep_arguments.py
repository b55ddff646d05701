"""The arguments of the commands for the practice campaign and the database as a whole."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Parser, location


def demo(parser: Parser) -> None:
    """Add those of `demo`."""
    parser.add_argument(
        "--seed", type=options.whole_number, metavar="N", help="get the same replies for the same number"
    )
    parser.add_argument("--fresh", action="store_true", help="start over with a new practice campaign")
    parser.add_argument(
        "--tour",
        nargs="?",
        choices=["newcomer", "presenter"],
        const="newcomer",
        help="start over, and be shown round step by step; presenter is for showing it to an audience",
    )


def web(parser: Parser) -> None:
    """Add those of `web`."""
    parser.add_argument("--port", type=options.port, default=8438, metavar="PORT", help="default: 8438; 0 is any free")
    parser.add_argument("--demo", action="store_true", help="open the practice campaign, as `demo` does")
    parser.add_argument("--host", default="127.0.0.1", metavar="HOST", help="an address of this machine alone")


def settings(parser: Parser) -> None:
    """Add those of `settings`."""
    parser.add_argument("key", nargs="?", metavar="KEY")
    parser.add_argument("value", nargs="?", metavar="VALUE")
    parser.set_defaults(late="value")


def move(parser: Parser) -> None:
    """Add those of `move`."""
    parser.add_argument("source", type=location, metavar="FROM", help="the database to move")
    parser.add_argument(
        "target", type=location, nargs="?", metavar="TO", help="a new file, or an empty database of a server"
    )
    parser.add_argument(
        "--anyway",
        action="store_true",
        help="move wrong figures too; with --back, leave behind what is new in TO",
    )
    parser.add_argument("--back", action="store_true", help="use FROM again as it was when it was moved, and close TO")
    parser.set_defaults(check=_wrong_move)


def doctor(parser: Parser) -> None:
    """Add those of `doctor`."""
    parser.add_argument("--repair", action="store_true", help="correct wrong figures")
    parser.add_argument("--file", type=Path, metavar="FILE", help="check this backup instead; it is not changed")
    parser.set_defaults(
        check=lambda args: "--file changes nothing: leave --repair out" if args.file and args.repair else None
    )


def completion(parser: Parser) -> None:
    """Add those of `completion`."""
    shells = "bash, zsh or fish; without it, how to install the script"
    parser.add_argument("shell", nargs="?", choices=("bash", "zsh", "fish"), metavar="SHELL", help=shells)


def _wrong_move(args: Namespace) -> str | None:
    if args.db is not None:
        return "move names its databases itself: leave --db out"
    if args.back:
        return None if args.target is None else "move --back finds out itself to where FROM was moved: leave TO out"
    return "move needs FROM and TO" if args.target is None else None

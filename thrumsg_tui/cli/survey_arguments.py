"""The arguments of the commands for survey questions."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Parser


def add(parser: Parser) -> None:
    """Add those of `survey add`."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--question", required=True, metavar="TEXT", help="its text")
    parser.add_argument("--choice", action="append", required=True, metavar="TEXT", help="repeatable, up to 9 times")


def edit(parser: Parser) -> None:
    """Add those of `survey edit`."""
    question(parser)
    parser.add_argument("--text", metavar="TEXT", help="another text")
    parser.add_argument(
        "--choice", action="append", default=[], metavar="TEXT", help="all its choices in order; repeatable"
    )
    parser.add_argument(
        "--rename",
        action="append",
        default=[],
        type=options.renaming,
        metavar="OLD=NEW",
        help="rename a choice, which keeps its answers; repeatable",
    )
    parser.set_defaults(check=_wrong_edit)


def move(parser: Parser) -> None:
    """Add those of `survey move`."""
    question(parser)
    parser.add_argument("place", type=options.whole_number, metavar="N", help="1 is the first")


def question(parser: Parser) -> None:
    """Add the question that a command is about."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("question", metavar="QUESTION", help="an id, or the exact text")


def results(parser: Parser) -> None:
    """Add those of `survey results`."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--by-sender", action="store_true", help="also for each sender")


def answer(parser: Parser) -> None:
    """Add those of `answer`."""
    parser.add_argument("conversation", type=options.identifier, metavar="CONVERSATION")
    parser.add_argument("question", metavar="QUESTION", help="an id, or the exact text")
    parser.add_argument("choice", nargs="?", metavar="CHOICE", help="an id, or the exact text")
    parser.add_argument("--clear", action="store_true", help="remove the answer")
    parser.set_defaults(check=_wrong_answer, late="choice")


def _wrong_edit(args: Namespace) -> str | None:
    changes = args.text is not None or args.choice or args.rename
    return None if changes else "say what to change: --text, --choice or --rename"


def _wrong_answer(args: Namespace) -> str | None:
    return "give a CHOICE, or --clear" if (args.choice is None) is not args.clear else None

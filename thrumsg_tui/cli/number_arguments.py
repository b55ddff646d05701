"""The arguments of the commands for our own numbers."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Parser
from thrumsg_tui.domain.our_numbers import NumberKind


def add(parser: Parser) -> None:
    """Add those of `gateway numbers add`."""
    number(parser)
    kinds = ", ".join(NumberKind)
    parser.add_argument("--kind", choices=[str(kind) for kind in NumberKind], default=str(NumberKind.LONG), help=kinds)
    parser.add_argument("--mps", type=_pace, default=1.0, metavar="N", help="segments a second (default: 1)")
    parser.add_argument("--gateway", metavar="NAME", help="the carrier that has it; needed for the first number only")


def stop(parser: Parser) -> None:
    """Add those of `gateway numbers stop`."""
    number(parser)
    parser.add_argument("--withdrawn", action="store_true", help="it is ours no more: its conversations need others")
    parser.add_argument("--why", default="", metavar="TEXT", help="for the record")


def replace(parser: Parser) -> None:
    """Add those of `gateway numbers replace`."""
    number(parser)
    parser.add_argument("--with", dest="new", metavar="NUMBER", help="one for all (default: the best for each)")


def number(parser: Parser) -> None:
    """Add the number that a command is about."""
    parser.add_argument("number", metavar="NUMBER", help="one of our numbers, in any spelling")


def campaign_numbers(parser: Parser) -> None:
    """Add those of `campaign numbers`."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("numbers", nargs="*", metavar="NUMBER", help="use only these for conversations that begin")
    parser.add_argument("--all", action="store_true", help="use all again")
    parser.set_defaults(check=_wrong_numbers)


def renumber(parser: Parser) -> None:
    """Add those of `renumber`."""
    parser.add_argument("conversation", type=options.identifier, metavar="CONVERSATION")
    parser.add_argument("number", nargs="?", metavar="NUMBER", help="default: the best of those that are ready")


def _wrong_numbers(args: Namespace) -> str | None:
    return "give numbers, or --all, not both" if args.all and args.numbers else None


@options.value
def _pace(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number of segments a second, such as 1 or 0.5.") from None

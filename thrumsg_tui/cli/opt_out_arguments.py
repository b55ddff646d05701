"""The arguments of the commands for opt-outs, and for all that is known of a number."""

from __future__ import annotations

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Parser


def opt_out(parser: Parser) -> None:
    """Add those of `opt-out`."""
    parser.add_argument("phones", nargs="+", metavar="PHONE", help="in any spelling")
    _add_why(parser)


def opt_out_list(parser: Parser) -> None:
    """Add those of `opt-out-list`."""
    parser.add_argument(
        "file", type=options.InputFile, metavar="FILE", help="numbers on lines or between commas; - reads a pipe"
    )
    _add_why(parser)


def number(parser: Parser) -> None:
    """Add the number that a command is about."""
    parser.add_argument("phone", metavar="PHONE", help="in any spelling")
    _add_region(parser)


def lookup(parser: Parser) -> None:
    """Add those of `lookup`."""
    parser.add_argument("phone", metavar="PHONE", help="in any spelling, or the last digits of a contact's")
    _add_region(parser)


def note(parser: Parser) -> None:
    """Add those of `opt-out-note`."""
    number(parser)
    parser.add_argument("note", metavar="TEXT", help="the new note; may be empty")


def opt_outs(parser: Parser) -> None:
    """Add those of `opt-outs`."""
    parser.add_argument("--search", default="", metavar="TEXT", help="part of a name, a note or a phone number")
    parser.add_argument("--limit", type=options.limit, metavar="N", help="how many at most")


def _add_why(parser: Parser) -> None:
    parser.add_argument("--note", default="", metavar="TEXT", help="why, for the record")
    _add_region(parser)


def _add_region(parser: Parser) -> None:
    parser.add_argument("--region", default="US", help="the country of numbers without a country code")

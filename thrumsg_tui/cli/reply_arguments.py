"""The arguments of the commands for recommended replies."""

from __future__ import annotations

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Parser


def list_all(parser: Parser) -> None:
    """Add those of `reply list`, which all of these commands have."""
    parser.add_argument("--campaign", metavar="NAME", help="default: those of all campaigns")


def add(parser: Parser) -> None:
    """Add those of `reply add`."""
    parser.add_argument("title", metavar="T", help="its title")
    list_all(parser)
    parser.add_argument("--body", required=True, metavar="TEXT")


def edit(parser: Parser) -> None:
    """Add those of `reply edit`."""
    one(parser)
    parser.add_argument("--title", dest="new_title", metavar="T", help="another title")
    parser.add_argument("--body", metavar="TEXT", help="another body")


def move(parser: Parser) -> None:
    """Add those of `reply move`."""
    one(parser)
    parser.add_argument("place", type=options.whole_number, metavar="N", help="1 is the first")


def one(parser: Parser) -> None:
    """Add the reply that a command is about."""
    parser.add_argument("title", metavar="T", help="its title, or its id")
    list_all(parser)

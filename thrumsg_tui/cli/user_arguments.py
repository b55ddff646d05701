"""The arguments of the commands for users."""

from __future__ import annotations

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Parser
from thrumsg_tui.domain.permissions import Role


def add(parser: Parser) -> None:
    """Add those of `user add`."""
    parser.add_argument("login", metavar="LOGIN", help="their login on this machine")
    parser.add_argument("--first-name", required=True, metavar="F")
    parser.add_argument("--last-name", required=True, metavar="L")
    parser.add_argument("--email", default="", metavar="E")
    parser.add_argument("--role", choices=options.words(Role), default=str(Role.SENDER))


def edit(parser: Parser) -> None:
    """Add those of `user edit`."""
    parser.add_argument("login", metavar="LOGIN")
    parser.add_argument("--first-name", metavar="F")
    parser.add_argument("--last-name", metavar="L")
    parser.add_argument("--email", metavar="E")


def role(parser: Parser) -> None:
    """Add those of `user role`."""
    parser.add_argument("login", metavar="LOGIN")
    parser.add_argument("role", choices=options.words(Role), metavar="ROLE", help=", ".join(Role))

"""The arguments of the commands for a campaign's settings, life and senders."""

from __future__ import annotations

from argparse import BooleanOptionalAction

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Parser
from thrumsg_tui.domain.enums import HoursIn

_QUIET_HOURS = "send nothing before 08:00 or after 21:00 at the contact, whatever the hours"


def named(parser: Parser) -> None:
    """Add the campaign that a command is about."""
    parser.add_argument("name", metavar="NAME", help="a campaign, by its name or id")


def create(parser: Parser) -> None:
    """Add those of `campaign create`."""
    parser.add_argument("name", metavar="NAME", help="what the campaign is called")
    parser.add_argument("--initial", required=True, metavar="TEXT", help="the first message, with %%first_name%% etc.")
    parser.add_argument("--description", default="", metavar="TEXT", help="what the campaign is about")
    _add_hours(parser, "default: from the settings")
    parser.add_argument("--starts", type=options.day, metavar="DATE", help="the first day for initial messages")
    parser.add_argument("--ends", type=options.day, metavar="DATE", help="the last day for initial messages")
    parser.add_argument("--quicksend", action="store_true", help="allow Send All")
    parser.add_argument(
        "--quiet-hours", action=BooleanOptionalAction, default=True, help=f"{_QUIET_HOURS} (the default)"
    )
    parser.add_argument("--draft", action="store_true", help="leave the launch for later")


def edit(parser: Parser) -> None:
    """Add those of `campaign edit`."""
    named(parser)
    parser.add_argument("--name", dest="new_name", metavar="TEXT", help="another name")
    parser.add_argument("--initial", metavar="TEXT", help="another first message")
    parser.add_argument("--description", metavar="TEXT", help="what the campaign is about")
    _add_hours(parser, "a change reschedules messages")
    parser.add_argument(
        "--starts", type=options.day_or_none, metavar="DATE", help="the first day for initials, or none"
    )
    parser.add_argument("--ends", type=options.day_or_none, metavar="DATE", help="the last day for initials, or none")
    parser.add_argument("--quicksend", action=BooleanOptionalAction, help="allow Send All, or not")
    parser.add_argument("--quiet-hours", action=BooleanOptionalAction, help=_QUIET_HOURS)


def launch(parser: Parser) -> None:
    """Add those of `campaign launch`."""
    named(parser)
    parser.add_argument(
        "--confirm",
        action="store_true",
        help="as an owner, confirm what `thrumsg compliance NAME` lists, also after the launch",
    )


def archive(parser: Parser) -> None:
    """Add those of `campaign archive`."""
    named(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")


def add_sender(parser: Parser) -> None:
    """Add those of `campaign add-sender`."""
    named(parser)
    parser.add_argument("logins", nargs="+", metavar="LOGIN")


def remove_sender(parser: Parser) -> None:
    """Add those of `campaign remove-sender`."""
    named(parser)
    parser.add_argument("login", metavar="LOGIN")
    to = parser.add_mutually_exclusive_group()
    to.add_argument("--to", action="append", default=[], metavar="LOGIN", help="move the conversations to this user")
    to.add_argument("--to-unassigned", action="store_true", help="leave the conversations unassigned (the default)")
    to.add_argument("--to-everyone", action="store_true", help="share the conversations among all other senders")


def _add_hours(parser: Parser, note: str) -> None:
    parser.add_argument("--timezone", type=options.timezone, metavar="TZ", help=f"of hours and dates; {note}")
    parser.add_argument("--open", type=options.clock, metavar="TIME", help=f"when sending begins each day; {note}")
    parser.add_argument("--close", type=options.clock, metavar="TIME", help=f"when sending ends each day; {note}")
    whose = "the hours are in the campaign's time zone, or in that of each contact's number"
    parser.add_argument(
        "--hours-in", choices=options.words(HoursIn), metavar="WHOSE", help=f"campaign or contact: {whose}"
    )

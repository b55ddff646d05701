"""The arguments of the commands that send and receive messages."""

from __future__ import annotations

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Parser
from thrumsg_tui.domain.enums import Tab


def send(parser: Parser) -> None:
    """Add those of `send`."""
    parser.add_argument("conversation", type=options.identifier, metavar="CONVERSATION")
    parser.add_argument("--body", metavar="TEXT", help="the text; default: the initial or the follow-up")


def send_all(parser: Parser) -> None:
    """Add those of `send-all`."""
    parser.add_argument("name", metavar="NAME")
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--sender", metavar="LOGIN")
    whose.add_argument("--unassigned", action="store_true", help="those without a sender")
    parser.add_argument("--tab", choices=[str(tab) for tab in Tab if tab.send_all_kind], default=str(Tab.INITIAL))


def receive(parser: Parser) -> None:
    """Add those of `receive`."""
    parser.add_argument(
        "--from", dest="phone", required=True, metavar="PHONE", help="a phone number, or what the carrier gives instead"
    )
    parser.add_argument("--body", required=True, metavar="TEXT", help="the message; empty for a picture")
    parser.add_argument("--provider-id", metavar="ID", help="the message's id at the gateway; an id is stored once")
    parser.add_argument("--at", type=options.moment, metavar="TIME", help="when it was sent; without a zone, in UTC")
    parser.add_argument(
        "--campaign", metavar="NAME", help="used if it can take the message; default: the last that texted the number"
    )
    parser.add_argument("--to", dest="our_number", metavar="OUR_NUMBER", help="the number of ours that it was sent to")
    parser.add_argument(
        "--media", action="append", default=[], type=options.link, metavar="URL", help="a picture's address; repeatable"
    )
    parser.add_argument("--region", default="US", help="the country of numbers without a country code")

"""The commands that send and receive messages."""

from __future__ import annotations

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Commands
from thrumsg_tui.cli.number_commands import add_renumber
from thrumsg_tui.domain.enums import Tab


def add_message_commands(commands: Commands) -> None:
    """Add the commands."""
    send = commands.add("send", "messages.send", "send one message")
    send.add_argument("conversation", type=options.identifier, metavar="CONVERSATION")
    send.add_argument("--body", metavar="TEXT", help="the text; default: the initial or the follow-up")
    everyone = commands.add("send-all", "messages.send_all", "send all initials or follow-ups of a sender (QuickSend)")
    everyone.add_argument("name", metavar="NAME")
    whose = everyone.add_mutually_exclusive_group(required=True)
    whose.add_argument("--sender", metavar="LOGIN")
    whose.add_argument("--unassigned", action="store_true")
    everyone.add_argument("--tab", choices=[str(tab) for tab in Tab if tab.send_all_kind], default=str(Tab.INITIAL))
    add_renumber(commands)
    receive = commands.add("receive", "messages.receive", "store a message from a contact")
    receive.add_argument(
        "--from", dest="phone", required=True, metavar="PHONE", help="a phone number, or what the carrier gives instead"
    )
    receive.add_argument("--body", required=True, metavar="TEXT", help="the message; empty for a picture")
    receive.add_argument("--provider-id", metavar="ID", help="the message's id at the gateway; an id is stored once")
    receive.add_argument("--at", type=options.moment, metavar="TIME", help="when it was sent; without a zone, in UTC")
    receive.add_argument(
        "--campaign", metavar="NAME", help="used if it can take the message; default: the last that texted the number"
    )
    receive.add_argument("--to", dest="our_number", metavar="OUR_NUMBER", help="the number of ours that it was sent to")
    receive.add_argument(
        "--media", action="append", default=[], type=options.link, metavar="URL", help="a picture's address; repeatable"
    )
    receive.add_argument("--region", default="US", help="the country of numbers without a country code")

"""The arguments of the commands that show campaigns, conversations, messages and changes."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Parser
from thrumsg_tui.domain.enums import ConversationSort, SenderSort, Tab


def compliance(parser: Parser) -> None:
    """Add those of `compliance`."""
    parser.add_argument("name", metavar="NAME")


def overview(parser: Parser) -> None:
    """Add those of `overview`."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--sort", choices=options.words(SenderSort), default=str(SenderSort.SENDER))
    parser.add_argument("--reverse", action="store_true", help="reverse the order; Unassigned stays first")


def conversations(parser: Parser) -> None:
    """Add those of `conversations`."""
    parser.add_argument("name", metavar="NAME")
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument("--sender", metavar="LOGIN", help="only this sender's")
    whose.add_argument("--unassigned", action="store_true", help="only those without a sender")
    parser.add_argument("--tab", choices=options.words(Tab))
    parser.add_argument("--status", type=options.status, metavar="STATUS", help="leaves out opted-out conversations")
    parser.add_argument("--search", default="", metavar="TEXT", help="part of a name, or of a phone number")
    parser.add_argument("--sort", choices=options.words(ConversationSort), default=str(ConversationSort.NEEDS_REPLY))
    parser.add_argument("--limit", type=options.limit, metavar="N", help="how many at most")


def find(parser: Parser) -> None:
    """Add those of `find`."""
    parser.add_argument("text", metavar="TEXT", help="part of a name, or of a phone number")
    parser.add_argument("--limit", type=options.limit, metavar="N", help="how many at most")


def triage(parser: Parser) -> None:
    """Add those of `triage`."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="the campaign, if replies wait in several")
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument("--sender", metavar="LOGIN", help="only this sender's")
    whose.add_argument("--unassigned", action="store_true", help="only those without a sender")
    parser.add_argument("--plain", action="store_true", help="walk them by questions and answers, line by line")
    parser.add_argument("--limit", type=options.limit, metavar="N", help="how many at most, with --json")
    parser.set_defaults(check=_wrong_triage, late="name")


def thread(parser: Parser) -> None:
    """Add those of `thread`."""
    parser.add_argument("conversation", type=options.identifier, metavar="CONVERSATION")


def media(parser: Parser) -> None:
    """Add those of `media`."""
    parser.add_argument("message", type=options.identifier, metavar="MESSAGE", help="its id, as thread --json has it")
    parser.add_argument("--out", type=options.OutputFile, required=True, metavar="FILE", help="- is standard output")
    parser.add_argument("--nth", type=options.whole_number, metavar="N", help="which of several; 1 is the first")
    options.add_config(parser)
    parser.set_defaults(check=_wrong_media)


def unmatched(parser: Parser) -> None:
    """Add those of `unmatched`."""
    parser.add_argument("--limit", type=options.limit, metavar="N", help="how many at most")


def history(parser: Parser) -> None:
    """Add those of `history`."""
    parser.add_argument("--campaign", metavar="NAME", help="only this campaign's")
    parser.add_argument("--conversation", type=options.identifier, metavar="ID", help="only this conversation's")
    parser.add_argument("--person", metavar="LOGIN", help="only changes by this user")
    parser.add_argument("--limit", type=options.limit, metavar="N", help="how many at most")


def _wrong_triage(args: Namespace) -> str | None:
    if args.plain and args.json:
        return "--plain asks a person, --json lists for a script: choose one"
    if args.limit is not None and not args.json:
        return "--limit goes with --json"
    if not (args.plain or args.json):
        return "the app, thrumsg without a command, walks the replies on a screen: add --plain to do it line by line"
    return None


def _wrong_media(args: Namespace) -> str | None:
    return "media - prints the file: leave --json out" if args.json and str(args.out) == "-" else None

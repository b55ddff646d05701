"""The commands that show campaigns, conversations, messages and changes."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Commands
from thrumsg_tui.domain.enums import ConversationSort, SenderSort, Tab


def add_view_commands(commands: Commands) -> None:
    """Add the commands."""
    compliance = commands.add("compliance", "compliance.check", "check a campaign before its launch")
    compliance.add_argument("name", metavar="NAME")
    overview = commands.add("overview", "overview.show", "show a campaign's counters and the progress of its senders")
    overview.add_argument("name", metavar="NAME")
    overview.add_argument("--sort", choices=options.words(SenderSort), default=str(SenderSort.SENDER))
    overview.add_argument("--reverse", action="store_true", help="reverse the order; Unassigned stays first")
    listing = commands.add("conversations", "conversations.list_all", "list conversations")
    listing.add_argument("name", metavar="NAME")
    whose = listing.add_mutually_exclusive_group()
    whose.add_argument("--sender", metavar="LOGIN", help="only this sender's")
    whose.add_argument("--unassigned", action="store_true", help="only those without a sender")
    listing.add_argument("--tab", choices=options.words(Tab))
    listing.add_argument("--status", type=options.status, metavar="STATUS", help="leaves out opted-out conversations")
    listing.add_argument("--search", default="", metavar="TEXT", help="part of a name, or of a phone number")
    listing.add_argument("--sort", choices=options.words(ConversationSort), default=str(ConversationSort.NEEDS_REPLY))
    listing.add_argument("--limit", type=options.limit, metavar="N")
    thread = commands.add("thread", "conversations.thread", "show a conversation's messages, answers and events")
    thread.add_argument("conversation", type=options.identifier, metavar="CONVERSATION")
    media = commands.add("media", "media.media", "fetch a picture or another file of a message", check=_wrong_media)
    media.add_argument("message", type=options.identifier, metavar="MESSAGE", help="its id, as thread --json has it")
    media.add_argument("--out", type=options.OutputFile, required=True, metavar="FILE", help="- is standard output")
    media.add_argument("--nth", type=options.whole_number, metavar="N", help="which of several; 1 is the first")
    options.add_config(media)
    unmatched = commands.add("unmatched", "phone_numbers.unmatched", "list the messages that belong to no conversation")
    unmatched.add_argument("--limit", type=options.limit, metavar="N")
    history = commands.add("history", "history.history", "list changes and who made them, newest first")
    history.add_argument("--campaign", metavar="NAME")
    history.add_argument("--conversation", type=options.identifier, metavar="ID")
    history.add_argument("--person", metavar="LOGIN", help="only changes by this user")
    history.add_argument("--limit", type=options.limit, metavar="N")


def _wrong_media(args: Namespace) -> str | None:
    return "media - prints the file: leave --json out" if args.json and str(args.out) == "-" else None

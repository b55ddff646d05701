"""The arguments of the commands for follow-ups."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Parser


def create(parser: Parser) -> None:
    """Add those of `follow-up create`."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--title", metavar="T")
    parser.add_argument("--text", metavar="TEXT", help="the message, with %%first_name%% and the like")
    parser.add_argument("--expires", type=options.moment, metavar="TIME", help="the end, in the campaign's time zone")
    written = parser.add_mutually_exclusive_group()
    written.add_argument("--replied", action="store_true", help="only contacts who have written")
    written.add_argument("--not-replied", action="store_true", help="only contacts who have never written")
    answered = parser.add_mutually_exclusive_group()
    answered.add_argument("--answered", metavar="QUESTION=CHOICE", help="only with this answer; QUESTION alone: any")
    answered.add_argument("--unanswered", metavar="QUESTION", help="only without an answer to this question")
    parser.add_argument("--preview", action="store_true", help="show how many it would reach, and create nothing")
    parser.set_defaults(check=_wrong_creation)


def list_all(parser: Parser) -> None:
    """Add those of `follow-up list`."""
    parser.add_argument("name", metavar="NAME")


def edit(parser: Parser) -> None:
    """Add those of `follow-up edit`."""
    one(parser)
    parser.add_argument("--title", dest="new_title", metavar="T", help="another title")
    parser.add_argument("--text", metavar="TEXT", help="another text")
    until = parser.add_mutually_exclusive_group()
    until.add_argument("--expires", type=options.moment, metavar="TIME", help="the end, in the campaign's time zone")
    until.add_argument("--no-expiry", action="store_true", help="let it never expire")
    parser.set_defaults(check=_wrong_edit)


def one(parser: Parser) -> None:
    """Add the follow-up that a command is about."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("follow_up", metavar="T", help="its title, or its id")


def skip(parser: Parser) -> None:
    """Add those of `follow-up skip`."""
    parser.add_argument("conversation", type=options.identifier, metavar="CONVERSATION")


def _wrong_edit(args: Namespace) -> str | None:
    changes = args.new_title is not None or args.text is not None or args.expires or args.no_expiry
    return None if changes else "say what to change: --title, --text, --expires or --no-expiry"


def _wrong_creation(args: Namespace) -> str | None:
    return None if args.preview or (args.title and args.text) else "give --title and --text, or --preview"

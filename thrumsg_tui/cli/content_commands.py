"""The commands for a campaign's content: survey, recommended replies, follow-ups."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Commands


def add_content_commands(commands: Commands) -> None:
    """Add the commands for a campaign's content."""
    _add_survey(commands.group("survey", "what contacts are asked, and what they answered"))
    _add_replies(commands.group("reply", "recommended replies, of a campaign or of all"))
    _add_follow_ups(commands.group("follow-up", "messages to contacts that were texted before"))


def _add_survey(survey: Commands) -> None:
    add = survey.add("add", "survey.add", "ask one question more")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--question", required=True, metavar="TEXT", help="its words")
    add.add_argument("--choice", action="append", required=True, metavar="TEXT", help="repeatable, 1 to 9")
    edit = survey.add("edit", "survey.edit", "change a question; what is not given stays", check=_wrong_edit)
    _add_question(edit)
    edit.add_argument("--text", metavar="TEXT", help="its words")
    edit.add_argument(
        "--choice", action="append", default=[], metavar="TEXT", help="all its choices in order, repeatable"
    )
    edit.add_argument(
        "--rename",
        action="append",
        default=[],
        type=options.renaming,
        metavar="OLD=NEW",
        help="other words for a choice, which keeps its answers; repeatable",
    )
    move = survey.add("move", "survey.move", "put a question at another place")
    _add_question(move)
    move.add_argument("place", type=options.whole_number, metavar="N", help="1 is the first")
    _add_question(survey.add("retire", "survey.retire", "ask a question no more; its answers stay"))
    _add_question(survey.add("restore", "survey.restore", "ask a retired question again"))
    results = survey.add("results", "survey.results", "what was answered")
    results.add_argument("name", metavar="NAME")
    results.add_argument("--by-sender", action="store_true", help="also by who holds the conversation")


def _add_question(to: ArgumentParser) -> None:
    to.add_argument("name", metavar="NAME")
    to.add_argument("question", metavar="QUESTION", help="an id, or the exact text")


def _wrong_edit(args: Namespace) -> str | None:
    changes = args.text is not None or args.choice or args.rename
    return None if changes else "say what to change: --text, --choice or --rename"


def _add_replies(reply: Commands) -> None:
    listing = reply.add("list", "replies.list_all", "list them, the campaign's first")
    add = reply.add("add", "replies.add", "add a reply")
    edit = reply.add("edit", "replies.edit", "change a reply; what is not given stays")
    move = reply.add("move", "replies.move", "put a reply at another place")
    remove = reply.add("remove", "replies.remove", "remove a reply")
    for each in (add, edit, move, remove):
        each.add_argument("title", metavar="T", help="its title" + ("" if each is add else ", or its id"))
    for each in (listing, add, edit, move, remove):
        each.add_argument("--campaign", metavar="NAME", help="default: those of all campaigns")
    add.add_argument("--body", required=True, metavar="TEXT")
    edit.add_argument("--title", dest="new_title", metavar="T", help="another title")
    edit.add_argument("--body", metavar="TEXT", help="another body")
    move.add_argument("place", type=options.whole_number, metavar="N", help="1 is the first")


def _add_follow_ups(follow_up: Commands) -> None:
    create = follow_up.add("create", "follow_ups.create", "write a follow-up", check=_wrong_follow_up)
    create.add_argument("name", metavar="NAME")
    create.add_argument("--title", metavar="T")
    create.add_argument("--text", metavar="TEXT")
    create.add_argument("--expires", type=options.moment, metavar="TIME", help="in the campaign's time zone")
    written = create.add_mutually_exclusive_group()
    written.add_argument("--replied", action="store_true", help="only where the contact has written")
    written.add_argument("--not-replied", action="store_true", help="only where the contact never has")
    answered = create.add_mutually_exclusive_group()
    answered.add_argument("--answered", metavar="QUESTION=CHOICE", help="only with this answer; QUESTION alone: any")
    answered.add_argument("--unanswered", metavar="QUESTION", help="only without an answer to it")
    create.add_argument("--preview", action="store_true", help="say whom it would reach, and make nothing")
    listing = follow_up.add("list", "follow_ups.list_all", "list them with how far they are")
    listing.add_argument("name", metavar="NAME")
    edit = follow_up.add(
        "edit", "follow_ups.edit", "change one before the first is sent; what is not given stays", check=_wrong_change
    )
    edit.add_argument("name", metavar="NAME")
    edit.add_argument("follow_up", metavar="T", help="its title, or its id")
    edit.add_argument("--title", dest="new_title", metavar="T", help="another title")
    edit.add_argument("--text", metavar="TEXT", help="another text")
    until = edit.add_mutually_exclusive_group()
    until.add_argument("--expires", type=options.moment, metavar="TIME", help="in the campaign's time zone")
    until.add_argument("--no-expiry", action="store_true", help="no end but by hand")
    end = follow_up.add("end", "follow_ups.end", "send a follow-up to nobody any more")
    end.add_argument("name", metavar="NAME")
    end.add_argument("follow_up", metavar="T", help="its title, or its id")
    skip = follow_up.add("skip", "follow_ups.skip", "pass over the follow-up that is up in a conversation")
    skip.add_argument("conversation", type=options.identifier, metavar="CONVERSATION")


def _wrong_change(args: Namespace) -> str | None:
    changes = args.new_title is not None or args.text is not None or args.expires or args.no_expiry
    return None if changes else "say what to change: --title, --text, --expires or --no-expiry"


def _wrong_follow_up(args: Namespace) -> str | None:
    return None if args.preview or (args.title and args.text) else "give --title and --text, or --preview"

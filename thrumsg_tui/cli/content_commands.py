"""The commands for a campaign's content: survey, recommended replies, follow-ups."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Commands


def add_content_commands(commands: Commands) -> None:
    """Add the commands for a campaign's content."""
    _add_survey(commands.group("survey", "edit survey questions, and show the answers"))
    _add_replies(commands.group("reply", "edit recommended replies, of one campaign or of all"))
    _add_follow_ups(commands.group("follow-up", "create and edit follow-ups to contacts who were texted before"))
    _add_answer(commands)


def _add_survey(survey: Commands) -> None:
    add = survey.add("add", "survey.add", "add a question")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--question", required=True, metavar="TEXT", help="its text")
    add.add_argument("--choice", action="append", required=True, metavar="TEXT", help="repeatable, up to 9 times")
    edit = survey.add("edit", "survey.edit", "change the text or the choices of a question", check=_wrong_edit)
    _add_question(edit)
    edit.add_argument("--text", metavar="TEXT", help="another text")
    edit.add_argument(
        "--choice", action="append", default=[], metavar="TEXT", help="all its choices in order; repeatable"
    )
    edit.add_argument(
        "--rename",
        action="append",
        default=[],
        type=options.renaming,
        metavar="OLD=NEW",
        help="rename a choice, which keeps its answers; repeatable",
    )
    move = survey.add("move", "survey.move", "move a question to another place")
    _add_question(move)
    move.add_argument("place", type=options.whole_number, metavar="N", help="1 is the first")
    _add_question(survey.add("retire", "survey.retire", "stop asking a question; its answers stay"))
    _add_question(survey.add("restore", "survey.restore", "ask a retired question again"))
    results = survey.add("results", "survey.results", "show how many contacts gave which answer")
    results.add_argument("name", metavar="NAME")
    results.add_argument("--by-sender", action="store_true", help="also for each sender")


def _add_question(to: ArgumentParser) -> None:
    to.add_argument("name", metavar="NAME")
    to.add_argument("question", metavar="QUESTION", help="an id, or the exact text")


def _wrong_edit(args: Namespace) -> str | None:
    changes = args.text is not None or args.choice or args.rename
    return None if changes else "say what to change: --text, --choice or --rename"


def _add_replies(reply: Commands) -> None:
    listing = reply.add("list", "replies.list_all", "list replies, those of the campaign first")
    add = reply.add("add", "replies.add", "add a reply")
    edit = reply.add("edit", "replies.edit", "change the title or the body of a reply")
    move = reply.add("move", "replies.move", "move a reply to another place")
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
    create = follow_up.add("create", "follow_ups.create", "create a follow-up", check=_wrong_follow_up)
    create.add_argument("name", metavar="NAME")
    create.add_argument("--title", metavar="T")
    create.add_argument("--text", metavar="TEXT")
    create.add_argument("--expires", type=options.moment, metavar="TIME", help="the end, in the campaign's time zone")
    written = create.add_mutually_exclusive_group()
    written.add_argument("--replied", action="store_true", help="only contacts who have written")
    written.add_argument("--not-replied", action="store_true", help="only contacts who have never written")
    answered = create.add_mutually_exclusive_group()
    answered.add_argument("--answered", metavar="QUESTION=CHOICE", help="only with this answer; QUESTION alone: any")
    answered.add_argument("--unanswered", metavar="QUESTION", help="only without an answer to this question")
    create.add_argument("--preview", action="store_true", help="show how many it would reach, and create nothing")
    listing = follow_up.add("list", "follow_ups.list_all", "list follow-ups and their progress")
    listing.add_argument("name", metavar="NAME")
    edit = follow_up.add(
        "edit", "follow_ups.edit", "change a follow-up of which nothing is sent yet", check=_wrong_change
    )
    edit.add_argument("name", metavar="NAME")
    edit.add_argument("follow_up", metavar="T", help="its title, or its id")
    edit.add_argument("--title", dest="new_title", metavar="T", help="another title")
    edit.add_argument("--text", metavar="TEXT", help="another text")
    until = edit.add_mutually_exclusive_group()
    until.add_argument("--expires", type=options.moment, metavar="TIME", help="the end, in the campaign's time zone")
    until.add_argument("--no-expiry", action="store_true", help="let it never expire")
    end = follow_up.add("end", "follow_ups.end", "end a follow-up: nobody gets it any more")
    end.add_argument("name", metavar="NAME")
    end.add_argument("follow_up", metavar="T", help="its title, or its id")
    skip = follow_up.add("skip", "follow_ups.skip", "skip the current follow-up of a conversation")
    skip.add_argument("conversation", type=options.identifier, metavar="CONVERSATION")


def _wrong_change(args: Namespace) -> str | None:
    changes = args.new_title is not None or args.text is not None or args.expires or args.no_expiry
    return None if changes else "say what to change: --title, --text, --expires or --no-expiry"


def _wrong_follow_up(args: Namespace) -> str | None:
    return None if args.preview or (args.title and args.text) else "give --title and --text, or --preview"


def _add_answer(commands: Commands) -> None:
    answer = commands.add(
        "answer", "conversations.answer", "record a survey answer", check=_wrong_answer, late="choice"
    )
    answer.add_argument("conversation", type=options.identifier, metavar="CONVERSATION")
    answer.add_argument("question", metavar="QUESTION", help="an id, or the exact text")
    answer.add_argument("choice", nargs="?", metavar="CHOICE", help="an id, or the exact text")
    answer.add_argument("--clear", action="store_true", help="remove the answer")


def _wrong_answer(args: Namespace) -> str | None:
    return "give a CHOICE, or --clear" if (args.choice is None) is not args.clear else None

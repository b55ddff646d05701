"""The commands for a campaign's settings, life and senders."""

from __future__ import annotations

from argparse import ArgumentParser, BooleanOptionalAction

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Commands
from thrumsg_tui.cli.number_commands import add_campaign_numbers
from thrumsg_tui.domain.enums import HoursIn


def add_campaign_commands(commands: Commands) -> None:
    """Add the commands."""
    create = commands.add("create", "campaign.create", "create a campaign, active at once")
    create.add_argument("name", metavar="NAME")
    create.add_argument("--initial", required=True, metavar="TEXT", help="the first message, with %%first_name%% etc.")
    create.add_argument("--description", default="", metavar="TEXT")
    _add_hours(create, "default: from the settings")
    create.add_argument("--starts", type=options.day, metavar="DATE", help="the first day for initial messages")
    create.add_argument("--ends", type=options.day, metavar="DATE", help="the last day for initial messages")
    create.add_argument("--quicksend", action="store_true", help="allow Send All")
    quiet = "send nothing before 08:00 or after 21:00 at the contact, whatever the hours"
    create.add_argument("--quiet-hours", action=BooleanOptionalAction, default=True, help=f"{quiet} (the default)")
    create.add_argument("--draft", action="store_true", help="leave the launch for later")
    _add_editing(commands, quiet)
    _add_steps(commands)


def _add_editing(commands: Commands, quiet: str) -> None:
    edit = commands.add("edit", "campaign.edit", "change the given settings of a campaign")
    edit.add_argument("name", metavar="NAME")
    edit.add_argument("--name", dest="new_name", metavar="TEXT", help="another name")
    edit.add_argument("--initial", metavar="TEXT", help="another first message")
    edit.add_argument("--description", metavar="TEXT")
    _add_hours(edit, "a change reschedules messages")
    edit.add_argument("--starts", type=options.day_or_none, metavar="DATE", help="the first day for initials, or none")
    edit.add_argument("--ends", type=options.day_or_none, metavar="DATE", help="the last day for initials, or none")
    edit.add_argument("--quicksend", action=BooleanOptionalAction, help="allow Send All, or not")
    edit.add_argument("--quiet-hours", action=BooleanOptionalAction, help=quiet)


def _add_steps(commands: Commands) -> None:
    commands.add("list", "campaign_views.list_all", "list the campaigns, newest first")
    check = commands.add("check", "campaign_views.check", "check the initial script, and show what a contact would get")
    check.add_argument("name", metavar="NAME")
    for name, explanation in {
        "show": "show a campaign's settings, survey, replies, follow-ups and senders",
        "pause": "stop all sending until the campaign is resumed",
        "resume": "make a paused campaign active again",
    }.items():
        module = "campaign_views" if name == "show" else "campaign"
        commands.add(name, f"{module}.{name}", explanation).add_argument("name", metavar="NAME")
    launch = commands.add("launch", "campaign.launch", "make a draft active")
    launch.add_argument("name", metavar="NAME")
    launch.add_argument(
        "--confirm",
        action="store_true",
        help="as an owner, confirm what `thrumsg compliance NAME` lists, also after the launch",
    )
    idle = commands.add("idle", "users.list_idle", "list the senders who have not texted any of their contacts yet")
    idle.add_argument("name", metavar="NAME")
    archive = commands.add("archive", "campaign.archive", "end a campaign for good")
    archive.add_argument("name", metavar="NAME")
    archive.add_argument("--yes", action="store_true", help="do not ask")
    add = commands.add("add-sender", "campaign.add_sender", "put users on a campaign")
    add.add_argument("name", metavar="NAME")
    add.add_argument("logins", nargs="+", metavar="LOGIN")
    remove = commands.add("remove-sender", "campaign.remove_sender", "take a sender off a campaign")
    remove.add_argument("name", metavar="NAME")
    remove.add_argument("login", metavar="LOGIN")
    to = remove.add_mutually_exclusive_group()
    to.add_argument("--to", action="append", default=[], metavar="LOGIN", help="move the conversations to this user")
    to.add_argument("--to-unassigned", action="store_true", help="leave the conversations unassigned (the default)")
    to.add_argument("--to-everyone", action="store_true", help="share the conversations among all other senders")
    add_campaign_numbers(commands)


def _add_hours(to: ArgumentParser, note: str) -> None:
    to.add_argument("--timezone", type=options.timezone, metavar="TZ", help=f"of hours and dates; {note}")
    to.add_argument("--open", type=options.clock, metavar="TIME", help=f"when sending begins each day; {note}")
    to.add_argument("--close", type=options.clock, metavar="TIME", help=f"when sending ends each day; {note}")
    whose = "the hours are in the campaign's time zone, or in that of each contact's number"
    to.add_argument("--hours-in", choices=options.words(HoursIn), metavar="WHOSE", help=f"campaign or contact: {whose}")

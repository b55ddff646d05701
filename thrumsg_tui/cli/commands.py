"""All commands with their options."""

from __future__ import annotations

from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from enum import StrEnum
from pathlib import Path

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Commands
from thrumsg_tui.cli.carrier_commands import add_carrier_commands
from thrumsg_tui.cli.content_commands import add_content_commands
from thrumsg_tui.cli.number_commands import add_campaign_numbers, add_number_commands, add_renumber
from thrumsg_tui.domain.enums import (
    ConversationSort,
    ExportKind,
    HoursIn,
    ImportKind,
    SenderSort,
    StatusFilter,
    Tab,
)
from thrumsg_tui.domain.permissions import Role


def add_commands(commands: Commands) -> None:
    """Add all commands."""
    _add_app(commands)
    _add_campaigns(commands.group("campaign", "create and run campaigns, and choose their senders"))
    _add_people(commands.group("user", "manage users and their roles"))
    _add_views(commands)
    _add_messages(commands)
    add_content_commands(commands)
    _add_numbers(commands)
    _add_reassignment(commands)
    _add_files(commands)
    _add_services(commands)
    _add_gateway(commands.group("gateway", "set up the connection to the carrier"))
    _add_listen(commands)
    add_carrier_commands(commands)
    _add_upkeep(commands)


def _add_app(commands: Commands) -> None:
    demo = commands.add("demo", "app.demo", "open a practice campaign whose contacts reply")
    demo.add_argument("--seed", type=options.whole_number, metavar="N", help="get the same replies for the same number")
    demo.add_argument("--fresh", action="store_true", help="start over with a new practice campaign")


def _add_campaigns(commands: Commands) -> None:
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
        "--confirm", action="store_true", help="confirm what `thrumsg compliance NAME` says an owner must"
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
    to.add_argument("--hours-in", choices=_words(HoursIn), metavar="WHOSE", help=f"campaign or contact: {whose}")


def _add_people(commands: Commands) -> None:
    add = commands.add("add", "users.add", "add a user")
    add.add_argument("login", metavar="LOGIN", help="their login on this machine")
    add.add_argument("--first-name", required=True, metavar="F")
    add.add_argument("--last-name", required=True, metavar="L")
    add.add_argument("--email", default="", metavar="E")
    add.add_argument("--role", choices=_words(Role), default=str(Role.SENDER))
    edit = commands.add("edit", "users.edit", "change a user's name or email address")
    edit.add_argument("login", metavar="LOGIN")
    edit.add_argument("--first-name", metavar="F")
    edit.add_argument("--last-name", metavar="L")
    edit.add_argument("--email", metavar="E")
    commands.add("list", "users.list_all", "list the users")
    role = commands.add("role", "users.change_role", "give a user another role")
    role.add_argument("login", metavar="LOGIN")
    role.add_argument("role", choices=_words(Role), metavar="ROLE", help=", ".join(Role))


def _add_views(commands: Commands) -> None:
    compliance = commands.add("compliance", "compliance.check", "check a campaign before its launch")
    compliance.add_argument("name", metavar="NAME")
    overview = commands.add("overview", "overview.show", "show a campaign's counters and the progress of its senders")
    overview.add_argument("name", metavar="NAME")
    overview.add_argument("--sort", choices=_words(SenderSort), default=str(SenderSort.SENDER))
    overview.add_argument("--reverse", action="store_true", help="reverse the order; Unassigned stays first")
    listing = commands.add("conversations", "conversations.list_all", "list conversations")
    listing.add_argument("name", metavar="NAME")
    whose = listing.add_mutually_exclusive_group()
    whose.add_argument("--sender", metavar="LOGIN", help="only this sender's")
    whose.add_argument("--unassigned", action="store_true", help="only those without a sender")
    listing.add_argument("--tab", choices=_words(Tab))
    listing.add_argument("--status", type=options.status, metavar="STATUS", help="leaves out opted-out conversations")
    listing.add_argument("--search", default="", metavar="TEXT", help="part of a name, or of a phone number")
    listing.add_argument("--sort", choices=_words(ConversationSort), default=str(ConversationSort.NEEDS_REPLY))
    listing.add_argument("--limit", type=options.limit, metavar="N")
    thread = commands.add("thread", "conversations.thread", "show a conversation's messages, answers and events")
    thread.add_argument("conversation", type=options.identifier, metavar="CONVERSATION")
    media = commands.add("media", "media.media", "fetch a picture or another file of a message", check=_wrong_media)
    media.add_argument("message", type=options.identifier, metavar="MESSAGE", help="its id, as thread --json has it")
    media.add_argument("--out", type=Path, required=True, metavar="FILE", help="- is standard output")
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


def _add_messages(commands: Commands) -> None:
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


def _add_numbers(commands: Commands) -> None:
    answer = commands.add(
        "answer", "conversations.answer", "record a survey answer", check=_wrong_answer, late="choice"
    )
    answer.add_argument("conversation", type=options.identifier, metavar="CONVERSATION")
    answer.add_argument("question", metavar="QUESTION", help="an id, or the exact text")
    answer.add_argument("choice", nargs="?", metavar="CHOICE", help="an id, or the exact text")
    answer.add_argument("--clear", action="store_true", help="remove the answer")
    _add_opt_outs(commands)
    lookup = commands.add("lookup", "phone_numbers.look_up", "show the contact, opt-out and conversations of a number")
    _add_number(lookup)


def _add_opt_outs(commands: Commands) -> None:
    opt_out = commands.add(
        "opt-out", "phone_numbers.opt_out", "opt numbers out in every campaign, and send confirmations"
    )
    opt_out.add_argument("phones", nargs="+", metavar="PHONE", help="in any spelling")
    listed = commands.add(
        "opt-out-list", "phone_numbers.opt_out_list", "opt a list of numbers out, without confirmations"
    )
    listed.add_argument("file", type=Path, metavar="FILE", help="numbers on lines or between commas; - reads a pipe")
    for parser in (opt_out, listed):
        parser.add_argument("--note", default="", metavar="TEXT", help="why, for the record")
        parser.add_argument("--region", default="US", help="the country of numbers without a country code")
    _add_number(commands.add("opt-in", "phone_numbers.opt_in", "opt a number in again"))
    note = commands.add("opt-out-note", "phone_numbers.change_note", "change the note on an opt-out")
    _add_number(note)
    note.add_argument("note", metavar="TEXT", help="the new note; may be empty")
    listing = commands.add(
        "opt-outs", "phone_numbers.list_opt_outs", "list the numbers that are opted out, newest first"
    )
    listing.add_argument("--search", default="", metavar="TEXT", help="part of a name, a note or a phone number")
    listing.add_argument("--limit", type=options.limit, metavar="N")


def _add_number(to: ArgumentParser) -> None:
    to.add_argument("phone", metavar="PHONE", help="in any spelling")
    to.add_argument("--region", default="US", help="the country of numbers without a country code")


def _wrong_answer(args: Namespace) -> str | None:
    return "give a CHOICE, or --clear" if (args.choice is None) is not args.clear else None


def _add_reassignment(commands: Commands) -> None:
    move = commands.add("reassign", "reassign.reassign", "move conversations between senders", check=_wrong_move)
    move.add_argument("name", nargs="?", metavar="NAME")
    sources = move.add_argument_group("from")
    sources.add_argument("--from", action="append", default=[], dest="sources", metavar="LOGIN", help="repeatable")
    sources.add_argument("--from-unassigned", action="store_true", help="may be combined with --from")
    sources.add_argument(
        "--from-everyone", action="store_true", help="Unassigned and all senders who are no destination"
    )
    sources.add_argument(
        "--conversation", action="append", default=[], type=options.identifier, metavar="ID", help="repeatable"
    )
    which = move.add_argument_group("which")
    which.add_argument("--status", type=_status_filter, default=StatusFilter.ANY, help=", ".join(StatusFilter))
    which.add_argument("--count", type=options.whole_number, metavar="N", help="how many in total")
    destinations = move.add_argument_group("to")
    destinations.add_argument("--to", action="append", default=[], metavar="LOGIN", help="repeatable")
    destinations.add_argument("--to-unassigned", action="store_true")
    destinations.add_argument("--to-everyone", action="store_true", help="all other senders")
    destinations.add_argument("--level", action="store_true", help="even out the totals, in place of equal shares")
    plans = move.add_argument_group("preview")
    plans.add_argument("--preview", action="store_true", help="show what would happen, and change nothing")
    plans.add_argument("--save-plan", type=Path, metavar="FILE", help="save the preview; - prints it")
    plans.add_argument("--plan", type=Path, metavar="FILE", help="make the moves of a saved preview; - reads a pipe")
    undo = commands.add("undo", "history.undo", "undo a change, by default your last")
    undo.add_argument("event", nargs="?", type=options.identifier, metavar="EVENT")
    undo.add_argument("--preview", action="store_true", help="show what would be undone, and change nothing")


def _wrong_move(args: Namespace) -> str | None:
    kinds_of_source = [args.sources or args.from_unassigned, args.from_everyone, args.conversation]
    kinds_of_destination = [args.to, args.to_unassigned, args.to_everyone]
    sources, destinations = (sum(map(bool, kinds)) for kinds in (kinds_of_source, kinds_of_destination))
    if args.plan:
        narrowed = args.status is not StatusFilter.ANY or args.count is not None or args.level
        alone = not (args.name or sources or destinations or narrowed or args.preview or args.save_plan)
        return None if alone else "give --plan alone, without other options"
    if not args.name:
        return "name a campaign, or give --plan"
    if sources != 1:
        return "give one of --from (and --from-unassigned), --from-everyone, --conversation"
    if destinations != 1:
        return "give one of --to, --to-unassigned, --to-everyone"
    if args.save_plan and not args.preview:
        return "--save-plan goes with --preview"
    return "--save-plan - prints the plan: leave --json out" if args.json and str(args.save_plan) == "-" else None


@options.value
def _status_filter(text: str) -> StatusFilter:
    try:
        return StatusFilter(text.replace("_", "-"))
    except ValueError:
        raise ValueError(f"{text!r} is none of {', '.join(StatusFilter)}.") from None


def _add_files(commands: Commands) -> None:
    import_csv = commands.add("import", "import_export.import_csv", "import a CSV file", check=_wrong_import)
    import_csv.add_argument("kind", choices=_words(ImportKind))
    import_csv.add_argument("file", type=Path, metavar="FILE", help="- reads a pipe")
    import_csv.add_argument("--campaign", metavar="NAME", help="needed for contacts and survey")
    import_csv.add_argument("--map", action="append", default=[], type=options.column, metavar="FIELD=COLUMN")
    import_csv.add_argument("--region", default="US", help="the country of numbers without a country code")
    import_csv.add_argument("--dry-run", action="store_true", help="show what would happen, and change nothing")
    import_csv.add_argument(
        "--rejects", type=Path, metavar="FILE", help="write the rejected rows to this file; - prints them"
    )
    export = commands.add("export", "import_export.export", "write a CSV file", late="name")
    export.add_argument("kind", choices=_words(ExportKind))
    export.add_argument("name", nargs="?", metavar="NAME", help="only this campaign; default: all")
    export.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    _add_reports(commands.group("report", "write reports for auditors"))
    _add_purge(commands)
    backup = commands.add("backup", "maintenance.backup", "copy the database while it is in use", check=_wrong_backup)
    backup.add_argument("file", type=Path, metavar="FILE", help="replaces an older backup; - is standard output")
    restore = commands.add("restore", "restore.restore", "go back to a backup; a copy of the present database is kept")
    restore.add_argument("file", type=Path, metavar="FILE", help="a file that backup wrote")


def _add_purge(commands: Commands) -> None:
    purge = commands.add(
        "purge",
        "audit.purge_campaign",
        "remove texts and names from an archived campaign, for good",
        check=_wrong_purge,
    )
    purge.add_argument("name", metavar="NAME")
    purge.add_argument("--yes", action="store_true", help="do not ask")
    purge.add_argument(
        "--carrier-ids", type=Path, metavar="FILE", help="write which messages the carrier has; - prints"
    )


def _add_reports(commands: Commands) -> None:
    opt_outs = commands.add(
        "opt-outs", "audit.report_opt_outs", "write every opt-out, and how soon it was honored", check=_wrong_report
    )
    opt_outs.add_argument("--from", dest="since", type=options.day, metavar="DATE", help="the first day, in UTC")
    opt_outs.add_argument("--to", dest="until", type=options.day, metavar="DATE", help="the last day, in UTC")
    opt_outs.add_argument("--out", type=Path, metavar="FILE", required=True, help="a CSV file; - prints it")


def _wrong_backup(args: Namespace) -> str | None:
    return "backup - prints the copy: leave --json out" if args.json and str(args.file) == "-" else None


def _wrong_purge(args: Namespace) -> str | None:
    printed = args.json and str(args.carrier_ids) == "-"
    return "--carrier-ids - prints the ids, and --json has them too: leave one of the two out" if printed else None


def _wrong_report(args: Namespace) -> str | None:
    return "--out - prints the CSV: leave --json out" if args.json and str(args.out) == "-" else None


def _wrong_import(args: Namespace) -> str | None:
    kind = ImportKind(args.kind)
    if kind.needs_campaign and not args.campaign:
        return f"import {args.kind} needs --campaign NAME"
    if args.campaign and not kind.takes_campaign:
        return f"{args.kind} belong to no campaign: leave --campaign out"
    return "--rejects - prints the rejected rows: leave --json out" if args.json and str(args.rejects) == "-" else None


def _add_services(commands: Commands) -> None:
    deliver = commands.add("deliver", "deliver.deliver", "bring queued messages to the carrier, until it is stopped")
    options.add_config(deliver)
    deliver.add_argument("--once", action="store_true", help="end as soon as nothing may leave now")
    deliver.add_argument("--wait", action="store_true", help="stand by while another process delivers")
    deliver.add_argument("--workers", type=options.workers, metavar="N", help="calls at once; default: from the file")
    deliver.add_argument("--dry-run", action="store_true", help="show what would leave, and send nothing")
    old = deliver.add_mutually_exclusive_group()
    old.add_argument("--send-old", action="store_true", help="send also what waited over a day for a first delivery")
    old.add_argument("--cancel-old", action="store_true", help="cancel what waited over a day for a first delivery")


def _add_gateway(commands: Commands) -> None:
    check = commands.add("check", "gateway.check", "check the configuration, the account and the addresses it calls")
    options.add_config(check)
    add_number_commands(commands.group("numbers", "add, stop and replace our own numbers"))


def _add_listen(commands: Commands) -> None:
    listen = commands.add("listen", "listen.listen", "take what the carrier calls with, until it is stopped")
    options.add_config(listen)
    listen.add_argument("--host", default="127.0.0.1", metavar="HOST", help="default: 127.0.0.1")
    where = listen.add_mutually_exclusive_group()
    where.add_argument("--port", type=options.port, default=8437, metavar="PORT", help="default: 8437")
    where.add_argument("--fd", type=options.whole_number, metavar="N", help="the socket that systemd passes: 3")
    listen.add_argument(
        "--public-url", type=options.link, metavar="URL", help="what the carrier calls; default: from the file"
    )
    listen.add_argument(
        "--i-have-a-proxy", action="store_true", help="listen on an address that other machines can reach"
    )


def _add_upkeep(commands: Commands) -> None:
    settings = commands.add(
        "settings", "maintenance.settings", "show or change the organization's settings", late="value"
    )
    settings.add_argument("key", nargs="?", metavar="KEY")
    settings.add_argument("value", nargs="?", metavar="VALUE")
    doctor = commands.add("doctor", "maintenance.doctor", "check the database for damage and wrong figures")
    doctor.add_argument("--repair", action="store_true", help="correct wrong figures")


def _words(values: type[StrEnum]) -> list[str]:
    return [str(each) for each in values]

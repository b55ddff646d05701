"""All commands: the word that is typed, the function that runs it, its help, and the function that adds its arguments.

The functions are named, and imported when a command is chosen.
"""

from __future__ import annotations

from thrumsg_tui.cli.argument_parser import Commands


def add_commands(commands: Commands) -> None:
    """Add all commands, in the order of the help."""
    commands.add("demo", "app.demo", "open a practice campaign whose contacts reply", "upkeep_arguments.demo")
    commands.add("web", "app.web", "open the app in a browser on this machine", "upkeep_arguments.web")
    commands.group("campaign", "create and run campaigns, and choose their senders", _add_campaign)
    commands.group("user", "manage users and their roles", _add_user)
    commands.group("ssh", "let people in by their SSH keys, each limited to thrumsg", _add_ssh)
    _add_views(commands)
    _add_messages(commands)
    _add_content(commands)
    _add_opt_outs(commands)
    _add_moves(commands)
    _add_files(commands)
    _add_carrier(commands)
    _add_upkeep(commands)


def _add_campaign(campaign: Commands) -> None:
    named = "campaign_arguments.named"
    campaign.add("create", "campaign.create", "create a campaign, active at once", "campaign_arguments.create")
    campaign.add("edit", "campaign.edit", "change the given settings of a campaign", "campaign_arguments.edit")
    campaign.add("list", "campaign_views.list_all", "list the campaigns, newest first")
    campaign.add("check", "campaign_views.check", "check the initial script, and show what a contact would get", named)
    campaign.add(
        "show", "campaign_views.show", "show a campaign's settings, survey, replies, follow-ups and senders", named
    )
    campaign.add("pause", "campaign.pause", "stop all sending until the campaign is resumed", named)
    campaign.add("resume", "campaign.resume", "make a paused campaign active again", named)
    campaign.add("launch", "campaign.launch", "make a draft active", "campaign_arguments.launch")
    campaign.add("idle", "users.list_idle", "list the senders who have not texted any of their contacts yet", named)
    campaign.add("archive", "campaign.archive", "end a campaign for good", "campaign_arguments.archive")
    campaign.add("add-sender", "campaign.add_sender", "put users on a campaign", "campaign_arguments.add_sender")
    campaign.add(
        "remove-sender", "campaign.remove_sender", "take a sender off a campaign", "campaign_arguments.remove_sender"
    )
    campaign.add(
        "numbers",
        "our_numbers.campaign_numbers",
        "show or set which of our numbers a campaign uses",
        "number_arguments.campaign_numbers",
    )


def _add_user(user: Commands) -> None:
    user.add("add", "users.add", "add a user", "user_arguments.add")
    user.add("edit", "users.edit", "change a user's name or email address", "user_arguments.edit")
    user.add("list", "users.list_all", "list the users")
    user.add("role", "users.change_role", "give a user another role", "user_arguments.role")


def _add_ssh(ssh: Commands) -> None:
    ssh.add(
        "add",
        "ssh.add",
        "let a user in by a key, which can then do nothing but run thrumsg as them",
        "ssh_arguments.add",
    )
    ssh.add("list", "ssh.list_all", "list the keys, and say what is wrong with them", "ssh_arguments.list_all")
    ssh.add("remove", "ssh.remove", "shut out the keys of a user", "ssh_arguments.remove")


def _add_views(commands: Commands) -> None:
    commands.add("compliance", "compliance.check", "check a campaign before its launch", "view_arguments.compliance")
    commands.add(
        "overview",
        "overview.show",
        "show a campaign's counters and the progress of its senders",
        "view_arguments.overview",
    )
    commands.add("conversations", "conversations.list_all", "list conversations", "view_arguments.conversations")
    commands.add(
        "find",
        "find.find",
        "find contacts in all campaigns, by part of a name or number",
        "view_arguments.find",
    )
    commands.add("triage", "triage.triage", "answer the waiting replies without a screen", "view_arguments.triage")
    commands.add(
        "thread",
        "conversations.thread",
        "show a conversation's messages, answers and events",
        "view_arguments.thread",
    )
    commands.add("media", "media.media", "fetch a picture or another file of a message", "view_arguments.media")
    commands.add(
        "unmatched",
        "phone_numbers.unmatched",
        "list the messages that belong to no conversation",
        "view_arguments.unmatched",
    )
    commands.add("history", "history.history", "list changes and who made them, newest first", "view_arguments.history")


def _add_messages(commands: Commands) -> None:
    commands.add("send", "messages.send", "send one message", "message_arguments.send")
    commands.add(
        "send-all",
        "messages.send_all",
        "send all initials or follow-ups of a sender (QuickSend)",
        "message_arguments.send_all",
    )
    commands.add(
        "renumber",
        "our_numbers.renumber",
        "text a conversation from another of our numbers, if its own is withdrawn",
        "number_arguments.renumber",
    )
    commands.add("receive", "messages.receive", "store a message from a contact", "message_arguments.receive")


def _add_content(commands: Commands) -> None:
    commands.group("survey", "edit survey questions, and show the answers", _add_survey)
    commands.group("reply", "edit recommended replies, of one campaign or of all", _add_reply)
    commands.group("follow-up", "create and edit follow-ups to contacts who were texted before", _add_follow_up)
    commands.add("answer", "conversations.answer", "record a survey answer", "survey_arguments.answer")


def _add_survey(survey: Commands) -> None:
    one = "survey_arguments.question"
    survey.add("add", "survey.add", "add a question", "survey_arguments.add")
    survey.add("edit", "survey.edit", "change the text or the choices of a question", "survey_arguments.edit")
    survey.add("move", "survey.move", "move a question to another place", "survey_arguments.move")
    survey.add("retire", "survey.retire", "stop asking a question; its answers stay", one)
    survey.add("restore", "survey.restore", "ask a retired question again", one)
    survey.add("results", "survey.results", "show how many contacts gave which answer", "survey_arguments.results")


def _add_reply(reply: Commands) -> None:
    reply.add("list", "replies.list_all", "list replies, those of the campaign first", "reply_arguments.list_all")
    reply.add("add", "replies.add", "add a reply", "reply_arguments.add")
    reply.add("edit", "replies.edit", "change the title or the body of a reply", "reply_arguments.edit")
    reply.add("move", "replies.move", "move a reply to another place", "reply_arguments.move")
    reply.add("remove", "replies.remove", "remove a reply", "reply_arguments.one")


def _add_follow_up(follow_up: Commands) -> None:
    follow_up.add("create", "follow_ups.create", "create a follow-up", "follow_up_arguments.create")
    follow_up.add("list", "follow_ups.list_all", "list follow-ups and their progress", "follow_up_arguments.list_all")
    follow_up.add(
        "edit", "follow_ups.edit", "change a follow-up of which nothing is sent yet", "follow_up_arguments.edit"
    )
    follow_up.add("end", "follow_ups.end", "end a follow-up: nobody gets it any more", "follow_up_arguments.one")
    follow_up.add("skip", "follow_ups.skip", "skip the current follow-up of a conversation", "follow_up_arguments.skip")


def _add_opt_outs(commands: Commands) -> None:
    commands.add(
        "opt-out",
        "phone_numbers.opt_out",
        "opt numbers out in every campaign, and send confirmations",
        "opt_out_arguments.opt_out",
    )
    commands.add(
        "opt-out-list",
        "phone_numbers.opt_out_list",
        "opt a list of numbers out, without confirmations",
        "opt_out_arguments.opt_out_list",
    )
    commands.add("opt-in", "phone_numbers.opt_in", "opt a number in again", "opt_out_arguments.number")
    commands.add("opt-out-note", "phone_numbers.change_note", "change the note on an opt-out", "opt_out_arguments.note")
    commands.add(
        "opt-outs",
        "phone_numbers.list_opt_outs",
        "list the numbers that are opted out, newest first",
        "opt_out_arguments.opt_outs",
    )
    commands.add(
        "lookup",
        "phone_numbers.look_up_number",
        "show the contact, opt-out and conversations of a number",
        "opt_out_arguments.lookup",
    )


def _add_moves(commands: Commands) -> None:
    commands.add("reassign", "reassign.reassign", "move conversations between senders", "reassign_arguments.reassign")
    commands.add("undo", "history.undo", "undo a change, by default your last", "reassign_arguments.undo")


def _add_files(commands: Commands) -> None:
    commands.add("import", "import_export.import_csv", "import a CSV file", "file_arguments.import_csv")
    commands.add("export", "import_export.export", "write a CSV file", "file_arguments.export")
    commands.group("report", "write reports for auditors", _add_report)
    commands.add(
        "purge",
        "audit.purge_campaign",
        "remove texts and names from an archived campaign, for good",
        "file_arguments.purge",
    )
    about = "keep the files that people whose keys let them do nothing else have named"
    commands.group("files", about, _add_shared_files, alone="files.list_all")
    commands.add("backup", "maintenance.backup", "copy the database while it is in use", "file_arguments.backup")
    commands.add(
        "restore",
        "restore.restore",
        "go back to a backup; a copy of the present database is kept",
        "file_arguments.restore",
    )


def _add_report(report: Commands) -> None:
    report.add(
        "opt-outs",
        "audit.report_opt_outs",
        "write every opt-out, and how soon it was honored",
        "file_arguments.report_opt_outs",
    )


def _add_shared_files(files: Commands) -> None:
    named = "file_arguments.shared_file"
    files.add("list", "files.list_all", "list the files")
    files.add("add", "files.add", "keep what is piped in as a file, to import it in the app", named)
    files.add("show", "files.show", "print a file", "file_arguments.show_shared_file")
    files.add("remove", "files.remove", "remove a file for good", named)


def _add_carrier(commands: Commands) -> None:
    commands.add(
        "deliver",
        "deliver.deliver",
        "bring queued messages to the carrier, until it is stopped",
        "carrier_arguments.deliver",
    )
    commands.group("gateway", "set up the connection to the carrier", _add_gateway)
    commands.add(
        "listen", "listen.listen", "take what the carrier calls with, until it is stopped", "carrier_arguments.listen"
    )
    commands.add(
        "status",
        "carrier.status",
        "show what waits for the carrier, what failed, and who delivers",
        "carrier_arguments.status",
    )
    commands.add(
        "doubts",
        "carrier.doubts",
        "list messages of which nobody knows whether they left, or decide about one",
        "carrier_arguments.doubts",
    )
    commands.add("failures", "failures.failures", "list the messages that failed in the last 24 hours, and why")


def _add_gateway(gateway: Commands) -> None:
    gateway.add(
        "check",
        "gateway.check",
        "check the configuration, the account and the addresses it calls",
        "carrier_arguments.check",
    )
    about = "list, add, stop and replace our own numbers"
    gateway.group("numbers", about, _add_numbers, alone="our_numbers.list_all")


def _add_numbers(numbers: Commands) -> None:
    numbers.add("list", "our_numbers.list_all", "list our numbers, their state and their conversations")
    numbers.add("add", "our_numbers.add", "add one of our numbers, or change its kind and pace", "number_arguments.add")
    numbers.add(
        "stop",
        "our_numbers.stop",
        "let nothing leave from a number until it is made ready again",
        "number_arguments.stop",
    )
    numbers.add("ready", "our_numbers.make_ready", "let messages leave from a number again", "number_arguments.number")
    numbers.add(
        "replace",
        "our_numbers.replace",
        "give all conversations of a number others of our numbers",
        "number_arguments.replace",
    )


def _add_upkeep(commands: Commands) -> None:
    commands.add(
        "settings",
        "maintenance.settings",
        "show or change the organization's settings",
        "upkeep_arguments.settings",
    )
    commands.add(
        "move",
        "move.move",
        "move everything to another database, between files and servers",
        "upkeep_arguments.move",
    )
    commands.add(
        "doctor",
        "maintenance.doctor",
        "check the database, or a backup, for damage and wrong figures",
        "upkeep_arguments.doctor",
    )
    about = "show, check and edit the app's configuration: keys, look and habits"
    commands.group("config", about, _add_config, alone="config.show")
    commands.add(
        "completion",
        "completion.completion",
        "print a script with which a shell completes commands, options and file names",
        "upkeep_arguments.completion",
    )


def _add_config(config: Commands) -> None:
    config.add("show", "config.show", "list all settings, and the keys that are changed")
    config.add("edit", "config.edit", "open the file in $EDITOR, and check it afterwards")
    config.add("check", "config.check", "tell what is wrong in the file, each with its line")
    config.add("path", "config.path", "print where the file is")

"""Keys that create and manage campaigns, in the list of campaigns and in the overview."""

from __future__ import annotations

from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.tui.commands.command import Command, Scope
from thrumsg_tui.tui.commands.why_not import all_of, has_campaign, is_not_archived, role_allows

_RUNS = all_of(role_allows(Permission.RUN_CAMPAIGN), has_campaign)
_SEES = all_of(role_allows(Permission.VIEW_ALL), has_campaign)
_STAFFS = all_of(role_allows(Permission.MANAGE_PEOPLE), has_campaign, is_not_archived)

COMMANDS = (
    Command(
        "campaigns.create",
        "c",
        "create",
        "New campaign",
        "Create a campaign with script and hours",
        Scope.CAMPAIGNS,
        "new campaign",
        role_allows(Permission.RUN_CAMPAIGN),
    ),
    Command("manage.menu", "m", "menu", "Manage", "Choose from all that can be done here", Scope.MANAGE, "manage"),
    Command(
        "manage.edit",
        "i",
        "edit",
        "Settings of the campaign",
        "Change name, script, time zone, hours, window, QuickSend",
        Scope.MANAGE,
        "",
        all_of(_RUNS, is_not_archived),
    ),
    Command(
        "manage.state",
        "l",
        "state",
        "Launch, pause or archive",
        "Open, pause, resume or end the campaign; says first what that does",
        Scope.MANAGE,
        "",
        all_of(_RUNS, is_not_archived),
    ),
    Command(
        "manage.import",
        "I",
        "import",
        "Import a file",
        "Import contacts, users, replies, survey or opt-outs; shows first what would change",
        Scope.MANAGE,
        "import",
        role_allows(Permission.IMPORT),
    ),
    Command(
        "manage.export",
        "E",
        "export",
        "Export",
        "Export messages, surveys, conversations or opt-outs, as CSV",
        Scope.MANAGE,
        "export",
        role_allows(Permission.EXPORT),
    ),
    Command(
        "manage.survey",
        "e",
        "survey",
        "Survey",
        "Show questions with results; add, edit, reorder or retire them",
        Scope.MANAGE,
        "survey",
        _SEES,
    ),
    Command(
        "manage.replies",
        "a",
        "replies",
        "Recommended replies",
        "Show and edit this campaign's replies and those of all campaigns",
        Scope.MANAGE,
        "",
        _SEES,
    ),
    Command(
        "manage.follow_ups",
        "f",
        "follow_ups",
        "Follow-ups",
        "Write later messages; see whom they reach and how many are sent",
        Scope.MANAGE,
        "follow-ups",
        _SEES,
    ),
    Command(
        "senders.add",
        "plus",
        "add_senders",
        "Add senders",
        "Add users to this campaign as senders",
        Scope.MANAGE,
        "",
        _STAFFS,
    ),
)

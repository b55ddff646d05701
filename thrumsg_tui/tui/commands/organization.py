"""Keys of the organization: settings, users, opt-outs and unmatched messages of all campaigns."""

from __future__ import annotations

from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.tui.commands.command import Command, Scope
from thrumsg_tui.tui.commands.why_not import role_allows

COMMANDS = (
    Command(
        "organization.settings",
        "comma",
        "organization",
        "Settings of the organization",
        "Change name, opt-out message, automatic opt-out, redaction, default hours",
        Scope.ORGANIZATION,
        "",
        role_allows(Permission.CHANGE_SETTINGS),
    ),
    Command(
        "organization.users",
        "U",
        "users",
        "Users and roles",
        "Show and edit who may use this database, and in which role",
        Scope.ORGANIZATION,
        "",
        role_allows(Permission.VIEW_ALL),
    ),
    Command(
        "organization.opt_outs",
        "O",
        "opt_outs",
        "Opt-outs",
        "Show all opted-out numbers; add one or a list, opt one in, edit notes",
        Scope.ORGANIZATION,
        "",
        role_allows(Permission.VIEW_ALL),
    ),
    Command(
        "organization.unmatched",
        "M",
        "unmatched",
        "Unmatched messages",
        "Show the messages that are in no conversation, and why",
        Scope.ORGANIZATION,
        "",
        role_allows(Permission.VIEW_ALL),
    ),
)

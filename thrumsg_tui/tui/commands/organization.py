"""Keys for what belongs to all campaigns: settings, users, opt-outs, unmatched messages."""

from __future__ import annotations

from thrumsg_tui.domain.people import Permission
from thrumsg_tui.tui.commands.allowed import role_allows
from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command(
        "organization.settings",
        "comma",
        "organization",
        "Settings of the organization",
        "Name, opt-out message, automatic opt-out, redaction, default hours",
        Scope.ORGANIZATION,
        "",
        role_allows(Permission.CHANGE_SETTINGS),
    ),
    Command(
        "organization.users",
        "U",
        "users",
        "Users and roles",
        "Who may use this database, and as what",
        Scope.ORGANIZATION,
        "",
        role_allows(Permission.VIEW_ALL),
    ),
    Command(
        "organization.opt_outs",
        "O",
        "opt_outs",
        "Opt-outs",
        "Every number that is opted out; add one or a list, remove, note",
        Scope.ORGANIZATION,
        "",
        role_allows(Permission.VIEW_ALL),
    ),
    Command(
        "organization.unmatched",
        "M",
        "unmatched",
        "Unmatched messages",
        "Messages that are in no conversation, and why",
        Scope.ORGANIZATION,
        "",
        role_allows(Permission.VIEW_ALL),
    ),
)

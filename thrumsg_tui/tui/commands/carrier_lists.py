"""Keys of the lists of messages that are in doubt or have failed, of all campaigns."""

from __future__ import annotations

from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.tui.commands.command import Command, Scope
from thrumsg_tui.tui.commands.why_not import role_allows

COMMANDS = (
    Command(
        "organization.doubts",
        "D",
        "doubts",
        "Messages in doubt",
        "Show messages that may or may not have left, and decide about them",
        Scope.CARRIER,
        "",
        role_allows(Permission.VIEW_ALL),
    ),
    Command(
        "carrier.failures",
        "F",
        "failures",
        "Failed messages",
        "Show the messages that failed in the last 24 hours, and why",
        Scope.CARRIER,
        "",
        role_allows(Permission.VIEW_ALL),
    ),
)

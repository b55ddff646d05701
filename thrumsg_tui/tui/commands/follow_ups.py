"""Keys of the follow-ups screen."""

from __future__ import annotations

from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.tui.commands.command import Command, Scope
from thrumsg_tui.tui.commands.why_not import all_of, is_not_archived, role_allows

_EDITS = all_of(role_allows(Permission.EDIT_CONTENT), is_not_archived)

COMMANDS = (
    Command(
        "follow_ups.add",
        "c",
        "add",
        "New follow-up",
        "Write a follow-up; shows first whom it reaches",
        Scope.FOLLOW_UPS,
        "new follow-up",
        _EDITS,
    ),
    Command(
        "follow_ups.change",
        "enter",
        "change",
        "Change",
        "Change title, text and end; only before the first is sent",
        Scope.FOLLOW_UPS,
        "change",
        _EDITS,
    ),
    Command("follow_ups.end", "x", "end", "End", "Send it to nobody any more", Scope.FOLLOW_UPS, "end", _EDITS),
)

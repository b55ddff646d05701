"""Keys of the unmatched messages screen."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command(
        "unmatched.look_up",
        "enter",
        "look_up",
        "Look up",
        "Show all that is known about the number",
        Scope.UNMATCHED,
        "look up",
    ),
)

"""Keys of the screen with the unmatched messages."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command(
        "unmatched.look_up",
        "enter",
        "look_up",
        "Look up",
        "All that is known of the number",
        Scope.UNMATCHED,
        "look up",
    ),
)

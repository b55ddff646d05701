"""Keys of the list of messages that have failed."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command(
        "failures.look_up",
        "enter",
        "look_up",
        "Look up",
        "Show all that is known about the number, with its conversations",
        Scope.FAILURES,
        "look up",
    ),
)

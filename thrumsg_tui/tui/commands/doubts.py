"""Keys of the list of messages in doubt."""

from __future__ import annotations

from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.tui.commands.command import Command, Scope
from thrumsg_tui.tui.commands.why_not import role_allows

COMMANDS = (
    Command(
        "doubts.look_up",
        "enter",
        "look_up",
        "Look up",
        "Show all that is known about the number, with its conversations",
        Scope.DOUBTS,
        "look up",
    ),
    Command(
        "doubts.was_sent",
        "d",
        "was_sent",
        "It was sent",
        "Count the message as sent: the carrier has it",
        Scope.DOUBTS,
        "was sent",
        role_allows(Permission.SETTLE_DOUBTS),
    ),
    Command(
        "doubts.send_again",
        "S",
        "send_again",
        "Send it again",
        "Queue the message again: it never left",
        Scope.DOUBTS,
        "send again",
        role_allows(Permission.SETTLE_DOUBTS),
    ),
    Command(
        "doubts.drop",
        "x",
        "drop",
        "Drop it",
        "Cancel the message: it never left, and is not to",
        Scope.DOUBTS,
        "drop",
        role_allows(Permission.SETTLE_DOUBTS),
    ),
)

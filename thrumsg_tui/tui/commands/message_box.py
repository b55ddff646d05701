"""Keys of the message box."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command("box.send", "enter", "send", "Send", "Send the message", Scope.MESSAGE_BOX, "send"),
    Command(
        "box.leave",
        "escape",
        "leave",
        "Back to the list",
        "Back to the list; keeps the draft",
        Scope.MESSAGE_BOX,
        "list",
    ),
    Command(
        "box.new_line", "alt+enter ctrl+n", "new_line", "New line", "Begin a new line", Scope.MESSAGE_BOX, "new line"
    ),
    Command(
        "box.plain",
        "ctrl+t",
        "plain",
        "Plain characters",
        "Replace curly quotes, dashes and the like, which make a message longer",
        Scope.MESSAGE_BOX,
        "plain characters",
    ),
)

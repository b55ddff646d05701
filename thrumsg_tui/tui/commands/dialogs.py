"""Keys of all dialogs."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (Command("dialog.help", "f1", "help", "Help", "Show all keys of this dialog", Scope.DIALOG),)

"""Keys of all screens that open over another."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (Command("overlay.escape", "escape", "escape", "Leave", "Clear the search; then go back", Scope.OVERLAY),)

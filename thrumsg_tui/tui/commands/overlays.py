"""Keys of every screen that opens over another."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (Command("overlay.escape", "escape", "escape", "Out", "Out of the search, then back", Scope.OVERLAY),)

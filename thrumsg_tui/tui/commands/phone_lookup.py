"""Keys of the phone lookup."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command("lookup.down", "down", "move(1)", "Down", "Go to the next conversation", Scope.LOOKUP),
    Command("lookup.up", "up", "move(-1)", "Up", "Go to the conversation before", Scope.LOOKUP),
    Command("lookup.open", "enter", "choose", "Open", "Open the conversation under the cursor", Scope.LOOKUP),
    Command("lookup.opt", "o", "opt", "Opt out or in", "Opt the number out, or back in", Scope.LOOKUP),
    Command("lookup.leave", "escape q", "dismiss(None)", "Leave", "Leave the lookup", Scope.LOOKUP),
)

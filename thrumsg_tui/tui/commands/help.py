"""Keys of the help."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command("help.down", "j down", "scroll_keys(1)", "Down", "Down by a line", Scope.HELP),
    Command("help.up", "k up", "scroll_keys(-1)", "Up", "Up by a line", Scope.HELP),
    Command(
        "help.page_down", "pagedown ctrl+d space", "scroll_keys(10)", "Down by ten", "Down by ten lines", Scope.HELP
    ),
    Command("help.page_up", "pageup ctrl+u", "scroll_keys(-10)", "Up by ten", "Up by ten lines", Scope.HELP),
    Command("help.first", "g home", "scroll_keys(-1000)", "First", "First line", Scope.HELP),
    Command("help.last", "G end", "scroll_keys(1000)", "Last", "Last line", Scope.HELP),
    Command(
        "help.leave", "escape q question_mark enter f1", "dismiss(None)", "Leave", "Back to where it was", Scope.HELP
    ),
)

"""Keys of the help."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command("help.down", "j down", "scroll_keys(1)", "Down", "Scroll a line down", Scope.HELP),
    Command("help.up", "k up", "scroll_keys(-1)", "Up", "Scroll a line up", Scope.HELP),
    Command(
        "help.page_down", "pagedown ctrl+d space", "scroll_keys(10)", "Down by ten", "Scroll ten lines down", Scope.HELP
    ),
    Command("help.page_up", "pageup ctrl+u", "scroll_keys(-10)", "Up by ten", "Scroll ten lines up", Scope.HELP),
    Command("help.first", "g home", "scroll_keys(-1000)", "First", "Go to the first line", Scope.HELP),
    Command("help.last", "G end", "scroll_keys(1000)", "Last", "Go to the last line", Scope.HELP),
    Command("help.leave", "escape q question_mark enter f1", "dismiss(None)", "Leave", "Close it", Scope.HELP),
)

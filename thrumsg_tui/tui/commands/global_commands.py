"""Keys of every screen."""

from __future__ import annotations

from thrumsg_tui.tui.commands.allowed import may_view_all
from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command("app.help", "question_mark f1", "help", "Help", "All keys of this screen", Scope.EVERYWHERE, "help"),
    Command(
        "app.palette", "colon ctrl+p", "app.command_palette", "Commands", "Find a command by name", Scope.EVERYWHERE
    ),
    Command(
        "app.undo",
        "z",
        "undo",
        "Undo",
        "Take back my last change: a move, an opt-out, an answer, a message that has not left",
        Scope.EVERYWHERE,
    ),
    Command("app.redo", "Z", "redo", "Redo", "Take my last undo back", Scope.EVERYWHERE),
    Command("app.back", "q", "back", "Back", "Back to the screen before; from the first one, quit", Scope.EVERYWHERE),
    Command(
        "app.lookup", "p", "lookup", "Phone lookup", "Who a number is, everywhere", Scope.EVERYWHERE, "", may_view_all
    ),
    Command("app.history", "H", "history", "History", "Everything that was done, and undo", Scope.EVERYWHERE),
    Command(
        "app.quit", "ctrl+q", "app.quit", "Quit", "Leave at once, from anywhere; a draft is kept", Scope.EVERYWHERE
    ),
    Command(
        "app.suspend", "ctrl+z", "app.suspend_process", "Suspend", "To the shell; `fg` comes back", Scope.EVERYWHERE
    ),
)

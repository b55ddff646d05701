"""Keys of all screens."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope
from thrumsg_tui.tui.commands.why_not import may_view_all

COMMANDS = (
    Command("app.help", "question_mark f1", "help", "Help", "Show all keys of this screen", Scope.EVERYWHERE, "help"),
    Command(
        "app.palette", "colon ctrl+p", "app.command_palette", "Commands", "Find a command by name", Scope.EVERYWHERE
    ),
    Command(
        "app.undo",
        "z",
        "undo",
        "Undo",
        "Take back your last change: a move, an opt-out, an answer, a message that has not left",
        Scope.EVERYWHERE,
        "undo",
    ),
    Command("app.redo", "Z", "redo", "Redo", "Take your last undo back", Scope.EVERYWHERE),
    Command(
        "app.back",
        "q",
        "back",
        "Back",
        "Go back one screen: to the overview, then to the campaigns, then out",
        Scope.EVERYWHERE,
    ),
    Command(
        "app.lookup",
        "p",
        "lookup",
        "Phone lookup",
        "Find a number in all campaigns",
        Scope.EVERYWHERE,
        "phone",
        may_view_all,
    ),
    Command(
        "app.find",
        "P ctrl+f",
        "find",
        "Find a contact",
        "Find a contact by name or part of a number, in all campaigns and with all senders",
        Scope.EVERYWHERE,
        "find",
    ),
    Command("app.history", "H", "history", "History", "Show all changes, and undo one", Scope.EVERYWHERE, "history"),
    Command(
        "app.notices",
        "",
        "notices",
        "Notices",
        "Read again what the bottom line has said, with the time of each",
        Scope.EVERYWHERE,
    ),
    Command(
        "app.quit", "ctrl+q", "app.quit", "Quit", "Leave at once, from anywhere; a draft is kept", Scope.EVERYWHERE
    ),
    Command(
        "app.suspend", "ctrl+z", "app.suspend_process", "Suspend", "Go to the shell; fg comes back", Scope.EVERYWHERE
    ),
    Command(
        "app.redraw",
        "ctrl+l",
        "app.redraw",
        "Redraw",
        "Write the whole screen again, after another program wrote over it",
        Scope.EVERYWHERE,
    ),
)

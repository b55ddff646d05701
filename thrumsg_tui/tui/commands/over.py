"""The commands of the screens that open over another one."""

from __future__ import annotations

from thrumsg_tui.domain.people import Action
from thrumsg_tui.tui.commands.allowed import is_idle, role_allows
from thrumsg_tui.tui.commands.command import Command, Scope

_MANAGES_PEOPLE = role_allows(Action.MANAGE_PEOPLE)

OVER = (
    Command("import.go", "enter", "", "Import", "Import what was looked at", Scope.IMPORT, "import it"),
    Command(
        "import.file",
        "f",
        "file",
        "File",
        "Choose a file, what it is, and where it goes",
        Scope.IMPORT,
        "file",
        is_idle,
    ),
    Command("import.columns", "m", "columns", "Columns", "Say which column is what", Scope.IMPORT, "columns", is_idle),
    Command(
        "import.rejects",
        "w",
        "rejects",
        "Rejects",
        "Keep the rejected rows in a file",
        Scope.IMPORT,
        "keep rejects",
        is_idle,
    ),
    Command("opt_outs.look_up", "enter", "", "Look up", "All that is known of the number", Scope.OPT_OUTS, "look up"),
    Command(
        "opt_outs.add",
        "c",
        "add",
        "Opt out",
        "Opt a number out, or a pasted list",
        Scope.OPT_OUTS,
        "opt out",
        role_allows(Action.CHANGE_OPT_OUTS),
    ),
    Command(
        "opt_outs.opt_in",
        "o",
        "opt_in",
        "Opt in",
        "Opt the number in again, in all campaigns",
        Scope.OPT_OUTS,
        "opt in",
        role_allows(Action.OPT_IN),
    ),
    Command(
        "opt_outs.note",
        "n",
        "note",
        "Note",
        "Change the note on the opt-out",
        Scope.OPT_OUTS,
        "note",
        role_allows(Action.CHANGE_OPT_OUTS),
    ),
    Command("opt_outs.search", "slash", "search", "Search", "Find by name, note or number", Scope.OPT_OUTS, "search"),
    Command("over.escape", "escape", "escape", "Out", "Out of the search, then back", Scope.OVER),
    Command("users.edit", "enter", "", "Change", "Change the name, email and role of the user", Scope.USERS, "change"),
    Command(
        "users.add", "c", "add", "New user", "Add a user: login, name, role", Scope.USERS, "new user", _MANAGES_PEOPLE
    ),
    Command("users.search", "slash", "search", "Search", "Find a user by name, login or role", Scope.USERS, "search"),
)

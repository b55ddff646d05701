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
    Command("over.escape", "escape", "escape", "Out", "Out of the search, then back", Scope.OVER),
    Command("users.edit", "enter", "", "Change", "Change the name, email and role of the user", Scope.USERS, "change"),
    Command(
        "users.add", "c", "add", "New user", "Add a user: login, name, role", Scope.USERS, "new user", _MANAGES_PEOPLE
    ),
    Command("users.search", "slash", "search", "Search", "Find a user by name, login or role", Scope.USERS, "search"),
)

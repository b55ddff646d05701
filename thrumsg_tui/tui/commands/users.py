"""Keys of the users screen."""

from __future__ import annotations

from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.tui.commands.command import Command, Scope
from thrumsg_tui.tui.commands.why_not import role_allows

_MANAGES_PEOPLE = role_allows(Permission.MANAGE_PEOPLE)

COMMANDS = (
    Command(
        "users.edit", "enter", "change", "Change", "Change the name, email and role of the user", Scope.USERS, "change"
    ),
    Command(
        "users.add", "c", "add", "New user", "Add a user: login, name, role", Scope.USERS, "new user", _MANAGES_PEOPLE
    ),
    Command("users.search", "slash", "search", "Search", "Find a user by name, login or role", Scope.USERS, "search"),
)

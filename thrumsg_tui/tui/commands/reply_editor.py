"""Keys of the recommended replies screen."""

from __future__ import annotations

from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.tui.commands.command import Command, Scope
from thrumsg_tui.tui.commands.why_not import all_of, is_not_archived, role_allows

_EDITS = all_of(role_allows(Permission.EDIT_CONTENT), is_not_archived)

COMMANDS = (
    Command("reply_editor.change", "enter", "change", "Change", "Change the reply", Scope.REPLY_EDITOR, "change"),
    Command("reply_editor.add", "c", "add", "New reply", "Add a reply", Scope.REPLY_EDITOR, "new", _EDITS),
    Command(
        "reply_editor.down", "J", "move_reply(1)", "Down", "Move the reply down", Scope.REPLY_EDITOR, "down", _EDITS
    ),
    Command("reply_editor.up", "K", "move_reply(-1)", "Up", "Move the reply up", Scope.REPLY_EDITOR, "up", _EDITS),
    Command("reply_editor.remove", "x", "remove", "Remove", "Remove the reply", Scope.REPLY_EDITOR, "remove", _EDITS),
    Command("reply_editor.search", "slash", "search", "Search", "Find by title or words", Scope.REPLY_EDITOR, "search"),
)

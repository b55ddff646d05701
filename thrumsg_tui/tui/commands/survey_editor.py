"""Keys of the survey screen."""

from __future__ import annotations

from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.tui.commands.command import Command, Scope
from thrumsg_tui.tui.commands.why_not import all_of, is_not_archived, role_allows

_EDITS = all_of(role_allows(Permission.EDIT_CONTENT), is_not_archived)

COMMANDS = (
    Command("survey_editor.add", "c", "add", "New question", "Add a question", Scope.SURVEY_EDITOR, "new", _EDITS),
    Command(
        "survey_editor.change",
        "enter",
        "change",
        "Change",
        "Change the question's text and choices; its answers stay",
        Scope.SURVEY_EDITOR,
        "change",
        _EDITS,
    ),
    Command(
        "survey_editor.down",
        "J",
        "move_question(1)",
        "Down",
        "Move the question down",
        Scope.SURVEY_EDITOR,
        "down",
        _EDITS,
    ),
    Command(
        "survey_editor.up", "K", "move_question(-1)", "Up", "Move the question up", Scope.SURVEY_EDITOR, "up", _EDITS
    ),
    Command(
        "survey_editor.retire",
        "x",
        "retire",
        "Retire or restore",
        "Stop asking the question and keep its answers; or ask a retired one again",
        Scope.SURVEY_EDITOR,
        "retire",
        _EDITS,
    ),
    Command(
        "survey_editor.by_sender",
        "v",
        "by_sender",
        "By sender",
        "Show the answers of each sender's contacts, or all together",
        Scope.SURVEY_EDITOR,
        "by sender",
    ),
)

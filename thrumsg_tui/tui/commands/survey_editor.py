"""Keys of the screen with the survey questions and their results."""

from __future__ import annotations

from thrumsg_tui.domain.people import Permission
from thrumsg_tui.tui.commands.allowed import all_of, is_not_archived, role_allows
from thrumsg_tui.tui.commands.command import Command, Scope

_EDITS = all_of(role_allows(Permission.EDIT_CONTENT), is_not_archived)

COMMANDS = (
    Command(
        "survey_editor.add", "c", "add", "New question", "Ask one question more", Scope.SURVEY_EDITOR, "new", _EDITS
    ),
    Command(
        "survey_editor.change",
        "enter",
        "change",
        "Change",
        "Change the question's words and choices; its answers stay",
        Scope.SURVEY_EDITOR,
        "change",
        _EDITS,
    ),
    Command("survey_editor.down", "J", "move_question(1)", "Down", "Ask it later", Scope.SURVEY_EDITOR, "down", _EDITS),
    Command("survey_editor.up", "K", "move_question(-1)", "Up", "Ask it earlier", Scope.SURVEY_EDITOR, "up", _EDITS),
    Command(
        "survey_editor.retire",
        "x",
        "retire",
        "Retire or restore",
        "Ask it no more, its answers stay; or ask a retired one again",
        Scope.SURVEY_EDITOR,
        "retire",
        _EDITS,
    ),
    Command(
        "survey_editor.by_sender",
        "s",
        "by_sender",
        "By sender",
        "What each sender's contacts answered, or all together",
        Scope.SURVEY_EDITOR,
        "by sender",
    ),
)

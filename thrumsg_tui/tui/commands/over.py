"""The commands of the screens that open over another one."""

from __future__ import annotations

from thrumsg_tui.domain.people import Permission
from thrumsg_tui.tui.commands.allowed import all_of, is_idle, is_not_archived, role_allows
from thrumsg_tui.tui.commands.command import Command, Scope

_MANAGES_PEOPLE = role_allows(Permission.MANAGE_PEOPLE)

_EDITS = all_of(role_allows(Permission.EDIT_CONTENT), is_not_archived)

OVER = (
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
    Command("reply_editor.change", "enter", "", "Change", "Change the reply", Scope.REPLY_EDITOR, "change"),
    Command("reply_editor.add", "c", "add", "New reply", "Add a reply", Scope.REPLY_EDITOR, "new", _EDITS),
    Command("reply_editor.down", "J", "move_reply(1)", "Down", "Offer it later", Scope.REPLY_EDITOR, "down", _EDITS),
    Command("reply_editor.up", "K", "move_reply(-1)", "Up", "Offer it earlier", Scope.REPLY_EDITOR, "up", _EDITS),
    Command("reply_editor.remove", "x", "remove", "Remove", "Offer it no more", Scope.REPLY_EDITOR, "remove", _EDITS),
    Command("reply_editor.search", "slash", "search", "Search", "Find by title or words", Scope.REPLY_EDITOR, "search"),
    Command(
        "follow_ups.add",
        "c",
        "add",
        "New follow-up",
        "Write a follow-up, and see whom it reaches first",
        Scope.FOLLOW_UPS,
        "new follow-up",
        _EDITS,
    ),
    Command(
        "follow_ups.change",
        "enter",
        "change",
        "Change",
        "Change the title, text and end, before the first is sent",
        Scope.FOLLOW_UPS,
        "change",
        _EDITS,
    ),
    Command("follow_ups.end", "x", "end", "End", "Send it to nobody any more", Scope.FOLLOW_UPS, "end", _EDITS),
    Command("unmatched.look_up", "enter", "", "Look up", "All that is known of the number", Scope.UNMATCHED, "look up"),
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
        role_allows(Permission.CHANGE_OPT_OUTS),
    ),
    Command(
        "opt_outs.opt_in",
        "o",
        "opt_in",
        "Opt in",
        "Opt the number in again, in all campaigns",
        Scope.OPT_OUTS,
        "opt in",
        role_allows(Permission.OPT_IN),
    ),
    Command(
        "opt_outs.note",
        "n",
        "note",
        "Note",
        "Change the note on the opt-out",
        Scope.OPT_OUTS,
        "note",
        role_allows(Permission.CHANGE_OPT_OUTS),
    ),
    Command("opt_outs.search", "slash", "search", "Search", "Find by name, note or number", Scope.OPT_OUTS, "search"),
    Command("over.escape", "escape", "escape", "Out", "Out of the search, then back", Scope.OVER),
    Command("users.edit", "enter", "", "Change", "Change the name, email and role of the user", Scope.USERS, "change"),
    Command(
        "users.add", "c", "add", "New user", "Add a user: login, name, role", Scope.USERS, "new user", _MANAGES_PEOPLE
    ),
    Command("users.search", "slash", "search", "Search", "Find a user by name, login or role", Scope.USERS, "search"),
)

"""Keys of forms and of their fields."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command("form.save", "ctrl+o f2", "save", "Save", "Save what is entered, and leave", Scope.FORM),
    Command(
        "form.leave", "escape", "leave", "Leave", "Leave without saving; asks first if something was typed", Scope.FORM
    ),
    Command("form.page_down", "pagedown", "page(1)", "Page down", "Scroll the preview a page down", Scope.FORM),
    Command("form.page_up", "pageup", "page(-1)", "Page up", "Scroll the preview a page up", Scope.FORM),
    Command(
        "field.enter",
        "enter",
        "enter",
        "Enter",
        "Go to the next field; in the last one, save; where a file is to be named, list the files",
        Scope.FIELD,
    ),
    Command(
        "field.down", "down", "go(1)", "Down", "Go to the next line of a text, then to the next field", Scope.FIELD
    ),
    Command("field.up", "up", "go(-1)", "Up", "Go to the line before, then to the field before", Scope.FIELD),
    Command(
        "field.next",
        "tab",
        "next_field",
        "Next field",
        "Complete a path; if there is nothing to complete, go to the next field",
        Scope.FIELD,
    ),
    Command("field.previous", "shift+tab", "app.focus_previous", "Field before", "Go to the field before", Scope.FIELD),
    Command("text.new_line", "ctrl+n alt+enter", "new_line", "New line", "Begin a new line", Scope.TEXT_FIELD),
    Command("choice.next", "right space", "turn(1)", "Next option", "Choose the next option", Scope.CHOICE_FIELD),
    Command("choice.previous", "left", "turn(-1)", "Option before", "Choose the option before", Scope.CHOICE_FIELD),
)

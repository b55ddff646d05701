"""Keys of forms and of their fields."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command("form.save", "ctrl+o f2", "save", "Save", "Save what is entered, and leave", Scope.FORM),
    Command(
        "form.leave", "escape", "leave", "Leave", "Leave without saving; asks where something was typed", Scope.FORM
    ),
    Command("form.page_down", "pagedown", "page(1)", "Page down", "A page of the preview down", Scope.FORM),
    Command("form.page_up", "pageup", "page(-1)", "Page up", "A page of the preview up", Scope.FORM),
    Command("field.enter", "enter", "enter", "Enter", "The next field; in the last one save", Scope.FIELD),
    Command("field.down", "down", "go(1)", "Down", "The next field; first to the last line of a text", Scope.FIELD),
    Command("field.up", "up", "go(-1)", "Up", "The field before; first to the first line of a text", Scope.FIELD),
    Command(
        "field.next",
        "tab",
        "next_field",
        "Next field",
        "The next field; completes the path first where that can be completed",
        Scope.FIELD,
    ),
    Command("field.previous", "shift+tab", "app.focus_previous", "Field before", "The field before", Scope.FIELD),
    Command("text.new_line", "ctrl+n alt+enter", "new_line", "New line", "Begin a new line", Scope.TEXT_FIELD),
    Command("choice.next", "right space", "turn(1)", "Next option", "The next option", Scope.CHOICE_FIELD),
    Command("choice.previous", "left", "turn(-1)", "Option before", "The option before", Scope.CHOICE_FIELD),
)

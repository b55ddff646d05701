"""Keys of pickers, in which letters search, and of menus, in which letters are the keys of the commands."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command("picker.down", "down ctrl+n", "move(1)", "Down", "Go to the next row", Scope.PICKER, is_step=True),
    Command("picker.up", "up ctrl+p", "move(-1)", "Up", "Go to the row before", Scope.PICKER, is_step=True),
    Command("picker.page_down", "pagedown", "move(8)", "Page down", "Go eight rows down", Scope.PICKER, is_step=True),
    Command("picker.page_up", "pageup", "move(-8)", "Page up", "Go eight rows up", Scope.PICKER, is_step=True),
    Command(
        "picker.choose",
        "enter",
        "choose",
        "Choose",
        "Choose the row under the cursor, or the marked ones",
        Scope.PICKER,
    ),
    Command("picker.leave", "escape", "leave", "Leave", "Clear the search; then leave without choosing", Scope.PICKER),
    Command("picker.mark", "space", "mark", "Mark", "Mark the row or unmark it", Scope.MULTI_PICKER),
    Command("sender_picker.sort", "right", "sort", "Sort", "Go to the next order", Scope.SENDER_PICKER),
    Command("sender_picker.reverse", "left", "reverse", "Reverse", "Reverse the order", Scope.SENDER_PICKER),
    Command("menu.down", "j", "move(1)", "Down", "Go to the next row", Scope.MENU, is_step=True),
    Command("menu.up", "k", "move(-1)", "Up", "Go to the row before", Scope.MENU, is_step=True),
    Command("menu.leave", "q", "dismiss(())", "Leave", "Leave without choosing", Scope.MENU),
)

"""Keys of the bulk reassignment; letters search a name."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command(
        "bulk.apply",
        "enter",
        "go_on",
        "Choose or apply",
        "Choose the name that was searched; with nothing typed, apply what the preview shows",
        Scope.BULK,
    ),
    Command(
        "bulk.mark",
        "space",
        "mark",
        "Mark",
        "Mark the destination under the cursor, or take the mark off; the next value of a field",
        Scope.BULK,
    ),
    Command(
        "bulk.back",
        "escape",
        "step_back",
        "Back",
        "Clear the search, then take choices back one at a time, then leave",
        Scope.BULK,
    ),
    Command("bulk.down", "down ctrl+n", "move(1)", "Down", "The next row", Scope.BULK),
    Command("bulk.up", "up ctrl+p", "move(-1)", "Up", "The row before", Scope.BULK),
    Command("bulk.next_field", "tab", "next_field(1)", "Next field", "The next field", Scope.BULK),
    Command("bulk.previous_field", "shift+tab", "next_field(-1)", "Field before", "The field before", Scope.BULK),
    Command("bulk.next_value", "right", "turn(1)", "Next value", "The next value of the field", Scope.BULK),
    Command("bulk.previous_value", "left", "turn(-1)", "Value before", "The value before", Scope.BULK),
    Command("bulk.digit", "1 2 3 4 5 6 7 8 9 0", "digit({key})", "Count", "How many are moved", Scope.BULK),
    Command("bulk.erase", "backspace", "erase_digit", "Erase", "Erase the last digit of the count", Scope.BULK),
    Command("bulk.page_down", "pagedown", "page(1)", "Page down", "A page of the preview down", Scope.BULK),
    Command("bulk.page_up", "pageup", "page(-1)", "Page up", "A page of the preview up", Scope.BULK),
)

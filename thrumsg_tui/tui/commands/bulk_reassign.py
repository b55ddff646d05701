"""Keys of the bulk reassignment. Letters search a name."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command(
        "bulk.apply",
        "enter",
        "go_on",
        "Choose or apply",
        "Choose the name that was found; with nothing typed, apply what the preview shows",
        Scope.BULK,
    ),
    Command(
        "bulk.mark",
        "space",
        "mark",
        "Mark",
        "Mark the destination under the cursor, or unmark it; on a field, go to its next value",
        Scope.BULK,
    ),
    Command(
        "bulk.back",
        "escape",
        "step_back",
        "Back",
        "Clear the search; then take choices back, one at a time; then leave",
        Scope.BULK,
    ),
    Command("bulk.down", "down ctrl+n", "move(1)", "Down", "Go to the next row", Scope.BULK),
    Command("bulk.up", "up ctrl+p", "move(-1)", "Up", "Go to the row before", Scope.BULK),
    Command("bulk.next_field", "tab", "next_field(1)", "Next field", "Go to the next field", Scope.BULK),
    Command("bulk.previous_field", "shift+tab", "next_field(-1)", "Field before", "Go to the field before", Scope.BULK),
    Command("bulk.next_value", "right", "turn(1)", "Next value", "Choose the next value of the field", Scope.BULK),
    Command("bulk.previous_value", "left", "turn(-1)", "Value before", "Choose the value before", Scope.BULK),
    Command("bulk.digit", "1 2 3 4 5 6 7 8 9 0", "digit({key})", "Count", "Type how many are moved", Scope.BULK),
    Command("bulk.erase", "backspace", "erase_digit", "Erase", "Erase the last digit of the count", Scope.BULK),
    Command("bulk.page_down", "pagedown", "page(1)", "Page down", "Scroll the preview a page down", Scope.BULK),
    Command("bulk.page_up", "pageup", "page(-1)", "Page up", "Scroll the preview a page up", Scope.BULK),
)

"""Keys of every list, and of the search above it."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command("list.down", "j down", "move(1)", "Down", "The next row", Scope.LIST),
    Command("list.up", "k up", "move(-1)", "Up", "The row before", Scope.LIST),
    Command("list.first", "g home", "first", "First", "The first row", Scope.LIST),
    Command("list.last", "G end", "last", "Last", "The last row", Scope.LIST),
    Command("list.half_down", "ctrl+d", "move_page(0.5)", "Half a page down", "Half a page down", Scope.LIST),
    Command("list.half_up", "ctrl+u", "move_page(-0.5)", "Half a page up", "Half a page up", Scope.LIST),
    Command("list.page_down", "pagedown", "move_page(1)", "Page down", "A page down", Scope.LIST),
    Command("list.page_up", "pageup", "move_page(-1)", "Page up", "A page up", Scope.LIST),
    Command("list.choose", "enter", "choose", "Open", "Open what is under the cursor", Scope.LIST, "open"),
    Command("search.done", "enter", "submit", "Search", "To the list, which shows what was found", Scope.SEARCH),
)

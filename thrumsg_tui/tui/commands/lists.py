"""Keys of all lists, and of the search above them."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command("list.down", "j down", "move(1)", "Down", "Go to the next row", Scope.LIST, is_step=True),
    Command("list.up", "k up", "move(-1)", "Up", "Go to the row before", Scope.LIST, is_step=True),
    Command("list.first", "g home", "first", "First", "Go to the first row", Scope.LIST, is_step=True),
    Command("list.last", "G end", "last", "Last", "Go to the last row", Scope.LIST, is_step=True),
    Command(
        "list.half_down",
        "ctrl+d",
        "move_page(0.5)",
        "Half a page down",
        "Half a page down",
        Scope.LIST,
        is_step=True,
    ),
    Command("list.half_up", "ctrl+u", "move_page(-0.5)", "Half a page up", "Half a page up", Scope.LIST, is_step=True),
    Command("list.page_down", "pagedown", "move_page(1)", "Page down", "Go a page down", Scope.LIST, is_step=True),
    Command("list.page_up", "pageup", "move_page(-1)", "Page up", "Go a page up", Scope.LIST, is_step=True),
    Command("list.choose", "enter", "choose", "Open", "Open the row under the cursor", Scope.LIST, "open"),
    Command("search.done", "enter", "submit", "Search", "Go to the list of matches", Scope.SEARCH, "to the list"),
    Command(
        "search.find",
        "ctrl+f",
        "find",
        "Find everywhere",
        "Find what is typed in all campaigns and with all senders",
        Scope.SEARCH,
        "find everywhere",
    ),
)

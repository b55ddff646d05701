"""The commands of lists, of every screen, and of the screens around the messenger."""

from __future__ import annotations

from thrumsg_tui.tui.commands.allowed import may_reassign_in_bulk, may_view_all
from thrumsg_tui.tui.commands.command import Command, Scope

LISTS = (
    Command("list.down", "j down", "move(1)", "Down", "The next row", Scope.LIST),
    Command("list.up", "k up", "move(-1)", "Up", "The row before", Scope.LIST),
    Command("list.first", "g home", "first", "First", "The first row", Scope.LIST),
    Command("list.last", "G end", "last", "Last", "The last row", Scope.LIST),
    Command("list.half_down", "ctrl+d", "move_page(0.5)", "Half a page down", "Half a page down", Scope.LIST),
    Command("list.half_up", "ctrl+u", "move_page(-0.5)", "Half a page up", "Half a page up", Scope.LIST),
    Command("list.page_down", "pagedown", "move_page(1)", "Page down", "A page down", Scope.LIST),
    Command("list.page_up", "pageup", "move_page(-1)", "Page up", "A page up", Scope.LIST),
    Command("list.choose", "enter", "choose", "Open", "Open what is under the cursor", Scope.LIST, "open"),
)

AROUND = (
    Command("app.help", "question_mark f1", "help", "Help", "All keys of this screen", Scope.EVERYWHERE, "help"),
    Command(
        "app.palette", "colon ctrl+p", "app.command_palette", "Commands", "Find a command by name", Scope.EVERYWHERE
    ),
    Command(
        "app.undo",
        "z",
        "undo",
        "Undo",
        "Take back my last change: a move, an opt-out, an answer, a message that has not left",
        Scope.EVERYWHERE,
    ),
    Command("app.redo", "Z", "redo", "Redo", "Take my last undo back", Scope.EVERYWHERE),
    Command("app.back", "q", "back", "Back", "Back to the screen before; from the first one, quit", Scope.EVERYWHERE),
    Command(
        "app.lookup", "p", "lookup", "Phone lookup", "Who a number is, everywhere", Scope.EVERYWHERE, "", may_view_all
    ),
    Command("app.history", "H", "history", "History", "Everything that was done, and undo", Scope.EVERYWHERE),
    Command(
        "app.quit", "ctrl+q", "app.quit", "Quit", "Leave at once, from anywhere; a draft is kept", Scope.EVERYWHERE
    ),
    Command(
        "app.suspend", "ctrl+z", "app.suspend_process", "Suspend", "To the shell; `fg` comes back", Scope.EVERYWHERE
    ),
    Command(
        "history.undo",
        "enter",
        "",
        "Take back",
        "Take the change under the cursor back, after saying what that will do",
        Scope.HISTORY,
        "take back",
    ),
    Command("history.search", "slash", "search", "Search", "What somebody did", Scope.HISTORY, "person"),
    Command(
        "history.campaign", "c", "all_campaigns", "Campaigns", "This campaign or all", Scope.HISTORY, "campaign or all"
    ),
    Command(
        "history.conversation",
        "v",
        "this_conversation",
        "This conversation",
        "Only the conversation that was open, or all",
        Scope.HISTORY,
        "conversation or all",
    ),
    Command(
        "history.traffic",
        "t",
        "traffic",
        "Messages",
        "With or without what was sent and received",
        Scope.HISTORY,
        "messages",
    ),
    Command("senders.escape", "escape", "escape", "Out", "Out of the search", Scope.OVERVIEW),
    Command("senders.search", "slash", "search", "Search", "Find a sender by name", Scope.OVERVIEW, "search"),
    Command("senders.sort", "s", "sort", "Sort", "Next order: sender, progress, needs reply", Scope.OVERVIEW, "sort"),
    Command("senders.reverse", "S", "reverse", "Reverse", "Turn the order round", Scope.OVERVIEW, "reverse"),
    Command("senders.mark", "space", "mark", "Mark", "Mark this sender, or take the mark off", Scope.OVERVIEW, "mark"),
    Command(
        "senders.reassign",
        "r",
        "reassign",
        "Reassign the row's",
        "Move the conversations of the sender under the cursor",
        Scope.OVERVIEW,
        "reassign",
        may_reassign_in_bulk,
    ),
    Command(
        "senders.reassign_bulk",
        "R",
        "reassign_bulk",
        "Bulk reassign",
        "Move the conversations of the marked senders, else of everyone",
        Scope.OVERVIEW,
        "bulk reassign",
        may_reassign_in_bulk,
    ),
)

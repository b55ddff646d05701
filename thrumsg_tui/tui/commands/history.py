"""Keys of the history."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command(
        "history.undo",
        "enter",
        "take_back",
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
)

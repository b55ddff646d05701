"""Keys of the history."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command(
        "history.undo",
        "enter",
        "take_back",
        "Take back",
        "Take back the change under the cursor; says first what that will do",
        Scope.HISTORY,
        "take back",
    ),
    Command(
        "history.search", "slash", "search", "Search", "Show only the changes of one person", Scope.HISTORY, "person"
    ),
    Command(
        "history.campaign",
        "C",
        "all_campaigns",
        "Campaigns",
        "Show the changes of this campaign or of all",
        Scope.HISTORY,
        "campaign or all",
    ),
    Command(
        "history.conversation",
        "h",
        "this_conversation",
        "This conversation",
        "Show the changes of the conversation that was open, or of all",
        Scope.HISTORY,
        "conversation or all",
    ),
    Command(
        "history.traffic",
        "t",
        "traffic",
        "Messages",
        "Show or hide what was sent and received",
        Scope.HISTORY,
        "messages",
    ),
)

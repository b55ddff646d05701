"""Keys of the panes beside a conversation: survey, replies, info."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command("pane.leave", "escape", "leave", "Back to the list", "Back to the list", Scope.SIDEBAR, "list"),
    Command(
        "survey.answer",
        "1 2 3 4 5 6 7 8 9",
        "answer",
        "Answer",
        "Record this choice and go to the next question",
        Scope.SURVEY,
        "to 9 answers",
    ),
    Command(
        "survey.clear",
        "0 backspace delete",
        "clear",
        "Clear",
        "Clear the answer of this question",
        Scope.SURVEY,
        "clears",
    ),
    Command(
        "replies.pick",
        "1 2 3 4 5 6 7 8 9",
        "pick",
        "Pick",
        "Put this reply into the message box",
        Scope.REPLIES,
        "to 9 picks, or type to search",
    ),
)

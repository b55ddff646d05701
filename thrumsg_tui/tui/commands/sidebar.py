"""Keys of the panes beside a conversation, survey, replies and info, and of those that only scroll."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command("pane.leave", "escape", "leave", "Back to the list", "Back to the list", Scope.SIDEBAR, "list"),
    Command(
        "survey.answer",
        "1 2 3 4 5 6 7 8 9",
        "answer({key})",
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
    Command("survey.down", "j down", "move(1)", "Down", "The next question", Scope.SURVEY),
    Command("survey.up", "k up", "move(-1)", "Up", "The question before", Scope.SURVEY),
    Command("survey.page_down", "pagedown", "page_down", "Page down", "Page down", Scope.SURVEY),
    Command("survey.page_up", "pageup", "page_up", "Page up", "Page up", Scope.SURVEY),
    Command("survey.first", "home", "scroll_home", "First", "First line", Scope.SURVEY),
    Command("survey.last", "end", "scroll_end", "Last", "Last line", Scope.SURVEY),
    Command(
        "replies.pick",
        "1 2 3 4 5 6 7 8 9",
        "pick({key})",
        "Pick",
        "Put this reply into the message box",
        Scope.REPLIES,
        "to 9 picks, or type to search",
    ),
    Command("replies.choose", "enter", "choose", "Choose", "Put the reply under the cursor into it", Scope.REPLIES),
    Command("replies.down", "down", "move(1)", "Down", "The next reply", Scope.REPLIES),
    Command("replies.up", "up", "move(-1)", "Up", "The reply before", Scope.REPLIES),
    Command("scroll.down", "down", "scroll_down", "Down", "Down by a line", Scope.SCROLLED),
    Command("scroll.up", "up", "scroll_up", "Up", "Up by a line", Scope.SCROLLED),
    Command("scroll.page_down", "pagedown", "page_down", "Page down", "Page down", Scope.SCROLLED),
    Command("scroll.page_up", "pageup", "page_up", "Page up", "Page up", Scope.SCROLLED),
    Command("scroll.first", "home", "scroll_home", "First", "First line", Scope.SCROLLED),
    Command("scroll.last", "end", "scroll_end", "Last", "Last line", Scope.SCROLLED),
)

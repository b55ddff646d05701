"""Keys of the sidebar's panes (survey, replies, info), and of panes that only scroll."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command("pane.leave", "escape", "leave", "Leave", "Go back to the message box or the list", Scope.SIDEBAR, "back"),
    Command(
        "survey.answer",
        "1 2 3 4 5 6 7 8 9",
        "answer({key})",
        "Answer",
        "Record the choice with this number, and go to the next question without an answer; after the last one, back",
        Scope.SURVEY,
        "to {last} answers",
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
    Command("survey.down", "j down", "move(1)", "Down", "Go to the next question", Scope.SURVEY, is_step=True),
    Command("survey.up", "k up", "move(-1)", "Up", "Go to the question before", Scope.SURVEY, is_step=True),
    Command("survey.page_down", "pagedown", "page_down", "Page down", "Scroll a page down", Scope.SURVEY),
    Command("survey.page_up", "pageup", "page_up", "Page up", "Scroll a page up", Scope.SURVEY),
    Command("survey.first", "home", "scroll_home", "First", "Go to the first line", Scope.SURVEY),
    Command("survey.last", "end", "scroll_end", "Last", "Go to the last line", Scope.SURVEY),
    Command(
        "replies.pick",
        "1 2 3 4 5 6 7 8 9",
        "pick({key})",
        "Pick",
        "Put the reply with this number into the message box",
        Scope.REPLIES,
        "to {last} picks, or type to search",
    ),
    Command(
        "replies.choose", "enter", "choose", "Choose", "Put the reply under the cursor there", Scope.REPLIES, "chooses"
    ),
    Command("replies.down", "down", "move(1)", "Down", "Go to the next reply", Scope.REPLIES, is_step=True),
    Command("replies.up", "up", "move(-1)", "Up", "Go to the reply before", Scope.REPLIES, is_step=True),
    Command("scroll.down", "down", "scroll_down", "Down", "Scroll a line down", Scope.SCROLLED),
    Command("scroll.up", "up", "scroll_up", "Up", "Scroll a line up", Scope.SCROLLED),
    Command("scroll.page_down", "pagedown", "page_down", "Page down", "Scroll a page down", Scope.SCROLLED),
    Command("scroll.page_up", "pageup", "page_up", "Page up", "Scroll a page up", Scope.SCROLLED),
    Command("scroll.first", "home", "scroll_home", "First", "Go to the first line", Scope.SCROLLED),
    Command("scroll.last", "end", "scroll_end", "Last", "Go to the last line", Scope.SCROLLED),
)

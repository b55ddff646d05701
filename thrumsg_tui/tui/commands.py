"""Every action that a user can take, once: keys, footer, palette, help and the documentation come from here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding, BindingType

from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import Conversation
from thrumsg_tui.domain.people import Action, Identity
from thrumsg_tui.domain.words import CampaignState, Tab


class Scope(StrEnum):
    """Where a command works; the value is its heading in the help."""

    LIST = "In every list"
    EVERYWHERE = "Everywhere"
    CAMPAIGNS = "Campaigns"
    OVERVIEW = "Overview"
    HISTORY = "History"
    MESSENGER = "Messenger"
    MESSAGE_BOX = "In the message box"
    SIDEBAR = "In the sidebar"
    SURVEY = "In the survey"
    REPLIES = "In the recommended replies"


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether a command is allowed."""

    who: Identity
    campaign: Campaign | None = None
    conversation: Conversation | None = None
    tab: Tab | None = None
    marked: int = 0
    own_only: bool = False


WhyNot = Callable[[Facts], str | None]
"""The reason why a command is not allowed now, None if it is."""


def _always(_: Facts) -> str | None:
    return None


def _needs_conversation(facts: Facts) -> str | None:
    return None if facts.conversation else "No conversation is open."


def _may_view_all(facts: Facts) -> str | None:
    return "You have your own assignment only." if facts.own_only else None


def _may_reassign_in_bulk(facts: Facts) -> str | None:
    if not facts.who.may(Action.REASSIGN):
        return "Reassigning needs a moderator."
    if facts.campaign and facts.campaign.state is CampaignState.ARCHIVED:
        return "The campaign is archived: nothing in it can be reassigned."
    return None


def _may_reassign(facts: Facts) -> str | None:
    return _may_reassign_in_bulk(facts) or (None if facts.marked else _needs_conversation(facts))


def _may_opt(facts: Facts) -> str | None:
    if facts.conversation and facts.conversation.opted_out and not facts.who.may(Action.OPT_IN):
        return "Opting a number in needs a moderator."
    return _needs_conversation(facts)


def _may_send_all(facts: Facts) -> str | None:
    if facts.tab not in {Tab.INITIAL, Tab.FOLLOW_UPS}:
        return "Send All is for initial messages and follow-ups only."
    if facts.campaign and not facts.campaign.quicksend:
        return "Send All needs QuickSend, and this campaign has it off."
    return None


@dataclass(frozen=True, slots=True)
class Command:
    """One user action.

    `keys` are parted by spaces; `action` is the Textual action that does it; `footer` its short name
    in the bottom line.
    """

    id: str
    keys: str
    action: str
    title: str
    help: str
    scope: Scope
    footer: str = ""
    why_not: WhyNot = _always

    @property
    def shown_keys(self) -> str:
        """The keys as a person reads them."""
        return " ".join(shown_key(key) for key in self.keys.split())


_SHOWN = {
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "enter": "Enter",
    "escape": "Esc",
    "space": "space",
    "down": "↓",
    "up": "↑",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "tab": "Tab",
    "shift+tab": "shift+Tab",
    "alt+enter": "Alt+Enter",
    "f1": "F1",
    "backspace": "Backspace",
    "delete": "Del",
}


def shown_key(key: str) -> str:
    """A key's name as a person reads it."""
    return _SHOWN.get(key, key)


_LISTS = [
    Command("list.down", "j down", "move(1)", "Down", "The next row", Scope.LIST),
    Command("list.up", "k up", "move(-1)", "Up", "The row before", Scope.LIST),
    Command("list.first", "g home", "first", "First", "The first row", Scope.LIST),
    Command("list.last", "G end", "last", "Last", "The last row", Scope.LIST),
    Command("list.half_down", "ctrl+d", "move_page(0.5)", "Half a page down", "Half a page down", Scope.LIST),
    Command("list.half_up", "ctrl+u", "move_page(-0.5)", "Half a page up", "Half a page up", Scope.LIST),
    Command("list.page_down", "pagedown", "move_page(1)", "Page down", "A page down", Scope.LIST),
    Command("list.page_up", "pageup", "move_page(-1)", "Page up", "A page up", Scope.LIST),
    Command("list.choose", "enter", "choose", "Open", "Open what is under the cursor", Scope.LIST, "open"),
]
COMMANDS: tuple[Command, ...] = (
    *_LISTS,
    Command("app.help", "question_mark f1", "help", "Help", "All keys of this screen", Scope.EVERYWHERE, "help"),
    Command(
        "app.palette", "colon ctrl+p", "app.command_palette", "Commands", "Find a command by name", Scope.EVERYWHERE
    ),
    Command(
        "app.undo", "z", "undo", "Undo", "Take back my last change: a move, an opt-out, an answer", Scope.EVERYWHERE
    ),
    Command("app.back", "q", "back", "Back", "Back to the screen before; from the first one, quit", Scope.EVERYWHERE),
    Command(
        "app.lookup", "p", "lookup", "Phone lookup", "Who a number is, everywhere", Scope.EVERYWHERE, "", _may_view_all
    ),
    Command("app.history", "H", "history", "History", "Everything that was done, and undo", Scope.EVERYWHERE),
    Command(
        "app.quit", "ctrl+q", "app.quit", "Quit", "Leave at once, from anywhere; a draft is kept", Scope.EVERYWHERE
    ),
    Command(
        "app.suspend", "ctrl+z", "app.suspend_process", "Suspend", "To the shell; `fg` comes back", Scope.EVERYWHERE
    ),
    Command("history.escape", "escape", "escape", "Out", "Out of the search, then back", Scope.HISTORY),
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
        "history.campaign", "c", "all_campaigns", "Campaigns", "This campaign or all", Scope.HISTORY, "all campaigns"
    ),
    Command(
        "history.conversation",
        "v",
        "this_conversation",
        "This conversation",
        "Only the conversation that was open, or all",
        Scope.HISTORY,
        "this conversation",
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
        _may_reassign_in_bulk,
    ),
    Command(
        "senders.reassign_bulk",
        "R",
        "reassign_bulk",
        "Bulk reassign",
        "Move the conversations of the marked senders, else of everyone",
        Scope.OVERVIEW,
        "bulk reassign",
        _may_reassign_in_bulk,
    ),
    Command("messenger.open", "enter", "write", "Write", "Open, with the cursor in the message box", Scope.MESSENGER),
    Command(
        "messenger.escape",
        "escape",
        "escape",
        "Out",
        "Out of the search, then out of the marks, then back",
        Scope.MESSENGER,
    ),
    Command(
        "messenger.mark",
        "space",
        "mark",
        "Mark",
        "Mark this one, or take the mark off, and go down",
        Scope.MESSENGER,
        "mark",
    ),
    Command("messenger.mark_range", "V", "mark_range", "Mark a range", "From here to the next V", Scope.MESSENGER),
    Command("messenger.mark_all", "A", "mark_all", "Mark all", "Mark all that match tab and search", Scope.MESSENGER),
    Command(
        "messenger.reassign",
        "r",
        "reassign",
        "Reassign",
        "Give the marked conversations, else this one, to somebody else",
        Scope.MESSENGER,
        "reassign",
        _may_reassign,
    ),
    Command(
        "messenger.reassign_sender",
        "R",
        "reassign_sender",
        "Reassign the sender's",
        "Move this sender's conversations: all to Unassigned, some, or all",
        Scope.MESSENGER,
        "",
        _may_reassign_in_bulk,
    ),
    Command(
        "messenger.opt_out",
        "o",
        "opt_out",
        "Opt out or in",
        "Opt the number out, or in again, in all campaigns",
        Scope.MESSENGER,
        "opt out",
        _may_opt,
    ),
    Command(
        "messenger.survey",
        "e",
        "survey",
        "Survey",
        "Record answers",
        Scope.MESSENGER,
        "survey",
        _needs_conversation,
    ),
    Command(
        "messenger.replies",
        "a",
        "replies",
        "Replies",
        "Choose a recommended reply",
        Scope.MESSENGER,
        "replies",
        _needs_conversation,
    ),
    Command("messenger.info", "i", "info", "Info", "About this campaign", Scope.MESSENGER),
    Command(
        "messenger.next_waiting",
        "u",
        "next_waiting",
        "Next waiting",
        "The next contact that waits for a reply: this sender's first, then others'",
        Scope.MESSENGER,
        "next waiting",
    ),
    Command("messenger.tab_1", "1", "digit(1)", "Tab 1", "Initial Messages", Scope.MESSENGER),
    Command("messenger.tab_2", "2", "digit(2)", "Tab 2", "Responses", Scope.MESSENGER),
    Command("messenger.tab_3", "3", "digit(3)", "Tab 3", "Follow-ups", Scope.MESSENGER),
    Command("messenger.tab_4", "4", "digit(4)", "Tab 4", "Opt Outs", Scope.MESSENGER),
    Command("messenger.tab_5", "5", "digit(5)", "Tab 5", "Sent, where it is shown", Scope.MESSENGER),
    Command(
        "messenger.count",
        "0 6 7 8 9",
        "",
        "Count",
        "A number before r takes that many from the cursor down: `10r`, `08r`, `012r`",
        Scope.MESSENGER,
    ),
    Command(
        "messenger.tab_before", "left_square_bracket", "tab_step(-1)", "Tab before", "The tab before", Scope.MESSENGER
    ),
    Command("messenger.tab_after", "right_square_bracket", "tab_step(1)", "Next tab", "The next tab", Scope.MESSENGER),
    Command(
        "messenger.search",
        "slash",
        "search",
        "Search",
        "Find a contact by name or number in this tab",
        Scope.MESSENGER,
        "search",
    ),
    Command("messenger.sort", "s", "sort", "Sort", "Next order: needs reply, recent, A to Z", Scope.MESSENGER, "sort"),
    Command(
        "messenger.next_sender",
        "n",
        "next_sender(1)",
        "Next sender",
        "The next sender's assignment, Unassigned included",
        Scope.MESSENGER,
        "",
        _may_view_all,
    ),
    Command(
        "messenger.previous_sender",
        "N",
        "next_sender(-1)",
        "Previous sender",
        "The sender before",
        Scope.MESSENGER,
        "",
        _may_view_all,
    ),
    Command(
        "messenger.viewing_as",
        "v",
        "viewing_as",
        "Viewing as",
        "Choose whose assignment to look at",
        Scope.MESSENGER,
        "viewing as",
        _may_view_all,
    ),
    Command(
        "messenger.send_all",
        "S",
        "send_all",
        "Send All",
        "Send every initial or follow-up of this assignment, where the campaign has QuickSend; again to stop",
        Scope.MESSENGER,
        "",
        _may_send_all,
    ),
    Command(
        "messenger.copy_phone",
        "y",
        "copy_phone",
        "Copy number",
        "Copy the phone number to the terminal's clipboard",
        Scope.MESSENGER,
        "",
        _needs_conversation,
    ),
    Command(
        "messenger.sent_tab",
        "t",
        "sent_tab",
        "Sent tab",
        "Show or hide the tab of those texted without an answer",
        Scope.MESSENGER,
    ),
    Command(
        "messenger.after_reply",
        "",
        "after_reply",
        "After a reply: next or stay",
        "Whether the cursor goes to the next waiting contact after a reply, or stays",
        Scope.MESSENGER,
    ),
    Command("box.send", "enter", "send", "Send", "Send what is in the box", Scope.MESSAGE_BOX, "send"),
    Command("box.new_line", "alt+enter ctrl+n", "new_line", "New line", "A new line", Scope.MESSAGE_BOX, "new line"),
    Command(
        "box.plain",
        "ctrl+t",
        "plain",
        "Plain characters",
        "Replace curly quotes, dashes and the like that make a message longer",
        Scope.MESSAGE_BOX,
        "plain characters",
    ),
    Command(
        "box.leave",
        "escape",
        "leave",
        "Back to the list",
        "Back to the list; the draft is kept",
        Scope.MESSAGE_BOX,
        "list, draft kept",
    ),
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
"""All commands; an id, once published, keeps its meaning, since people remap keys by it."""


def commands_of(*scopes: Scope) -> list[Command]:
    """The commands of some scopes, in order."""
    return [command for command in COMMANDS if command.scope in scopes]


def command(id: str) -> Command:
    """A command by its id."""
    return next(each for each in COMMANDS if each.id == id)


def bindings(commands: Iterable[Command], *, checked: bool = True) -> list[BindingType]:
    """Key bindings of commands; checked ones go through `run_command`, which may say why not."""
    return [
        Binding(
            each.keys.replace(" ", ","),
            f"run_command('{each.id}')" if checked else each.action,
            each.title,
            id=each.id,
            show=bool(each.footer),
            key_display=each.shown_keys,
        )
        for each in commands
        if each.keys and each.action
    ]

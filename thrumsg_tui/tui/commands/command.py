"""What a command is, and what decides whether it is allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from thrumsg_tui.domain.campaigns import Assignment, Campaign
from thrumsg_tui.domain.conversations import Conversation
from thrumsg_tui.domain.enums import Tab
from thrumsg_tui.domain.people import Identity, Permission, Role


class Scope(StrEnum):
    """Where a command works; the value is its heading in the help."""

    LIST = "Lists"
    SEARCH = "Search fields"
    EVERYWHERE = "All screens"
    OVERVIEW = "Overview"
    CAMPAIGNS = "Campaigns"
    MANAGE = "Campaign management"
    STAFF = "Senders of a campaign"
    ORGANIZATION = "Organization"
    MESSENGER = "Messenger"
    MESSAGE_BOX = "Message box"
    SIDEBAR = "Sidebar"
    SURVEY = "Survey pane"
    REPLIES = "Replies pane"
    SCROLLED = "Scrolled panes"
    OVERLAY = "Overlay screens"
    HISTORY = "History"
    SURVEY_EDITOR = "Survey questions and results"
    REPLY_EDITOR = "Recommended replies"
    FOLLOW_UPS = "Follow-ups"
    IMPORT = "Import"
    OPT_OUTS = "Opt-outs"
    USERS = "Users"
    UNMATCHED = "Unmatched messages"
    DIALOG = "Dialogs"
    FORM = "Forms"
    FIELD = "Fields of a form"
    TEXT_FIELD = "Text fields of several lines"
    CHOICE_FIELD = "Choice fields"
    QUESTION = "Questions"
    ANSWER = "Answers"
    PICKER = "Pickers"
    MULTI_PICKER = "Pickers of several"
    SENDER_PICKER = "Pickers of a sender"
    MENU = "Menus"
    BULK = "Bulk reassignment"
    LOOKUP = "Phone lookup"
    HELP = "Help"


DIALOGS = frozenset(
    {
        Scope.DIALOG,
        Scope.FORM,
        Scope.FIELD,
        Scope.TEXT_FIELD,
        Scope.CHOICE_FIELD,
        Scope.QUESTION,
        Scope.ANSWER,
        Scope.PICKER,
        Scope.MULTI_PICKER,
        Scope.SENDER_PICKER,
        Scope.MENU,
        Scope.BULK,
        Scope.LOOKUP,
        Scope.HELP,
    }
)
"""The scopes of dialogs, in which no key of a screen works."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether a command is allowed."""

    who: Identity
    campaign: Campaign | None = None
    conversation: Conversation | None = None
    tab: Tab | None = None
    marked: int = 0
    own_only: bool = False
    sender: Assignment | None = None
    names_files: bool = True
    """Whether the person may name files: not under a forced command (`docs/rules.md 8.2`)."""
    busy: bool = False
    """Whether something long is under way, which Esc stops."""


WhyNot = Callable[[Facts], str | None]
"""The reason why a command is not allowed now, None if it is."""


def always(_: Facts) -> str | None:
    """Allow it."""
    return None


@dataclass(frozen=True, slots=True)
class Command:
    """One user action.

    Attributes:
        id: The name by which its keys are remapped.
        keys: Textual's names of its keys, parted by spaces.
        action: The Textual action that does it. Where it has `{key}` in it, that stands for the key that was pressed.
        title: What it is called.
        help: What it does, without a full stop.
        scope: Where it works.
        footer: Its short name in the bottom line; empty where it is not shown there.
        why_not: Why it is not allowed now.
    """

    id: str
    keys: str
    action: str
    title: str
    help: str
    scope: Scope
    footer: str = ""
    why_not: WhyNot = always

    @property
    def takes_key(self) -> bool:
        """Whether it does something else for each of its keys."""
        return "{key}" in self.action

    @property
    def explained(self) -> str:
        """What it is called and does, as one sentence."""
        return self.help if self.help.startswith(self.title) else f"{self.title}: {self.help}"

    def beyond(self, who: Identity) -> bool:
        """Whether the role keeps somebody from it, whatever else stands in the way."""
        owner = replace(who.user, role=Role.OWNER)
        refused = self.why_not(Facts(who, own_only=not who.may(Permission.VIEW_ALL)))
        return refused is not None and refused != self.why_not(Facts(Identity(owner, owner)))

    @property
    def shown_keys(self) -> str:
        """The keys as a person reads them."""
        return " ".join(shown_key(key) for key in self.keys.split())


_SHOWN = {
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "comma": ",",
    "plus": "+",
    "minus": "-",
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
    "f2": "F2",
    "left": "←",
    "right": "→",
    "backspace": "Backspace",
    "delete": "Del",
}


def shown_key(key: str) -> str:
    """A key's name as a person reads it."""
    return _SHOWN.get(key, key)

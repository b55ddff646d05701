"""A command, and the facts that decide whether it is allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission, Role
from thrumsg_tui.domain.users import Identity

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import Assignment, Campaign
    from thrumsg_tui.domain.conversations import Conversation
    from thrumsg_tui.domain.enums import Tab


class Scope(StrEnum):
    """The screen, pane or dialog in which a command works; the value is its heading in the help."""

    LIST = "Lists"
    SEARCH = "Search fields"
    EVERYWHERE = "All screens"
    OVERVIEW = "Overview"
    CAMPAIGNS = "Campaigns"
    MANAGE = "Campaign management"
    STAFF = "Senders of a campaign"
    ORGANIZATION = "Organization"
    CARRIER = "Carrier"
    MESSENGER = "Messenger"
    TRIAGE = "Triage"
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
    DOUBTS = "Messages in doubt"
    FAILURES = "Failed messages"
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
    TOUR = "Tours of the practice campaign"


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
"""The scopes of dialogs; in a dialog, the keys of screens do not work."""


IN_TEXTS = frozenset({Scope.TRIAGE})
"""The scopes whose keys are chords, which type nothing: they work in a text, too."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts that decide whether a command is allowed."""

    who: Identity
    campaign: Campaign | None = None
    conversation: Conversation | None = None
    tab: Tab | None = None
    marked: int = 0
    own_only: bool = False
    sender: Assignment | None = None
    busy: bool = False
    """Whether long work is under way, which Esc stops."""
    in_tour: bool = False
    """Whether a tour of the practice campaign is under way."""


WhyNot = Callable[[Facts], str | None]
"""A condition: returns the reason why a command is not allowed now, None if it is."""


def always(_: Facts) -> str | None:
    """Allow the command."""
    return None


@dataclass(frozen=True, slots=True)
class Command:
    """One action of the user.

    Attributes:
        id: The name by which its keys are remapped.
        default_keys: Textual's names of its keys without a remap, separated by spaces.
        action: The Textual action that runs it; `{key}` stands for the pressed key, without Alt. Empty if its dialog
            provides it.
        title: Its name.
        help: What it does, as an imperative without a full stop.
        scope: Where it works.
        footer: Its short name in the bottom line; empty if it is not shown there. `{last}` stands for its last key.
        why_not: The condition that returns why it is not allowed now.
        is_step: Whether it only moves a cursor. Of such keys that wait together, only the last one's outcome is shown.
    """

    id: str
    default_keys: str
    action: str
    title: str
    help: str
    scope: Scope
    footer: str = ""
    why_not: WhyNot = always
    is_step: bool = False

    @property
    def keys(self) -> str:
        """Textual's names of the keys that it has in this process, separated by spaces."""
        return _remapped.get(self.id, self.default_keys)

    @property
    def takes_key(self) -> bool:
        """Whether the action depends on the key that was pressed."""
        return "{key}" in self.action

    def action_for(self, key: str) -> str:
        """Return the action for the key that was pressed."""
        return self.action.format(key=key)

    @property
    def values(self) -> list[str]:
        """The digits for which its keys stand, if the action depends on the key: key by key, whatever these are."""
        return [key.rpartition("+")[2] for key in self.default_keys.split()] if self.takes_key else []

    @property
    def explained(self) -> str:
        """Title and help in one text."""
        return self.help if self.help.startswith(self.title) else f"{self.title}: {self.help}"

    def beyond(self, who: Identity) -> bool:
        """Return whether the user's role alone forbids this command."""
        owner = replace(who.user, role=Role.OWNER)
        refused = self.why_not(Facts(who, own_only=not who.may(Permission.VIEW_ALL)))
        return refused is not None and refused != self.why_not(Facts(Identity(owner, owner)))

    @property
    def shown_keys(self) -> str:
        """The names of the keys for users; `1 to 9` for digits that follow each other."""
        shown = [shown_key(key) for key in self.keys.split()]
        run = self.run_of_digits
        return " ".join([f"{shown[0]} to {shown[run - 1]}", *shown[run:]] if run else shown)

    @property
    def run_of_digits(self) -> int:
        """How many of the first keys are digits that follow each other, if that is worth a range; else 0."""
        digits = [key.rpartition("+")[2] for key in self.keys.split()] if self.takes_key else []
        length = next((n for n in range(1, len(digits)) if digits[n] != _next(digits[n - 1])), len(digits))
        return length if length > len(("from", "to")) else 0

    @property
    def shown_key(self) -> str:
        """The name of its first key for users, as a sentence names it; empty if it has none."""
        return shown_key(self.keys.split(maxsplit=1)[0]) if self.keys else ""

    @property
    def shown_footer(self) -> str:
        """Its short name in the bottom line, behind its first key."""
        return self.footer.format(last=shown_key(self.keys.split()[-1].rpartition("+")[2])) if self.keys else ""

    def shown_for(self, value: int) -> str:
        """The name of the key that stands for a digit, where it is drawn beside what it chooses; the digit if long."""
        shown = shown_key(self.keys.split()[self.values.index(str(value))])
        return shown if len(shown) <= _SHORT else str(value)


_SHORT = len("F1")
"""The longest name of a key that stands in the place of a digit."""

_in_words: dict[str, str] = {}
"""The keys that are named by words in this process, where `SHOWN` has a character that its terminal lacks."""

_remapped: dict[str, str] = {}
"""The keys of the commands that do not have their default ones, by id (`docs/rules.md 12.1`).

It is that of the process, as Textual's bindings are those of a class: a process runs one app, for one person.
"""


def remap(keys: Mapping[str, str]) -> None:
    """Give commands other keys, by id; before the screens are imported, which bind them."""
    _remapped.update(keys)


def name_arrows(*, in_words: bool) -> None:
    """Name the arrow keys by words, for a terminal without arrows, where `>` or `v` would be another key; or do not."""
    _in_words.clear()
    if in_words:
        _in_words.update((key, key.capitalize()) for key in ("down", "up", "left", "right"))


def _next(digit: str) -> str:
    """Return the digit after a digit; empty if there is none."""
    return str(int(digit) + 1) if digit in set("12345678") else ""


SHOWN = {
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "comma": ",",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
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
    "f1": "F1",
    "f2": "F2",
    "f6": "F6",
    "f7": "F7",
    "f8": "F8",
    "f9": "F9",
    "left": "←",
    "right": "→",
    "backspace": "Backspace",
    "delete": "Del",
    "at": "@",
    "backslash": "\\",
    "underscore": "_",
}
"""The names of keys for users, by Textual's."""


def shown_key(key: str) -> str:
    """Return the name of a key for users."""
    if len(key) == 1 or key in SHOWN:
        return _in_words.get(key) or SHOWN.get(key, key)
    modifier, _, base = key.rpartition("+")
    if modifier:
        return f"{modifier}+{shown_key(base)}"
    return key.upper() if key[1:].isdigit() else _character_called(key)


def _character_called(name: str) -> str:
    """Return the character that Textual names after Unicode, as `dollar_sign`; the name if there is none."""
    from unicodedata import lookup  # for few keys

    for spelled in (name.replace("_", " "), name.replace("_", "-", 1).replace("_", " ")):  # `LESS-THAN SIGN`
        with suppress(KeyError):
            return lookup(spelled.upper())
    return name

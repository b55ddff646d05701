"""Counts before a command, as in `10r`, where single digits select tabs."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import Tab
from thrumsg_tui.domain.lazy_dataclass import dataclass

_QUICK = 1.0
"""Digits that each select a tab form one number if typed within this many seconds."""

_MOST = 6
"""Maximum number of digits of a count."""


def tab_of(digit: int) -> Tab | None:
    """Return the tab that a digit selects, None if it can only be part of a count."""
    tabs = list(Tab)
    return tabs[digit - 1] if 1 <= digit <= len(tabs) else None


def digit_of(tab: Tab) -> int:
    """Return the digit that selects a tab."""
    return list(Tab).index(tab) + 1


COUNT_DIGITS = tuple(digit for digit in range(10) if tab_of(digit) is None)
"""The digits that select no tab."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A row of a list: its conversation, if known, and its index."""

    conversation_id: ConversationId | None = None
    index: int = 0


class CountStart(NamedTuple):
    """Tab and cursor before the first digit, which may have switched the tab."""

    tab: Tab
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class CountPrefix:
    """Digits typed in a row. A single digit that selects a tab is not a count."""

    digits: str = ""
    start: CountStart | None = None
    """None before the first digit."""
    key: int = 0
    """Sequence number of the key press that added the last digit."""
    at: float = 0.0
    """When it was pressed, in seconds."""

    def add_digit(self, digit: int, here: CountStart, *, key: int, at: float) -> CountPrefix:
        """Return this count with a digit appended, or a new count that begins with it.

        Args:
            digit: The digit typed.
            here: The current tab and cursor.
            key: Sequence number of the key press.
            at: When it was pressed, in seconds of a monotonic clock, the same for all digits.
        """
        if self._goes_on_at(key, at):
            return replace(self, digits=(self.digits + str(digit))[:_MOST], key=key, at=at)
        return CountPrefix(str(digit), here, key, at)

    @property
    def names_no_tab(self) -> bool:
        """Whether the digits can only be a count."""
        return any(tab_of(int(digit)) is None for digit in self.digits)

    def count_at(self, key: int, at: float) -> int | None:
        """Return the count for the command of a key press, None if there is none."""
        counts = self.names_no_tab or len(self.digits) > 1
        return int(self.digits) if counts and self._goes_on_at(key, at) else None

    def missed_at(self, key: int, at: float) -> str:
        """Return the digits right before the command of a key press that are no count, as they name tabs; else none."""
        return self.digits if self._precedes(key) and self.count_at(key, at) is None else ""

    def _goes_on_at(self, key: int, at: float) -> bool:
        return self._precedes(key) and (self.names_no_tab or at - self.at < _QUICK)

    def _precedes(self, key: int) -> bool:
        return bool(self.digits) and key == self.key + 1

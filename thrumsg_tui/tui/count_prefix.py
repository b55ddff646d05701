"""Counts before a command, as in `10r`, among digits that also name tabs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import Tab

_QUICK = 1.0
"""Seconds within which digits that may each name a tab are taken for one number."""

_MOST = 6
"""Digits of a count."""


def tab_of(digit: int) -> Tab | None:
    """The tab that a digit names, None for one that is only part of a count."""
    tabs = list(Tab)
    return tabs[digit - 1] if 1 <= digit <= len(tabs) else None


def digit_of(tab: Tab) -> int:
    """The digit that names a tab."""
    return list(Tab).index(tab) + 1


COUNT_DIGITS = tuple(digit for digit in range(10) if tab_of(digit) is None)
"""The digits that name no tab."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A row of a list: the conversation in it, if it is known, and its index."""

    conversation_id: ConversationId | None = None
    index: int = 0


class CountStart(NamedTuple):
    """Where the person was before the first digit, which may have gone to a tab."""

    tab: Tab
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class CountPrefix:
    """Digits typed one after the other, with nothing in between. One that names a tab is no count by itself."""

    digits: str = ""
    start: CountStart | None = None
    """None before the first digit."""
    key: int = 0
    """Sequence number of the key press that added the last digit."""
    at: float = 0.0
    """When that was, in seconds."""

    def add_digit(self, digit: int, here: CountStart, *, key: int, at: float) -> CountPrefix:
        """Take a digit: the next one, or the first of another count.

        Args:
            digit: What was typed.
            here: Where the person is now.
            key: Sequence number of the key press.
            at: Seconds on any clock that does not go back, always the same.
        """
        if self._goes_on_at(key, at):
            return replace(self, digits=(self.digits + str(digit))[:_MOST], key=key, at=at)
        return CountPrefix(str(digit), here, key, at)

    @property
    def names_no_tab(self) -> bool:
        """Whether the digits can only be a count."""
        return any(tab_of(int(digit)) is None for digit in self.digits)

    def count_at(self, key: int, at: float) -> int | None:
        """Return the count for the command that a key press gives, None if there is none."""
        counts = self.names_no_tab or len(self.digits) > 1
        return int(self.digits) if counts and self._goes_on_at(key, at) else None

    def _goes_on_at(self, key: int, at: float) -> bool:
        follows = bool(self.digits) and key == self.key + 1
        return follows and (self.names_no_tab or at - self.at < _QUICK)

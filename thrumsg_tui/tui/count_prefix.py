"""Counts before a command, as in `10r`, among digits that also name tabs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import Tab

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

CursorPlace = tuple[Tab, int, ConversationId | None]
"""Tab, cursor and conversation."""


@dataclass(frozen=True, slots=True)
class CountPrefix:
    """Digits typed one after the other, with nothing in between. One that names a tab is no count by itself."""

    digits: str = ""
    came_from: CursorPlace | None = None
    """Where one was before the first digit, which may have gone to a tab."""
    key: int = 0
    """Which key of all that were pressed was the last digit."""
    at: float = 0.0
    """When that was, by the clock."""
    quick: float = 1.0
    """Seconds within which digits that may each name a tab are taken for one number."""
    clock: Callable[[], float] = monotonic

    def then(self, digit: int, key: int, here: CursorPlace) -> CountPrefix:
        """Take a digit: the next one, or the first of another count."""
        if self._goes_on_at(key):
            return replace(self, digits=(self.digits + str(digit))[:_MOST], key=key, at=self.clock())
        return replace(self, digits=str(digit), came_from=here, key=key, at=self.clock())

    @property
    def names_no_tab(self) -> bool:
        """Whether the digits can only be a count."""
        return any(tab_of(int(digit)) is None for digit in self.digits)

    def before(self, key: int) -> int | None:
        """The count for the command that a key gives, None where there is none."""
        counts = self.names_no_tab or len(self.digits) > 1
        return int(self.digits) if counts and self._goes_on_at(key) else None

    def _goes_on_at(self, key: int) -> bool:
        follows = bool(self.digits) and key == self.key + 1
        return follows and (self.names_no_tab or self.clock() - self.at < self.quick)

"""Counts before a command, as in `10r`, where a single digit is a tab."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.words import Tab

_WITHIN = 1.5
"""Seconds within which digits and their command belong together."""

Before = tuple[Tab, int, ConversationId | None]
"""Tab, cursor and conversation from which a first digit led away."""


@dataclass(frozen=True, slots=True)
class Counting:
    """Digits typed so far, and where one was before the first of them switched the tab."""

    digits: str = ""
    before: Before | None = None
    at: float = 0.0

    @classmethod
    def begun(cls, digit: int, before: Before | None) -> Counting:
        """Begin with a first digit."""
        return cls(str(digit), before, monotonic())

    def then(self, digit: int) -> Counting:
        """Take another digit, at most six."""
        return replace(self, digits=(self.digits + str(digit))[:6], before=None, at=monotonic())

    @property
    def continues(self) -> bool:
        """Whether a digit typed now belongs to this count."""
        return bool(self.digits) and monotonic() - self.at < _WITHIN

    @property
    def number(self) -> int:
        """The count for a command given now, 0 for none: a digit that went to a tab is none."""
        return int(self.digits) if self.continues and self.before is None else 0

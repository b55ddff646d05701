"""Counts before a command, as in `10r`, among digits that also name tabs."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.words import Tab

_WITHIN = 1.5
"""Seconds within which digits and their command belong together."""

Place = tuple[Tab, int, ConversationId | None]
"""Tab, cursor and conversation."""


@dataclass(frozen=True, slots=True)
class Counting:
    """Digits typed so far. While they are just one that went to a tab, they are no count."""

    digits: str = ""
    at: float = 0.0
    came_from: Place | None = None

    @classmethod
    def at_tab(cls, digit: int, came_from: Place) -> Counting:
        """A digit that went to a tab; the next one may show that it was the beginning of a count."""
        return cls(str(digit), monotonic(), came_from)

    def then(self, digit: int) -> Counting:
        """The count with another digit, at most six; a new one where the last digit was too long ago."""
        before = self.digits if self._fresh else ""
        return Counting((before + str(digit))[:6], monotonic())

    @property
    def before(self) -> Place | None:
        """Where one was before a digit just went to a tab."""
        return self.came_from if self._fresh else None

    @property
    def counts(self) -> bool:
        """Whether a count is being typed."""
        return self._fresh and self.came_from is None

    @property
    def number(self) -> int:
        """The count for a command given now, 0 for none."""
        return int(self.digits) if self.counts else 0

    @property
    def _fresh(self) -> bool:
        return bool(self.digits) and monotonic() - self.at < _WITHIN

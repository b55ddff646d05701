"""When what a key would do was on the screen: nothing reaches a contact by a key from before (`docs/rules.md 12.2`)."""

from __future__ import annotations

from math import inf
from time import monotonic
from typing import Protocol, runtime_checkable

TOO_EARLY = "{} came before this was shown: press it again."
"""What is said about a key that does nothing, being from before."""


class Sight:
    """Whether something was painted since it last changed, and when.

    A widget says `changed` when it shows something else, `drawn` when it makes its lines, and `painted` when the screen
    with those lines has gone to the terminal.
    """

    def __init__(self) -> None:
        self._drawn = False
        self._since = inf

    @property
    def waiting(self) -> bool:
        """Whether it is still to be painted."""
        return self._since == inf

    def changed(self) -> None:
        """Show something else: it is still to be painted."""
        self._drawn, self._since = False, inf

    def drawn(self) -> None:
        """The lines were made as they are now."""
        self._drawn = True

    def painted(self) -> None:
        """What was drawn is on the screen."""
        if self._drawn and self.waiting:
            self._since = monotonic()

    def before(self, pressed_at: float) -> bool:
        """Whether it was on the screen already when a key was pressed, by the monotonic clock."""
        return self._since < pressed_at


@runtime_checkable
class Painted(Protocol):
    """A screen that wants to know when it has been painted."""

    @property
    def to_be_painted(self) -> bool:
        """Whether a key has to wait for that."""

    def was_painted(self) -> None:
        """Take note that what was drawn has gone to the terminal."""

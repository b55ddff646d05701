"""Pacing of bulk moves, so that they do not block other writers (`docs/rules.md 4.8`)."""

from __future__ import annotations

from collections.abc import Callable
from time import sleep

from thrumsg_tui.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Pacing:
    """The size of a move's steps and the time between them; the defaults are for production."""

    most_at_once: int = 20_000
    """The most moves in one transaction: 0.4 to 0.8 s of the processor, while others wait; 90,000 would take 2 to 3."""

    step: int = 1000
    """The conversations that a step takes at once, and at least."""

    hold: float = 0.12
    """A step takes more until so many seconds have passed; then it still has to commit."""

    pause: float = 0.015
    """Seconds between two steps: longer than a waiting writer sleeps between two tries."""

    stalled_after: float = 3.0
    """A job without a step for so many seconds is resumed by others; there are five to ten steps a second."""

    wait: Callable[[float], None] = sleep
    """Waits for so many seconds, in a thread that may block."""

    def too_many(self, moves: int) -> bool:
        """Whether so many moves in one transaction would block others for too long."""
        return moves > self.most_at_once

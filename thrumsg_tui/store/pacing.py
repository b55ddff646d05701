"""How moves that are too many for one transaction give way to others (`docs/rules.md 4.8`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import sleep


@dataclass(frozen=True, slots=True)
class Pacing:
    """The size of the steps of a move, and the time between them; the defaults are those of production."""

    most_at_once: int = 20_000
    """Moves of one transaction at most: 0.6 to 1 s on `python -m benchmarks`, others waiting; 90,000 take 4 to 5."""

    step: int = 1000
    """Conversations per step: the transaction takes 60 to 100 ms."""

    pause: float = 0.03
    """Seconds between two steps: longer than a writer who waits sleeps between two tries, at first (SQLite: 25 ms)."""

    stalled_after: float = 3.0
    """Seconds without a step after which others go on with a job: steps are made ten times a second."""

    wait: Callable[[float], None] = sleep
    """Waits for so many seconds, in a thread that may block."""

    def too_many(self, moves: int) -> bool:
        """Whether so many moves in one transaction would keep others waiting."""
        return moves > self.most_at_once

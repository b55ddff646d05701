"""The pace at which messages really leave, from which the end of a batch is estimated (`docs/rules.md 10.4`)."""

from __future__ import annotations

from collections import deque

MEASURED_AFTER = 5.0
"""For how many seconds messages must have left before their pace tells anything."""

_AT_MOST = 60.0
"""Over how many seconds the pace is measured at most."""


class MeasuredPace:
    """Measures from the first message after the queue was empty, so that a batch is not averaged with idle time."""

    def __init__(self) -> None:
        self._left: deque[tuple[float, int]] = deque()
        """The time and the segments of each message that left lately."""
        self._rests = True

    def rest(self) -> None:
        """Note that nothing waits to leave."""
        self._rests = True

    def count(self, segments: int, now: float) -> bool:
        """Count a message that has left; return whether the queue was empty before it."""
        if is_first := self._rests:
            self._left.clear()
            self._rests = False
        self._left.append((now, segments))
        return is_first

    def measured(self, now: float) -> float | None:
        """Return the segments a second; None while too little has left to tell.

        The first message only begins the time: n messages, one a second, leave in n - 1 seconds.
        """
        while len(self._left) > 1 and self._left[1][0] <= now - _AT_MOST:
            self._left.popleft()
        if not self._left or (over := now - self._left[0][0]) < MEASURED_AFTER:
            return None
        return round(sum(segments for _, segments in list(self._left)[1:]) / over, 2)

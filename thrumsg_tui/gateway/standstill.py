"""What keeps messages from leaving: a wait that the carrier asks for, a lost connection, a fault of ours.

Pure: the caller gives the time (`docs/rules.md 10.4`, `10.5`).
"""

from __future__ import annotations

from collections import Counter
from math import inf

from thrumsg_tui.domain.delivery import Accepted, Doubt, NotNow, Outcome, Outgoing, Rejected, Scope
from thrumsg_tui.domain.wording import with_code

FAILURES = 5
"""So many failures of the connection in a row open the circuit."""

PROBE_EVERY = 30.0
"""Seconds between two tries while the circuit is open."""

FAULTS = 3
"""So many answers in a row that blame our configuration stop what they blame."""


class Standstill:
    """What keeps the messages of one gateway from leaving, as far as its answers tell."""

    def __init__(self) -> None:
        self.stopped: str | None = None
        """Why the gateway has stopped until a person mends its configuration; None if it has not."""
        self.stopped_numbers: dict[str, str] = {}
        """Our numbers that stopped, each with the reason."""
        self.failing: str | None = None
        """The words of the failure that opened the circuit; None while it is closed."""
        self.fault: str | None = None
        """The fault of our configuration that the last answer named; None if it named none."""
        self._failures = 0
        self._faults: Counter[str | None] = Counter()
        self._probe_at = -inf
        self._waits: dict[str | None, float] = {}
        """Until when nothing leaves from each number; None stands for the gateway."""

    def note(self, message: Outgoing, outcome: Outcome, now: float) -> None:
        """Take an answer of the gateway into account."""
        match outcome:
            case Accepted() | Rejected():
                self._failures, self.failing, self.fault = 0, None, None
                self._faults[None] = 0
                self._faults[message.our_number] = 0
            case Doubt(words):
                self._fail(words, now)
            case NotNow(broken=True):
                self._blame(message, outcome)
            case NotNow(scope=Scope.GATEWAY):
                self._wait(None, outcome, now)
                if outcome.code is None:
                    self._fail(outcome.words, now)
                else:  # the carrier has answered, so there is a connection
                    self._failures, self.failing = 0, None
            case NotNow(scope=Scope.NUMBER):
                self._wait(message.our_number, outcome, now)
            case NotNow():
                pass  # the message alone waits, by its own time in the store

    def room(self, free: int, under_way: int, now: float) -> int:
        """Return how many messages may be claimed now, of `free` workers."""
        if self.stopped or self._waits.get(None, -inf) > now:
            return 0
        if self.failing:
            return int(now >= self._probe_at and not under_way)
        return free

    def held_numbers(self, now: float) -> set[str]:
        """Return our numbers from which nothing may leave now."""
        waiting = {number for number, until in self._waits.items() if number is not None and until > now}
        return waiting | self.stopped_numbers.keys()

    def let_number_go(self, number: str) -> None:
        """Let messages leave again from a number that had stopped: a person has mended that."""
        self.stopped_numbers.pop(number, None)
        self._faults[number] = 0

    def mended(self) -> None:
        """Forget the fault that the last answer named: the carrier takes our account again."""
        self.fault = None
        self._faults[None] = 0

    def next_change(self, now: float) -> float:
        """Return when the next wait is over; infinity if nothing waits for a time."""
        moments = [*self._waits.values(), *([self._probe_at] if self.failing else [])]
        return min((each for each in moments if each > now), default=inf)

    def _fail(self, words: str, now: float) -> None:
        self._failures += 1
        if self._failures >= FAILURES:
            self.failing = words
            self._probe_at = now + PROBE_EVERY

    def _wait(self, number: str | None, outcome: NotNow, now: float) -> None:
        until = now + outcome.after.total_seconds()
        self._waits[number] = max(until, self._waits.get(number, -inf))

    def _blame(self, message: Outgoing, outcome: NotNow) -> None:
        number = message.our_number if outcome.scope is not Scope.GATEWAY else None
        self._faults[number] += 1
        reason = outcome.words if outcome.code is None else with_code(outcome.words, outcome.code)
        if self._faults[number] < FAULTS:
            self.fault = reason
        elif number is None:
            self.stopped = reason
        else:
            self.stopped_numbers[number] = reason

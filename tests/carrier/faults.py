"""How the carrier misbehaves: decided by a seed for each message, whatever order the requests come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """What the carrier does wrong. Each has its own share of the messages, in per cent."""

    SILENT = "silent"
    """Takes the message, then never answers."""
    DROPPED_TAKEN = "dropped-taken"
    """Takes the message, then drops the connection."""
    DROPPED = "dropped"
    """Drops the connection and does not take the message."""
    ERROR_TAKEN = "error-taken"
    """Takes the message and answers 500."""
    ERROR = "error"
    """Answers 500 and does not take the message."""
    GARBLED_TAKEN = "garbled-taken"
    """Takes the message; its answer is no JSON."""
    BUSY = "busy"
    """Answers 429 with Retry-After and does not take the message."""
    FULL = "full"
    """Answers that the queue of our number is full (21611)."""
    LATE = "late"
    """Takes the message after `late` seconds, when the other end has given up, and answers then."""
    EARLY = "early"
    """Takes the message and reports on it before it answers."""

    UNREPORTED = "unreported"
    """Never reports on the message."""
    UNORDERED = "unordered"
    """Reports in the wrong order."""
    REPEATED = "repeated"
    """Makes each report twice."""
    UNDELIVERED = "undelivered"
    """Reports that the message failed, with one of `FAILURES`."""

    HIDDEN = "hidden"
    """The message comes into the list `lag` seconds late."""

    LIST_ERROR = "list-error"
    """A question for the list is answered 500."""


ON_SENDING = tuple(Fault)[: list(Fault).index(Fault.UNREPORTED)]
ON_REPORTING = (Fault.UNREPORTED, Fault.UNORDERED, Fault.REPEATED, Fault.UNDELIVERED)

FAILURES = {
    "30003": "Unreachable destination handset",
    "30005": "Unknown destination handset",
    "30006": "Landline or unreachable carrier",
    "30007": "Message filtered",
    "30008": "Unknown error",
}

ALL_OF_4_1 = (
    Fault.SILENT,
    Fault.DROPPED_TAKEN,
    Fault.DROPPED,
    Fault.ERROR_TAKEN,
    Fault.ERROR,
    Fault.BUSY,
    Fault.LATE,
    Fault.EARLY,
)
"""What `--faults` shares its per cent among."""


@dataclass(slots=True)
class Faults:
    """The seed and the shares."""

    seed: int = 0
    shares: Mapping[Fault, float] = field(default_factory=dict)
    """Per cent of each fault."""

    def on_sending(self, key: str, nth: int) -> Fault | None:
        """Return what goes wrong with the nth try to send a message."""
        return self._draw(ON_SENDING, f"send:{key}:{nth}")

    def on_reporting(self, key: str) -> Fault | None:
        """Return what goes wrong with the reports on a message."""
        return self._draw(ON_REPORTING, f"report:{key}")

    def on_listing(self, key: str) -> Fault | None:
        """Return whether a message comes late into the list."""
        return self._draw((Fault.HIDDEN,), f"list:{key}")

    def on_question(self, question: str, nth: int) -> Fault | None:
        """Return whether a question for the list fails."""
        return self._draw((Fault.LIST_ERROR,), f"question:{question}:{nth}")

    def failure(self, key: str) -> str:
        """Return the code with which a message fails."""
        return self._random(f"failure:{key}").choice(list(FAILURES))

    def _draw(self, faults: tuple[Fault, ...], what: str) -> Fault | None:
        place = self._random(what).random() * 100
        for fault in faults:
            place -= self.shares.get(fault, 0)
            if place < 0:
                return fault
        return None

    def _random(self, what: str) -> Random:
        return Random(f"{self.seed}:{what}")

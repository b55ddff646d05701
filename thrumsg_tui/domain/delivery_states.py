"""The states of a message on its way: which report changes them, and when it is tried again (`docs/rules.md` 10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from thrumsg_tui.domain.enums import MessageState

GIVE_UP_AFTER: Final = timedelta(hours=24)
"""How long a message is tried that no carrier takes; then it has failed."""

LONGEST_UNTRIED: Final = timedelta(hours=1)
"""How much of the time between two tries counts for that: in a pause, or while it is closed, nobody tries."""

MOST_DOUBTS: Final = 3
"""How often a message may be in doubt; after the last time only a person has it sent again."""

_FIRST_WAIT: Final = timedelta(seconds=5)
_LONGEST_WAIT: Final = timedelta(minutes=10)

_LEFT: Final = frozenset({MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED})
"""What a carrier can say of a message that it has."""

_NEXT: Final = {
    MessageState.QUEUED: _LEFT,
    MessageState.SENDING: _LEFT,
    MessageState.IN_DOUBT: _LEFT,
    MessageState.CANCELLED: _LEFT,
    MessageState.SENT: frozenset({MessageState.DELIVERED, MessageState.FAILED}),
    MessageState.FAILED: frozenset({MessageState.DELIVERED}),
}
"""What a report changes each state to. A carrier that names a message has it, even if we took it for not sent."""


def next_state(state: MessageState, reported: MessageState) -> MessageState | None:
    """Return the state of a message after a report of its carrier; None if the report changes nothing.

    States only go forward, in whatever order reports come. A message that failed may still arrive.
    """
    return reported if reported in _NEXT.get(state, ()) else None


def backoff(tries: int, chance: float) -> timedelta:
    """Return how long a message waits that no carrier took: it doubles with each try, up to ten minutes.

    Args:
        tries: How often it was tried.
        chance: A random number from 0 to 1, by which the wait is shorter or longer by up to a half.
    """
    wait = min(_FIRST_WAIT * (1 << min(tries, 16)), _LONGEST_WAIT)
    return min(wait * (0.5 + chance), _LONGEST_WAIT)

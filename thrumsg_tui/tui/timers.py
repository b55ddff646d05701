"""The times of the app's timers; tests set other ones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from thrumsg_tui.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Timers:
    """Times in seconds; the defaults are for production."""

    hold: float = 0.25
    """After which a new screen is shown even if its first answers are not there."""

    watch: float = 0.2
    """Between two checks whether anybody wrote; a check takes microseconds."""

    tick: float = 30.0
    """Between two updates of ages, opening hours and expiries."""

    presence: float = 10.0
    """Between two reports of where the person is."""

    lull: float = 0.1
    """Without a key, after which garbage is collected."""

    practice: float = 0.5
    """Between two turns of a practice campaign's contacts."""

    key: float = 2.0
    """After which the next key is taken even if the last one is not done."""

    frame: float = 0.05
    """For which a frame waits at most for the answer of the queries, to show both together."""

    letter: float = 0.03
    """For which a letter that is typed into a search waits at most for the rows that it finds."""

    draft: float = 0.2
    """From the last key until the draft is stored."""

    rest: float = 0.7
    """On a conversation, after which others see that it is open here."""

    joined: float = 0.6
    """After a reply was chosen by Alt and a digit, until Enter sends it in tmux or screen (`stale_keys.joins_keys`)."""

    reading: float = 0.5
    """From the painting of a question until a key answers it: two quick presses of one key are no answer."""

    countdown: float = 1.0
    """Between two updates of the countdown until a message is sent."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Waits between two steps of a move, without blocking the event loop."""

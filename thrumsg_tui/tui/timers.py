"""What the app does by itself after a time; a test gives it other times."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timers:
    """Times in seconds; the defaults are those of production."""

    watch: float = 0.2
    """Between two looks whether anybody wrote; a look takes microseconds."""

    tick: float = 30.0
    """Between two looks at ages, opening hours and expiries."""

    presence: float = 10.0
    """Between two times that others are told where the person is."""

    practice: float = 0.5
    """Between two turns of the contacts of a practice campaign."""

    key: float = 2.0
    """After which the next key is looked at, whatever became of the last."""

    draft: float = 0.2
    """After the last key until a draft is stored."""

    rest: float = 0.7
    """On a conversation, after which others are told that it is open here."""

    countdown: float = 1.0
    """Between two numbers of the countdown of a message that waits to be sent."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Waits between two steps of a move; the event loop goes on meanwhile."""

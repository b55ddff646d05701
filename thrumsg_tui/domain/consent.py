"""Whether an opt-in word still counts: consent follows when words were written (`docs/rules.md 5.5`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

AHEAD_AT_MOST = timedelta(days=1)
"""How long an opt-out whose time is still to come holds against opt-in words that are written before that time."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The opt-out of a number: when the newest wish for it was written, by its own clock, and when that came to us."""

    written_at: datetime
    came_at: datetime


def is_outdated(stamp: datetime | None, wish: Wish, now: datetime) -> bool:
    """Whether an opt-in word that comes now is older than the opt-out, so that it opts nobody in.

    `stamp` is when the word was written; without one it counts as written now. At equal stamps the opt-out holds:
    carriers stamp whole seconds, which says nothing about the order. A clock that runs far ahead must not keep anybody
    out for years, so an opt-out holds for `AHEAD_AT_MOST` after it came against words that are written later than that.
    """
    written_at = stamp or now
    older = written_at < wish.written_at or stamp == wish.written_at
    return older and min(written_at, now) < wish.came_at + AHEAD_AT_MOST

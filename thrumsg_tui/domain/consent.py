"""Whether an opt-in word is newer than the opt-out: the time of writing decides (`docs/rules.md 5.5`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from thrumsg_tui.domain.lazy_dataclass import dataclass

AHEAD_AT_MOST = timedelta(days=1)
"""How long after its arrival an opt-out with a stamp in the future still outdates opt-in words."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The newest wish to opt a number out."""

    written_at: datetime
    """When it was written, as it was stamped."""
    came_at: datetime
    """When it arrived here."""


def is_outdated(stamp: datetime | None, wish: Wish, now: datetime) -> bool:
    """Return whether an opt-in word that arrives now is older than the opt-out, so that it opts nobody in.

    If both have the same stamp, the opt-out holds, because carriers stamp whole seconds. An opt-out
    with a stamp in the future outdates only words that are written or arrive within `AHEAD_AT_MOST` of its arrival, so
    that a wrong clock keeps nobody out for years.

    Args:
        stamp: When the word was written; None counts as now.
        wish: The opt-out.
        now: The present.
    """
    written_at = stamp or now
    older = written_at < wish.written_at or stamp == wish.written_at
    return older and min(written_at, now) < wish.came_at + AHEAD_AT_MOST

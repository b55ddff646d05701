"""Moments in lists, in the form that the person prefers (`docs/rules.md 12.1`)."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import assert_never

from thrumsg_tui.domain.ages import DAYS, age
from thrumsg_tui.domain.preferences import Dates


def time_in_list(at: datetime, now: datetime, zone: tzinfo, dates: Dates, *, day_only: bool = False) -> str:
    """Return a moment as a list shows it, in the form that the person prefers.

    Args:
        at: The moment, aware.
        now: The present, aware.
        zone: The time zone of clock and days.
        dates: The form. By the clock it is "10:02" today, "Tue 10:02" up to 6 days ago, and like `age` before that.
        day_only: Whether the time is left out where a date says enough.
    """
    if dates is Dates.RELATIVE:
        return age(at, now, zone)
    local = at.astimezone(zone)
    match dates:
        case Dates.CLOCK:
            days = (now.astimezone(zone).date() - local.date()).days
            if days > 6:
                return age(at, now, zone)
            return f"{local:%H:%M}" if days <= 0 else f"{DAYS[local.weekday()]} {local:%H:%M}"
        case Dates.ISO:
            return f"{local:%Y-%m-%d}" if day_only else f"{local:%Y-%m-%d %H:%M}"
        case _:
            assert_never(dates)

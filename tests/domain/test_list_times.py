"""Moments in lists, in each form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from thrumsg_tui.domain.list_times import time_in_list
from thrumsg_tui.domain.preferences import Dates

NOW = datetime(2026, 3, 3, 18, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "relative", "clock", "iso"),
    [
        (timedelta(minutes=9), "9 min", "17:56", "2026-03-03 17:56"),
        (timedelta(days=1), "yesterday", "Mon 18:05", "2026-03-02 18:05"),
        (timedelta(days=6), "Wed", "Wed 18:05", "2026-02-25 18:05"),
        (timedelta(days=7), "24 Feb", "24 Feb", "2026-02-24 18:05"),
        (timedelta(days=400), "Jan 2025", "Jan 2025", "2025-01-27 18:05"),
        (timedelta(minutes=-2), "now", "18:07", "2026-03-03 18:07"),
    ],
)
def test_a_moment_in_each_form(passed: timedelta, relative: str, clock: str, iso: str) -> None:
    at = NOW - passed
    shown = {dates: time_in_list(at, NOW, UTC, dates) for dates in Dates}
    assert shown == {Dates.RELATIVE: relative, Dates.CLOCK: clock, Dates.ISO: iso}


def test_the_clock_is_that_of_the_zone() -> None:
    zone = ZoneInfo("Asia/Tokyo")
    assert time_in_list(NOW - timedelta(hours=4), NOW, zone, Dates.CLOCK) == "Tue 23:05"
    assert time_in_list(NOW, NOW, zone, Dates.ISO, day_only=True) == "2026-03-04"

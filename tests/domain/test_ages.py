"""Ages in lists and day separators (docs/rules.md 3.10)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.ages import age, day_title, waiting_age

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 10, 18, 0, tzinfo=NEW_YORK)
moments = st.timedeltas(timedelta(days=-13_000), timedelta(days=13_000)).map(NOW.astimezone(UTC).__add__)


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        (timedelta(seconds=-90), "now"),
        (timedelta(0), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=17, minutes=59), "17 h"),
        (timedelta(hours=19), "yesterday"),
        (timedelta(days=2), "Sun"),
        (timedelta(days=6), "Wed"),
        (timedelta(days=7), "3 Mar"),
        (timedelta(days=60), "9 Jan"),
        (timedelta(days=100), "Nov 2025"),
    ],
)
def test_how_long_ago(passed: timedelta, shown: str) -> None:
    assert age(NOW.astimezone(UTC) - passed, NOW, NEW_YORK) == shown


def test_less_than_twelve_hours_ago_is_in_hours_across_midnight() -> None:
    now = datetime(2026, 3, 10, 8, 0, tzinfo=NEW_YORK)
    assert age(datetime(2026, 3, 9, 20, 1, tzinfo=NEW_YORK), now, NEW_YORK) == "11 h"
    assert age(datetime(2026, 3, 9, 20, 0, tzinfo=NEW_YORK), now, NEW_YORK) == "yesterday"


def test_the_calendar_is_that_of_the_zone() -> None:
    since, now = datetime(2026, 3, 9, 5, 0, tzinfo=UTC), datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
    assert age(since, now, NEW_YORK) == "20 h"
    assert age(since, now, UTC) == "yesterday"


def test_hours_are_real_ones_when_the_clocks_change() -> None:
    before = datetime(2026, 3, 8, 1, 30, tzinfo=NEW_YORK)
    assert age(before, datetime(2026, 3, 8, 3, 0, tzinfo=NEW_YORK), NEW_YORK) == "30 min"


@given(moments, moments)
def test_never_longer_than_nine_characters(since: datetime, now: datetime) -> None:
    assert 1 <= len(age(since, now, NEW_YORK)) <= 9


@pytest.mark.parametrize(
    ("day", "title"),
    [
        (date(2026, 3, 10), "Today"),
        (date(2026, 3, 9), "Yesterday"),
        (date(2026, 3, 3), "Tue 3 March"),
        (date(2026, 3, 11), "Wed 11 March"),
        (date(2024, 3, 3), "Sun 3 March 2024"),
        (date(2027, 1, 1), "Fri 1 January 2027"),
    ],
)
def test_day_titles(day: date, title: str) -> None:
    assert day_title(day, date(2026, 3, 10)) == title


def test_yesterday_of_another_year_is_still_yesterday() -> None:
    assert day_title(date(2025, 12, 31), date(2026, 1, 1)) == "Yesterday"


def test_how_long_somebody_waits_fits_a_narrow_column() -> None:
    now = datetime(2026, 3, 3, 20, tzinfo=UTC)
    assert waiting_age(now - timedelta(days=1), now, UTC) == "1 day"
    assert age(now - timedelta(days=1), now, UTC) == "yesterday"
    assert waiting_age(now - timedelta(hours=3), now, UTC) == age(now - timedelta(hours=3), now, UTC) == "3 h"

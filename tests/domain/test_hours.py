"""Daily hours and the initial window (docs/rules.md 3.2, 6.1-6.3)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.hours import (
    DailyHours,
    InitialWindow,
    WindowState,
    format_clock,
    is_open,
    next_closing,
    next_opening,
    parse_clock,
    require_place,
    window_start,
    window_state,
)

NEW_YORK = "America/New_York"
# Half-hour changes, changes at midnight, a skipped day, odd offsets.
ZONES = (
    NEW_YORK,
    "UTC",
    "Europe/London",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Havana",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Apia",
)
CHANGES = (
    datetime(2026, 3, 8, 7, 0, tzinfo=UTC),
    datetime(2026, 11, 1, 6, 0, tzinfo=UTC),
    datetime(2026, 4, 4, 15, 0, tzinfo=UTC),
    datetime(2018, 11, 4, 3, 0, tzinfo=UTC),
    datetime(2011, 12, 30, 10, 0, tzinfo=UTC),
)
moments = st.builds(
    lambda moment, passed: moment + passed,
    st.sampled_from(CHANGES),
    st.one_of(
        st.timedeltas(timedelta(days=-1), timedelta(days=1)),
        st.timedeltas(timedelta(days=-7000), timedelta(days=3650)),
    ),
)
daily_hours = st.builds(
    lambda zone, ends: DailyHours(zone, *sorted(ends)),
    st.sampled_from(ZONES),
    st.lists(st.integers(0, 1440), min_size=2, max_size=2, unique=True),
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@given(daily_hours, moments)
def test_the_next_opening_is_open_and_no_minute_before_it_is(hours: DailyHours, at: datetime) -> None:
    opening = next_opening(hours, at)
    assert opening >= at
    assert opening.tzinfo is UTC
    assert is_open(hours, opening)
    assert opening == at or not is_open(hours, opening - timedelta(microseconds=1))
    minute = at
    while minute < opening:
        assert not is_open(hours, minute)
        minute = minute.replace(second=0, microsecond=0) + timedelta(minutes=1)


def test_open_from_the_first_minute_to_before_the_last() -> None:
    hours = DailyHours(NEW_YORK, 9 * 60, 21 * 60)
    assert not is_open(hours, utc("2026-01-05T13:59:59.999999"))
    assert is_open(hours, utc("2026-01-05T14:00"))
    assert is_open(hours, utc("2026-01-06T01:59:59.999999"))
    assert not is_open(hours, utc("2026-01-06T02:00"))


def test_hours_follow_the_wall_clock_through_the_year() -> None:
    hours = DailyHours(NEW_YORK, 9 * 60, 21 * 60)
    assert next_opening(hours, utc("2026-01-05T05:00")) == utc("2026-01-05T14:00")
    assert next_opening(hours, utc("2026-07-05T05:00")) == utc("2026-07-05T13:00")
    assert next_opening(hours, utc("2026-03-08T05:00")) == utc("2026-03-08T13:00")


def test_an_open_moment_is_its_own_next_opening_to_the_microsecond() -> None:
    at = utc("2026-01-05T15:00:00.000001")
    assert next_opening(DailyHours(NEW_YORK, 540, 1260), at) == at


def test_a_whole_day_is_always_open() -> None:
    assert is_open(DailyHours("UTC", 0, 1440), utc("2026-01-05T23:59:59"))


def test_an_opening_time_that_is_skipped_opens_after_the_gap() -> None:
    hours = DailyHours(NEW_YORK, 2 * 60 + 30, 4 * 60)
    assert next_opening(hours, utc("2026-03-08T06:00")) == utc("2026-03-08T07:00")


def test_hours_that_are_skipped_whole_open_the_day_after() -> None:
    hours = DailyHours(NEW_YORK, 2 * 60 + 10, 2 * 60 + 50)
    assert next_opening(hours, utc("2026-03-08T06:00")) == utc("2026-03-09T06:10")


def test_hours_that_are_repeated_open_twice() -> None:
    hours = DailyHours(NEW_YORK, 60, 90)
    assert next_opening(hours, utc("2026-11-01T04:00")) == utc("2026-11-01T05:00")
    assert next_opening(hours, utc("2026-11-01T05:40")) == utc("2026-11-01T06:00")


def test_times_of_any_zone_are_understood() -> None:
    hours = DailyHours(NEW_YORK, 540, 1260)
    assert is_open(hours, datetime.fromisoformat("2026-01-05T23:00+09:00"))
    assert next_opening(hours, datetime.fromisoformat("2026-01-05T14:00+01:00")) == utc("2026-01-05T14:00")


def test_a_time_without_a_zone_is_refused() -> None:
    naive = utc("2026-01-05T14:00").replace(tzinfo=None)
    with pytest.raises(ValueError, match="does not say its time zone"):
        is_open(DailyHours(NEW_YORK, 540, 1260), naive)
    with pytest.raises(ValueError, match="does not say its time zone"):
        window_state(InitialWindow(NEW_YORK, None, None), naive)


@pytest.mark.parametrize(("opens", "closes"), [(1260, 540), (540, 540)])
def test_closing_at_or_before_opening_is_an_error(opens: int, closes: int) -> None:
    with pytest.raises(ValueError, match="is not after opening time"):
        DailyHours(NEW_YORK, opens, closes)


@pytest.mark.parametrize(("opens", "closes"), [(-1, 540), (540, 1441)])
def test_times_outside_the_day_are_an_error(opens: int, closes: int) -> None:
    with pytest.raises(ValueError, match="is not a time of day"):
        DailyHours(NEW_YORK, opens, closes)


@pytest.mark.parametrize("name", ["localtime", "right/UTC", "posixrules", "posix/Asia/Tokyo", "Factory"])
def test_a_zone_that_is_no_place_is_not_chosen(name: str) -> None:
    with pytest.raises(ValueError, match="is not a known time zone"):
        require_place(name)


def test_one_that_was_chosen_before_is_kept() -> None:
    assert is_open(DailyHours("Factory", 0, 1440), utc("2026-01-05T12:00"))


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "America", "../etc/passwd", "New York", "a\x00b"])
def test_an_unknown_time_zone_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="is not a known time zone"):
        DailyHours(name, 540, 1260)
    with pytest.raises(ValueError, match="is not a known time zone"):
        InitialWindow(name, None, None)


@pytest.mark.parametrize(
    ("text", "minutes"), [("9:00", 540), ("09:00", 540), (" 21:30 ", 1290), ("0:00", 0), ("24:00", 1440)]
)
def test_a_time_of_day_is_read(text: str, minutes: int) -> None:
    assert parse_clock(text) == minutes


@pytest.mark.parametrize(
    "text", ["", "9", "9:0", "24:01", "25:00", "9:60", "-1:00", "09:00:00", "9am", "٩:٠٠", "009:00"]
)
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time of day"):
        parse_clock(text)


@given(st.integers(0, 1440))
def test_a_time_of_day_is_written_as_it_is_read(minutes: int) -> None:
    assert parse_clock(format_clock(minutes)) == minutes
    assert len(format_clock(minutes)) == 5


def test_the_end_date_is_the_last_day_whole() -> None:
    window = InitialWindow(NEW_YORK, date(2026, 3, 2), date(2026, 3, 4))
    assert window_state(window, utc("2026-03-02T04:59:59")) is WindowState.BEFORE
    assert window_state(window, utc("2026-03-02T05:00")) is WindowState.OPEN
    assert window_state(window, utc("2026-03-05T04:59:59.999999")) is WindowState.OPEN
    assert window_state(window, utc("2026-03-05T05:00")) is WindowState.OVER


def test_a_window_of_one_day_is_open_that_day() -> None:
    window = InitialWindow("UTC", date(2026, 3, 2), date(2026, 3, 2))
    assert window_state(window, utc("2026-03-02T12:00")) is WindowState.OPEN


def test_a_side_without_a_date_is_open() -> None:
    assert window_state(InitialWindow("UTC", None, None), utc("2026-03-02T12:00")) is WindowState.OPEN
    assert window_start(InitialWindow("UTC", None, date(2026, 3, 2))) is None


def test_an_end_before_the_start_is_an_error() -> None:
    with pytest.raises(ValueError, match="is before the start date"):
        InitialWindow("UTC", date(2026, 3, 2), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        (NEW_YORK, date(2026, 3, 2), "2026-03-02T05:00"),
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00"),
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00"),
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00"),
        ("America/Toronto", date(1919, 3, 31), "1919-03-31T04:30"),
    ],
)
def test_the_start_is_the_first_moment_of_its_day(zone: str, day: date, start: str) -> None:
    assert window_start(InitialWindow(zone, day, None)) == utc(start)


@given(st.sampled_from(ZONES), st.dates(date(1990, 1, 1), date(2036, 1, 1)))
def test_the_window_opens_exactly_at_its_start(zone: str, day: date) -> None:
    window = InitialWindow(zone, day, None)
    start = window_start(window)
    assert start is not None
    assert window_state(window, start) is WindowState.OPEN
    assert window_state(window, start - timedelta(microseconds=1)) is WindowState.BEFORE


@given(daily_hours, moments)
def test_the_next_closing_is_the_first_closed_moment(hours: DailyHours, at: datetime) -> None:
    closing = next_closing(hours, at)
    if closing is None:
        assert (hours.opens, hours.closes) == (0, 24 * 60)
        return
    assert closing >= at
    assert not is_open(hours, closing)
    assert closing == at or is_open(hours, closing - timedelta(microseconds=1))
    step = (closing - at) / 50
    assert all(is_open(hours, at + step * nth) for nth in range(50) if step)

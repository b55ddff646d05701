"""A campaign's daily hours, and the window of its initial messages.

Functions take aware datetimes, and return them in UTC; the hours and days are those of the wall clock in a time zone.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from thrumsg_tui.domain.lazy_dataclass import dataclass

_DAY = 1440
_CLOCK = r"([0-9]{1,2}):([0-5][0-9])"


def parse_clock(text: str) -> int:
    """Return the minutes after midnight for a time such as "9:00", "09:00" or "24:00" (1440).

    Raises:
        ValueError: With a sentence, for any other text.
    """
    found = re.fullmatch(_CLOCK, text.strip())
    minutes = int(found[1]) * 60 + int(found[2]) if found else _DAY + 1
    if minutes > _DAY:
        raise ValueError(f"{text!r} is not a time of day; write it like 09:00, at most 24:00.")
    return minutes


def format_clock(minutes: int) -> str:
    """Return minutes after midnight (0 to 1440) as "09:00"."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


@dataclass(frozen=True, slots=True)
class DailyHours:
    """Opening and closing time in minutes after midnight in `timezone`; the closing minute is closed.

    Raises:
        ValueError: With a sentence, if the time zone is unknown, a time is not from 0 to 1440, or the closing time is
            not after the opening time, since the two are never swapped (`docs/rules.md 6.1`, `6.2`).
    """

    timezone: str
    opens: int
    closes: int

    def __post_init__(self) -> None:
        """Check the time zone and both times."""
        _zone(self.timezone)
        for minutes in (self.opens, self.closes):
            if not 0 <= minutes <= _DAY:
                raise ValueError(f"{minutes} minutes after midnight is not a time of day; 0 to {_DAY} are.")
        if self.closes <= self.opens:
            closes, opens = format_clock(self.closes), format_clock(self.opens)
            raise ValueError(f"Closing time {closes} is not after opening time {opens}.")


def is_open(hours: DailyHours, at: datetime) -> bool:
    """Return whether a moment is in the daily hours (`docs/rules.md 6.1`)."""
    wall = _utc(at).astimezone(_zone(hours.timezone))
    return hours.opens <= wall.hour * 60 + wall.minute < hours.closes


def next_opening(hours: DailyHours, at: datetime) -> datetime:
    """Return the first open moment from `at` on, in UTC, which is `at` itself if it is open.

    If a clock change skips the opening time, it is the moment after the gap; if it repeats the opening time, it is the
    first open one.
    """
    zone = _zone(hours.timezone)
    moment = _utc(at)
    while not is_open(hours, moment):
        offset = _offset(zone, moment)
        wall = moment.replace(tzinfo=None) + offset
        opening = datetime.combine(wall.date(), time()) + timedelta(minutes=hours.opens)
        if opening <= wall:
            opening += timedelta(days=1)
        target = (opening - offset).replace(tzinfo=UTC)
        # A clock change before that may already lead into the hours: look again from there.
        moment = _clock_change(zone, moment, target) or target
    return moment


def next_closing(hours: DailyHours, at: datetime) -> datetime | None:
    """Return the first closed moment after an open one, in UTC; None for hours without an end.

    `at` itself if it is closed.
    """
    if hours.opens == 0 and hours.closes == 24 * 60:
        return None
    zone = _zone(hours.timezone)
    moment = _utc(at)
    while is_open(hours, moment):
        offset = _offset(zone, moment)
        wall = moment.replace(tzinfo=None) + offset
        closing = datetime.combine(wall.date(), time()) + timedelta(minutes=hours.closes)
        target = (closing - offset).replace(tzinfo=UTC)
        # A clock change before that may lead out of the hours, or put the closing off: look again from there.
        moment = _clock_change(zone, moment, target) or target
    return moment


_SEARCHED = timedelta(days=8)
"""How far ahead a moment is looked for at which several clocks are open: a change of a clock is part of it."""


def are_open(clocks: Iterable[DailyHours], at: datetime) -> bool:
    """Return whether a moment is in the daily hours of every clock."""
    return all(is_open(clock, at) for clock in clocks)


def next_common_opening(clocks: Sequence[DailyHours], at: datetime) -> datetime | None:
    """Return the first moment from `at` on, in UTC, at which every clock is open; None if there is none in 8 days."""
    moment = _utc(at)
    last = moment + _SEARCHED
    while moment <= last:
        opening = max(next_opening(clock, moment) for clock in clocks)
        if opening == moment:
            return moment
        moment = opening
    return None


def next_common_closing(clocks: Sequence[DailyHours], at: datetime) -> datetime | None:
    """Return when the first of several open clocks closes, in UTC; None if none ever does."""
    closings = [closing for clock in clocks if (closing := next_closing(clock, at)) is not None]
    return min(closings, default=None)


def opens_anew(clocks: Sequence[DailyHours], before: Sequence[DailyHours], begin: datetime, end: datetime) -> bool:
    """Return whether clocks are all open at a moment from `begin` until `end` at which those of `before` were not."""
    moment = next_common_opening(clocks, begin)
    while moment is not None and moment < end:
        if next_common_opening(before, moment) != moment:
            return True
        closes = next_common_closing((*clocks, *before), moment)
        moment = next_common_opening(clocks, closes) if closes else None
    return False


class WindowState(StrEnum):
    """The position of a moment relative to the initial window."""

    BEFORE = "before"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class InitialWindow:
    """The first and the last day for initial messages in `timezone`, both included; None is no limit.

    Raises:
        ValueError: With a sentence, if the time zone is unknown or the end is before the start (`docs/rules.md 6.3`).
    """

    timezone: str
    starts: date | None
    ends: date | None

    def __post_init__(self) -> None:
        """Check the time zone and the order of the days."""
        _zone(self.timezone)
        if self.starts is not None and self.ends is not None and self.ends < self.starts:
            raise ValueError(f"The end date {self.ends} is before the start date {self.starts}.")


def window_state(window: InitialWindow, at: datetime) -> WindowState:
    """Return whether `at` is before, in or after the window (`docs/rules.md 3.2`, `6.3`)."""
    day = _utc(at).astimezone(_zone(window.timezone)).date()
    if window.starts is not None and day < window.starts:
        return WindowState.BEFORE
    if window.ends is not None and day > window.ends:
        return WindowState.OVER
    return WindowState.OPEN


def window_start(window: InitialWindow) -> datetime | None:
    """Return the first moment of the start date in UTC; None if the window has no start."""
    if window.starts is None:
        return None
    zone = _zone(window.timezone)
    midnight = datetime.combine(window.starts, time(), zone)
    start = midnight.astimezone(UTC)
    # If a clock change skips midnight, Python applies the old offset to it, and the new one with fold=1.
    earlier = midnight.replace(fold=1).astimezone(UTC)
    return (_clock_change(zone, earlier, start) or start) if earlier < start else start


def window_end(window: InitialWindow) -> datetime | None:
    """Return the first moment after the end date in UTC; None if the window has no end."""
    if window.ends is None:
        return None
    return window_start(InitialWindow(window.timezone, window.ends + timedelta(days=1), None))


_UNKNOWN = "{!r} is not a known time zone; write it like America/New_York."
_NO_PLACE = r"localtime|posixrules|Factory|posix/.*|right/.*"
"""Names in the time zone database that differ between machines, or mean no zone. Old databases may have stored them."""


def require_place(timezone: str) -> str:
    """Return the name of a time zone, if it may be chosen.

    Raises:
        ValueError: With a sentence, if the zone is unknown, or differs between machines.
    """
    _zone(timezone)
    if re.fullmatch(_NO_PLACE, timezone):
        raise ValueError(_UNKNOWN.format(timezone))
    return timezone


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(_UNKNOWN.format(name)) from None


def _utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError(f"The time {at} does not say its time zone.")
    return at.astimezone(UTC)


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    # A ZoneInfo always has an offset, though the type allows None.
    return moment.astimezone(zone).utcoffset() or timedelta()


def _clock_change(zone: ZoneInfo, start: datetime, end: datetime) -> datetime | None:
    """Return when the offset of `zone` changes after `start` and not after `end` (about a day later); None if never."""
    before = _offset(zone, start)
    if _offset(zone, end) == before:
        return None
    # Clocks change on whole seconds.
    low = start.replace(microsecond=0)
    seconds = -((low - end) // timedelta(seconds=1))
    unchanged, changed = 0, seconds
    while changed - unchanged > 1:
        middle = (unchanged + changed) // 2
        if _offset(zone, low + timedelta(seconds=middle)) == before:
            unchanged = middle
        else:
            changed = middle
    return low + timedelta(seconds=changed)

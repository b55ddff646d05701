"""Hours in which a state allows solicitations, read from a table that people may edit (`docs/rules.md 10.10`)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from thrumsg_tui.domain.campaigns import QUIET_FROM, QUIET_UNTIL, Campaign
from thrumsg_tui.domain.contact_zones import ContactZones, zones_of_state
from thrumsg_tui.domain.hours import format_clock, next_common_opening, opens_anew, parse_clock
from thrumsg_tui.domain.lazy_dataclass import dataclass

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True)
class StateHours:
    """The hours of a state on some days of the week, in minutes after midnight."""

    state: str
    days: str
    """As it was written: `Mon-Sat`, or `Sun`."""
    opens: int
    closes: int
    source: str

    @property
    def words(self) -> str:
        """The state, the days and the hours."""
        return f"{self.state} {self.days} {format_clock(self.opens)}–{format_clock(self.closes)}"

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The days, 0 for Monday."""
        first, _, last = (part.strip().lower() for part in self.days.partition("-"))
        begin = _DAYS.index(first)
        return tuple(range(begin, _DAYS.index(last or first) + 1))


_QUIET = StateHours("", "Mon-Sun", QUIET_UNTIL, QUIET_FROM, "")
"""Quiet hours as a row."""


def read_state_hours(text: str) -> tuple[StateHours, ...]:
    """Read the table: a header, then rows with state, days, opens, closes and source; lines with # are remarks.

    Raises:
        ValueError: With a sentence that names the line, if one cannot be read.
    """
    found = []
    lines = [(nth, line) for nth, line in enumerate(text.splitlines(), start=1) if line.strip() and line[0] != "#"]
    for nth, line in lines[1:]:
        cells = [cell.strip() for cell in next(csv.reader([line]))]
        try:
            state, days, opens, closes, source = cells
            row = StateHours(state.upper(), days, parse_clock(opens), parse_clock(closes), source)
            known = zones_of_state(row.state) and row.weekdays and row.opens < row.closes
        except ValueError:
            known = False
        if not known:
            raise ValueError(f"Line {nth} of the table of state hours cannot be read: {line!r}.")
        found.append(row)
    return tuple(found)


def touched(
    campaign: Campaign, state: str, table: Sequence[StateHours], now: datetime, before: Campaign | None = None
) -> tuple[StateHours, ...]:
    """Return the hours of a state that the campaign's hours go beyond, in the week from now on.

    Every time zone of the state is tried, as if a contact were there.

    Args:
        campaign: The campaign.
        state: The state.
        table: The hours of all states.
        now: The present.
        before: The campaign as it was, to return only what its hours go beyond at more times than they did.
    """
    there = [ContactZones((zone,), zone) for zone in zones_of_state(state)]
    rows = [row for row in table if row.state == state]
    return tuple(row for row in rows if any(_goes_beyond(campaign, zones, row, now, before) for zones in there))


def opens_in_quiet_hours(campaign: Campaign, before: Campaign, zones: ContactZones, now: datetime) -> bool:
    """Return whether the campaign may text a contact before 08:00 or after 21:00 at times at which it could not."""
    return _goes_beyond(campaign, zones, _QUIET, now, before)


def _goes_beyond(
    campaign: Campaign, zones: ContactZones, row: StateHours, now: datetime, before: Campaign | None
) -> bool:
    clocks = campaign.for_contact(zones).clocks
    had = before.for_contact(zones).clocks if before else None
    for zone in zones.possible or (campaign.window.timezone,):
        for begin, end in _shut(zone, row, now):
            opening = next_common_opening(clocks, begin)
            if opening is None or opening >= end:
                continue
            if had is None or opens_anew(clocks, had, opening, end):
                return True
    return False


def _shut(zone: str, row: StateHours, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the times of a week in which a row allows nothing, in UTC."""
    today = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    for day in (today + timedelta(days=nth) for nth in range(7)):
        if day.weekday() not in row.weekdays:
            continue
        for begin, end in ((0, row.opens), (row.closes, _MIDNIGHT)):
            if begin < end:
                yield _moment(day, begin, zone), _moment(day, end, zone)


def _moment(day: datetime, minutes: int, zone: str) -> datetime:
    return (day + timedelta(minutes=minutes)).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

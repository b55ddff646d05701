"""Short ages, moments, and titles for the days of a thread, in English whatever the locale."""

from datetime import UTC, date, datetime, timedelta, tzinfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def age(since: datetime, now: datetime, zone: tzinfo, *, yesterday: str = "yesterday") -> str:
    """Return how long ago `since` was, as lists show it, in at most 9 characters.

    Args:
        since: An aware time; one in the future counts as "now".
        now: The present, aware.
        zone: The time zone whose midnights separate the days.
        yesterday: The word for the day before.

    Returns:
        "now", "9 min", "3 h" (the same day in `zone`, or less than 12 hours), "yesterday", "Tue" (up to 6 days),
        "3 Mar" (the same year), or "Mar 2024".
    """
    # In UTC, because Python subtracts two times of one zone by their wall clocks.
    passed = now.astimezone(UTC) - since.astimezone(UTC)
    if passed < timedelta(minutes=1):
        return "now"
    if passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)} min"
    day, today = since.astimezone(zone).date(), now.astimezone(zone).date()
    days = (today - day).days
    if days <= 0 or passed < timedelta(hours=12):
        return f"{passed // timedelta(hours=1)} h"
    if days == 1:
        return yesterday
    if days <= 6:
        return DAYS[day.weekday()]
    month = _MONTHS[day.month - 1][:3]
    return f"{day.day} {month}" if day.year == today.year else f"{month} {day.year}"


def waiting_age(since: datetime, now: datetime, zone: tzinfo) -> str:
    """Return how long a contact has waited: as `age`, but "1 day" for yesterday, so at most 8 characters."""
    return age(since, now, zone, yesterday="1 day")


def day_title(day: date, today: date, *, iso: bool = False) -> str:
    """Return the title of a day between the messages of a thread (`docs/rules.md 3.10`).

    Returns:
        "Today", "Yesterday", "Tue 3 March", or "Sun 3 March 2024" if the year is not that of `today`; with `iso`,
        "2024-03-03".
    """
    if iso:
        return day.isoformat()
    days = (today - day).days
    if days == 0:
        return "Today"
    if days == 1:
        return "Yesterday"
    title = f"{DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return title if day.year == today.year else f"{title} {day.year}"


def utc_moment(iso: str) -> str:
    """Return a moment of the journal, an ISO 8601 text in UTC, as `2026-03-03 09:00 UTC`."""
    return f"{datetime.fromisoformat(iso):%Y-%m-%d %H:%M} UTC"

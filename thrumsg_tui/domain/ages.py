"""How long ago, in a few characters, and titles for the days of a thread. English in every locale."""

from datetime import UTC, date, datetime, timedelta, tzinfo

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
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
    """Return how long before `now` (both aware) `since` was, as a list shows it, in at most 9 characters.

    "now", "9 min", "3 h" (the same day in `zone`, or less than 12 hours), "yesterday", "Tue" (up to
    6 days), "3 Mar" (the same year), "Mar 2024". What lies in the future is "now" too.
    """
    # In UTC: two times of one zone would be subtracted by their wall clocks.
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
        return _DAYS[day.weekday()]
    month = _MONTHS[day.month - 1][:3]
    return f"{day.day} {month}" if day.year == today.year else f"{month} {day.year}"


def waiting_age(since: datetime, now: datetime, zone: tzinfo) -> str:
    """Return how long somebody has waited, as `age` does but in at most 8 characters: yesterday is "1 day"."""
    return age(since, now, zone, yesterday="1 day")


def day_title(day: date, today: date) -> str:
    """Return the title of `day` between the messages of a thread (`docs/rules.md 3.10`).

    "Today", "Yesterday", "Tue 3 March", and "Sun 3 March 2024" for another year than that of `today`.
    """
    days = (today - day).days
    if days == 0:
        return "Today"
    if days == 1:
        return "Yesterday"
    title = f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return title if day.year == today.year else f"{title} {day.year}"

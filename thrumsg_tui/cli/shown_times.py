"""The form of times in what a command prints for a person (`docs/rules.md 12.1`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from thrumsg_tui.domain.ages import age, day_title
from thrumsg_tui.domain.lazy_dataclass import dataclass

if TYPE_CHECKING:
    from thrumsg_tui.cli.session import Session
    from thrumsg_tui.domain.preferences import ChosenKeys, Dates, Preset

_DATES = "[look] dates"


@dataclass(frozen=True, slots=True)
class ShownTimes:
    """The times of a report.

    Attributes:
        dates: The form that the person has configured; None if the file says nothing.
        now: The present.
    """

    dates: Dates | None
    now: datetime

    def moment(self, at: datetime, zone: tzinfo | None = None) -> str:
        """Return a moment in a zone, None for that of the machine: in full unless another form is configured."""
        local = at.astimezone(zone)
        return _in_form(self.dates, local, self.now) if self.dates else f"{local:%Y-%m-%d %H:%M}"

    def age(self, at: datetime, zone: tzinfo) -> str:
        """Return how long ago a moment was, unless another form is configured."""
        return _in_form(self.dates, at.astimezone(zone), self.now) if self.dates else age(at, self.now, zone)

    def in_thread(self, at: datetime, zone: tzinfo, before: datetime | None) -> tuple[str, str]:
        """Return the title of the day, empty if `before`, the entry above, was on the same day, and the time.

        In full, the time has the day.
        """
        local = at.astimezone(zone)
        if self.dates in {None, "iso"}:
            return "", f"{local:%Y-%m-%d %H:%M}"
        is_same = before is not None and before.astimezone(zone).date() == local.date()
        return "" if is_same else day_title(local.date(), self.now.astimezone(zone).date()), f"{local:%H:%M}"

    def heading(self, in_utc: str) -> str:
        """Return the heading of a column of moments in UTC, such as "Failed, UTC"; of ages without the zone."""
        return in_utc.removesuffix("UTC").removesuffix(", ") or "When" if self.dates == "relative" else in_utc


def shown_times(session: Session) -> ShownTimes:
    """Return the form of the times that a command shows now; for a script the configuration is not read."""
    return ShownTimes(_configured(session) if session.for_person else None, session.db.clock())


def _configured(session: Session) -> Dates | None:
    from thrumsg_tui.configuration.preferences_file import load_preferences, preferences_path

    loaded = load_preferences(preferences_path(session.forced_login), _without_keys)
    return loaded.preferences.dates if _DATES in loaded.lines else None


def _without_keys(_preset: Preset, _wanted: Mapping[str, str]) -> ChosenKeys:
    """Leave the keys unread: a command has none."""
    from thrumsg_tui.domain.preferences import ChosenKeys

    return ChosenKeys({}, {}, {})


def _in_form(dates: Dates, local: datetime, now: datetime) -> str:
    from thrumsg_tui.domain.list_times import time_in_list  # only with a configuration

    return time_in_list(local, now, local.tzinfo or UTC, dates)

"""Checks and reads a campaign's setup as a person enters it in a form or a command."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import TypeVar

from thrumsg_tui.domain.blank_text import is_blank
from thrumsg_tui.domain.campaigns import Setup
from thrumsg_tui.domain.enums import HoursIn
from thrumsg_tui.domain.hours import DailyHours, InitialWindow, parse_clock

_T = TypeVar("_T")

SetupFields = Mapping[str, str]
"""The entered text by field: name, script, description, timezone, opens, closes, hours_in, quiet_hours, starts, ends,
quicksend."""


def check_setup(entered: SetupFields, taken: Collection[str] = ()) -> dict[str, str]:
    """Return a sentence for each field that is wrong (`docs/rules.md` 6).

    Args:
        entered: A missing field counts as empty; only the days, `description`, `hours_in`,
            `quiet_hours` and `quicksend` may be.
        taken: The names of the other campaigns.
    """
    wrong: dict[str, str] = {}
    _read(entered, taken, wrong)
    return wrong


def read_setup(entered: SetupFields) -> Setup:
    """Return the setup that was entered.

    Raises:
        ValueError: With all sentences of `check_setup`, if a field is wrong.
    """
    wrong: dict[str, str] = {}
    setup = _read(entered, (), wrong)
    if setup is None:
        raise ValueError(" ".join(wrong.values()))
    return setup


def _read(entered: SetupFields, taken: Collection[str], wrong: dict[str, str]) -> Setup | None:
    name, script = entered.get("name", "").strip(), entered.get("script", "")
    if not name:
        wrong["name"] = "A campaign needs a name."
    elif name in taken:
        wrong["name"] = "There is a campaign of that name already."
    if is_blank(script):
        wrong["script"] = "A campaign needs a first message."
    hours = _hours(entered, wrong)
    hours_in = _one(entered, "hours_in", _hours_in, wrong)
    starts, ends = (_one(entered, field, _day, wrong) for field in ("starts", "ends"))
    quicksend = _one(entered, "quicksend", _yes_or_no, wrong)
    quiet_hours = _one(entered, "quiet_hours", _yes_or_no, wrong)
    if starts and ends and ends < starts:
        wrong["ends"] = f"The end date {ends} is before the start date {starts}."
    if wrong or hours is None or hours_in is None:
        return None
    description = entered.get("description", "").strip()
    return Setup(name, script, hours, description, hours_in, starts, ends, bool(quicksend), bool(quiet_hours))


def _hours(entered: SetupFields, wrong: dict[str, str]) -> DailyHours | None:
    timezone = _one(entered, "timezone", _timezone, wrong)
    opens, closes = (_one(entered, field, parse_clock, wrong) for field in ("opens", "closes"))
    if opens is None or closes is None:
        return None
    try:
        return DailyHours(timezone or "UTC", opens, closes)
    except ValueError as reason:
        wrong["closes"] = str(reason)
        return None


def _one(entered: SetupFields, field: str, read: Callable[[str], _T], wrong: dict[str, str]) -> _T | None:
    try:
        return read(entered.get(field, "").strip())
    except ValueError as reason:
        wrong[field] = str(reason)
        return None


def _timezone(text: str) -> str:
    """Require a known time zone; the store decides whether it may be chosen, since an earlier choice may stay."""
    return InitialWindow(text, None, None).timezone


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a date; write it like 2026-11-03, or leave it empty.") from None


def _hours_in(text: str) -> HoursIn:
    try:
        return HoursIn(text or HoursIn.CAMPAIGN)
    except ValueError:
        raise ValueError(f"{text!r} is neither campaign nor contact.") from None


def _yes_or_no(text: str) -> bool:
    if text not in {"", "yes", "no"}:
        raise ValueError(f"{text!r} is neither yes nor no.")
    return text == "yes"

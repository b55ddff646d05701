"""The fields of a line that a carrier's program wrote, each checked (`command_lines.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

_T = TypeVar("_T")
_D = TypeVar("_D")

_LONGEST_WAIT = 24 * 60 * 60
_LONGEST_ID = 200


class BadLine(ValueError):
    """A line of the program that is not as described; the text says what is wrong, without what it said."""


def object_of(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object."""
    value = said.get(name)
    if not isinstance(value, dict):
        raise BadLine(f"{name} is an object")
    return value


def text_of(said: Mapping[str, Any], name: str) -> str:
    """Return a text that is not empty."""
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise BadLine(f"{name} is a text that is not empty")
    return value


def optional_text(said: Mapping[str, Any], name: str) -> str | None:
    """Return a text; None if it is empty or not given."""
    return text_of(said, name) if said.get(name) not in (None, "") else None


def id_of(said: Mapping[str, Any], name: str) -> str | None:
    """Return an id of the carrier; None if it is not given."""
    value = optional_text(said, name)
    if value is not None and len(value) > _LONGEST_ID:
        raise BadLine(f"{name} has at most {_LONGEST_ID} characters")
    return value


def flag_of(said: Mapping[str, Any], name: str) -> bool:
    """Return whether a flag is set."""
    value = said.get(name, False)
    if not isinstance(value, bool):
        raise BadLine(f"{name} is true or false")
    return value


def seconds_of(said: Mapping[str, Any], name: str) -> float:
    """Return a number of seconds; 0 if it is not given."""
    value = said.get(name, 0)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= _LONGEST_WAIT:
        raise BadLine(f"{name} is a number of seconds from 0 to {_LONGEST_WAIT}")
    return float(value)


def time_of(said: Mapping[str, Any], name: str) -> datetime | None:
    """Return a time in UTC; None if it is not given."""
    value = optional_text(said, name)
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        raise BadLine(f"{name} is a time such as 2026-11-29T14:00:00Z") from None
    if time.utcoffset() is None:
        raise BadLine(f"{name} has a time zone, such as Z")
    return time.astimezone(UTC)


def one_of(said: Mapping[str, Any], name: str, known: Mapping[str, _T], default: _D) -> _T | _D:
    """Return what a word stands for; the default if it is not given."""
    value = said.get(name)
    if value is None:
        return default
    if not isinstance(value, str) or value not in known:
        raise BadLine(f"{name} is one of {', '.join(known)}")
    return known[value]

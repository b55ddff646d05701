"""Conversion of times, which are stored as UTC milliseconds (`docs/rules.md 6.1`)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(at: datetime) -> int:
    """Convert an aware datetime to UTC milliseconds."""
    return (at - _EPOCH) // _MILLISECOND


def from_ms(ms: int) -> datetime:
    """Convert UTC milliseconds to an aware datetime in UTC."""
    return _EPOCH + timedelta(milliseconds=ms)


def from_ms_or_none(ms: int | None) -> datetime | None:
    """Convert UTC milliseconds to an aware datetime in UTC; None to None."""
    return None if ms is None else from_ms(ms)


def iso(at: datetime | None) -> str | None:
    """Format a time as UTC ISO 8601 in seconds with a `Z` (`docs/rules.md 9.3`); None to None."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

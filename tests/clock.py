"""A clock that the test turns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class Clock:
    """Stands still until it is moved forward."""

    now: datetime = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        """Let time pass: `clock.forward(minutes=5)`."""
        self.now += timedelta(**by)

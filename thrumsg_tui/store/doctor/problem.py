"""What the doctor finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it must be: what it concerns, and what is wrong with it."""

    subject: str
    sentence: str

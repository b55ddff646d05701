"""Putting one of several things at another place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")


def reordered(order: Sequence[_T], moved: _T, place: int) -> list[_T]:
    """The order with one of its things at a place, 1 being the first; below means first, beyond means last."""
    others = [each for each in order if each != moved]
    at = max(0, min(place - 1, len(others)))
    return [*others[:at], moved, *others[at:]]

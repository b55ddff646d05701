"""Moving one item of a sequence to another place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")


def reordered(order: Sequence[_T], moved: _T, place: int) -> list[_T]:
    """Return `order` with `moved` at another place.

    Args:
        order: The items, all different.
        moved: The item to move.
        place: Its new place, from 1; a smaller number means first, a number beyond the end means last.
    """
    others = [item for item in order if item != moved]
    index = max(0, min(place - 1, len(others)))
    return [*others[:index], moved, *others[index:]]

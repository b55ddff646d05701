"""Cursor arithmetic: clamp an index to the existing rows, or cycle through values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_Item = TypeVar("_Item")


def nearest_index(index: int, count: int) -> int:
    """Clamp `index` to the indexes of `count` rows; return 0 if there are none."""
    return max(0, min(index, count - 1))


def next_in_cycle(items: Sequence[_Item], current: _Item, step: int = 1) -> _Item:
    """Return the item `step` places after `current`, wrapping."""
    return items[(items.index(current) + step) % len(items)]

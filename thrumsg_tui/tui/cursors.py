"""Where a cursor goes: to the nearest row that there is, or round and round through a few values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_Item = TypeVar("_Item")


def nearest_index(index: int, count: int) -> int:
    """Return the index of one of `count` rows that is nearest to `index`; 0 if there are none."""
    return max(0, min(index, count - 1))


def next_in_cycle(items: Sequence[_Item], current: _Item, step: int = 1) -> _Item:
    """Return the item `step` places after the current one, where the first follows the last."""
    return items[(items.index(current) + step) % len(items)]

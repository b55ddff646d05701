"""Distributes conversations among senders."""

import heapq
from collections.abc import Hashable, Sequence
from itertools import cycle
from typing import TypeVar

T = TypeVar("T", bound=Hashable)
D = TypeVar("D", bound=Hashable)

_NOWHERE = "There is no destination to share the conversations out to."


def deal(items: Sequence[T], destinations: Sequence[D]) -> list[tuple[T, D]]:
    """Deal items to destinations in turn, so that shares differ by at most one (`docs/rules.md 4.4`).

    Args:
        items: The items in order.
        destinations: The destinations; the first ones get the extra items.

    Returns:
        Pairs of item and destination, in the order of the items.

    Raises:
        ValueError: If there is no destination.
    """
    if not destinations:
        raise ValueError(_NOWHERE)
    return list(zip(items, cycle(destinations), strict=False))


def deal_level(items: Sequence[T], loads: Sequence[tuple[D, int]]) -> list[tuple[T, D]]:
    """Deal each item to the destination with the smallest total so far, ties by the given order.

    The totals become as close as they can without taking anything away (`docs/rules.md 4.4`).
    O(items x log destinations).

    Args:
        items: The items in order.
        loads: The destinations, each with the number that it holds already.

    Returns:
        Pairs of item and destination, in the order of the items.

    Raises:
        ValueError: If there is no destination.
    """
    if not loads:
        raise ValueError(_NOWHERE)
    totals = [(total, place) for place, (_, total) in enumerate(loads)]
    heapq.heapify(totals)
    dealt = []
    for item in items:
        total, place = totals[0]
        heapq.heapreplace(totals, (total + 1, place))
        dealt.append((item, loads[place][0]))
    return dealt

"""When garbage is collected: once there may be much of it, and nobody types (docs/architecture.md, "Memory")."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from thrumsg_tui.garbage import MUCH, Tidying


class Knot:
    """Something that refers to itself, which only the collector removes."""

    def __init__(self, size: int) -> None:
        self.itself = self
        self.content = [object() for _ in range(size)]


def knot(size: int) -> weakref.ref[Knot]:
    """Leave something of so many objects as garbage."""
    return weakref.ref(Knot(size))


@pytest.fixture
def tidying() -> Iterator[Tidying]:
    """One who has looked at the memory in use, while Python collects nothing by itself."""
    threshold = gc.get_threshold()
    gc.set_threshold(0)
    tidying = Tidying()
    tidying.tidy()
    yield tidying
    gc.set_threshold(*threshold)


def test_much_garbage_is_collected_and_a_little_is_not(tidying: Tidying) -> None:
    little = knot(MUCH // 10)
    tidying.tidy()
    assert little() is not None
    much = knot(2 * MUCH)
    tidying.tidy()
    assert (little(), much()) == (None, None)
    later = knot(MUCH // 10)
    tidying.tidy()
    assert later() is not None

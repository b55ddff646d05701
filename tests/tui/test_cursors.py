"""Where a cursor goes."""

from __future__ import annotations

import pytest

from thrumsg_tui.tui.cursors import nearest_index, next_in_cycle


@pytest.mark.parametrize(
    ("index", "count", "nearest"), [(-1, 3, 0), (0, 3, 0), (2, 3, 2), (3, 3, 2), (5, 0, 0), (-1, 0, 0)]
)
def test_the_nearest_row_is_one_that_there_is(index: int, count: int, nearest: int) -> None:
    assert nearest_index(index, count) == nearest


@pytest.mark.parametrize(("step", "after"), [(1, "a"), (-1, "b"), (2, "b"), (3, "c"), (0, "c")])
def test_a_cycle_goes_on_at_its_other_end(step: int, after: str) -> None:
    assert next_in_cycle("abc", "c", step) == after

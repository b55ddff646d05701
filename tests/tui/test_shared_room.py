"""How the lines of a dialog are shared between two lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.tui.shared_room import share_lines

lines = st.integers(1, 60)


@given(st.integers(2, 60), st.integers(0, 60), lines)
def test_no_line_is_given_twice_and_none_that_is_not_needed(room: int, first: int, second: int) -> None:
    given_first, given_second = share_lines(room, first, second)
    assert given_first + given_second <= room
    assert given_first <= first
    assert 1 <= given_second <= second


@given(st.integers(2, 60), lines, lines)
def test_no_line_stays_empty_while_one_of_them_scrolls(room: int, first: int, second: int) -> None:
    shares = share_lines(room, first, second)
    if shares != (first, second):
        assert sum(shares) == room


@pytest.mark.parametrize(("first", "second", "shares"), [(30, 30, (10, 10)), (4, 30, (4, 16)), (30, 4, (16, 4))])
def test_what_the_one_does_not_need_the_other_gets(first: int, second: int, shares: tuple[int, int]) -> None:
    assert share_lines(20, first, second) == shares

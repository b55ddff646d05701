"""Records that are cheap to define."""

from __future__ import annotations

import pytest

from thrumsg_tui.domain.frozen_record import FrozenRecord


class Point(FrozenRecord):
    """A place."""

    x: int
    y: int = 0


class Other(FrozenRecord):
    """Another class with the same fields."""

    x: int
    y: int = 0


def test_fields_are_given_by_place_or_name_or_have_a_default() -> None:
    assert Point(1, 2) == Point(1, y=2) == Point(x=1, y=2) != Point(2, 1)
    assert Point(1) == Point(1, 0)
    assert Point(1) != Other(1)
    assert dict(Point(y=2, x=1).field_values) == {"x": 1, "y": 2}
    assert repr(Point(1, 2)) == "Point(x=1, y=2)"
    assert len({Point(1, 2), Point(1, 2), Point(2, 1)}) == 2


@pytest.mark.parametrize(
    ("values", "named"), [((), {}), ((1, 2, 3), {}), ((1,), {"x": 2}), ((1,), {"z": 2}), ((), {"y": 2})]
)
def test_what_does_not_fit_is_refused(values: tuple[int, ...], named: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="Point has the fields x, y"):
        Point(*values, **named)

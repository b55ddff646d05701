"""Dataclasses that are cheap to define behave as those of the standard library."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from thrumsg_tui.domain import lazy_dataclass


def classes(dataclass: Any) -> tuple[Any, Any]:
    """Define two classes with one of the two decorators."""

    @dataclass(frozen=True, slots=True)
    class Point:
        """A place."""

        x: int
        y: int = 0
        seen: list[int] = dataclasses.field(default_factory=list, compare=False)
        secret: str = dataclasses.field(default="", repr=False)

        def __post_init__(self) -> None:
            if self.x < 0:
                raise ValueError("x is negative")

        @property
        def sum(self) -> int:
            return self.x + self.y

    @dataclass(frozen=True, slots=True)
    class Named(Point):
        """A place with a name."""

        name: str = "here"

    return Point, Named


OURS, THEIRS = classes(lazy_dataclass.dataclass), classes(dataclasses.dataclass)
CALLS: list[Any] = [
    lambda point, named: point(1),
    lambda point, named: point(1, y=2).sum,
    lambda point, named: named(1, 2, [3], "s", "there"),
    lambda point, named: named(name="there", x=4),
    lambda point, named: point(),
    lambda point, named: point(1, z=2),
    lambda point, named: point(1, 2, [], "", 5),
    lambda point, named: point(-1),
    lambda point, named: named(-1),
    lambda point, named: dataclasses.replace(named(1), y=7),
    lambda point, named: dataclasses.replace(named(1), z=7),
    lambda point, named: dataclasses.asdict(named(1)),
    lambda point, named: [field.name for field in dataclasses.fields(named)],
    lambda point, named: named.__match_args__,
    lambda point, named: point(1) == point(1, seen=[2]),
    lambda point, named: point(1) == named(1),
    lambda point, named: point(1) == 1,
    lambda point, named: len({point(1), point(1, seen=[2]), named(1), point(2)}),
    lambda point, named: setattr(point(1), "x", 2),
    lambda point, named: delattr(named(1), "x"),
    lambda point, named: hasattr(named(1), "__dict__"),
    lambda point, named: point(1).seen is point(1).seen,
]


@pytest.mark.parametrize("call", CALLS)
def test_it_does_what_the_standard_librarys_does(call: Any) -> None:
    results = []
    for made in (OURS, THEIRS):
        try:
            results.append(repr(call(*made)))
        except (TypeError, ValueError, dataclasses.FrozenInstanceError, AttributeError) as error:
            results.append(repr(type(error)))
    assert results[0] == results[1]


def test_another_kind_is_refused() -> None:
    with pytest.raises(TypeError):
        lazy_dataclass.dataclass(frozen=True, slots=False)

"""Rows that are found by name or by position, as those of SQLite are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from psycopg import Cursor


class Row(tuple[Any, ...]):
    """One row; each shape of a result has a subclass of its own, which knows the names."""

    __slots__ = ()
    places: ClassVar[Mapping[str, int]] = {}

    def __getitem__(self, key: Any, /) -> Any:
        """Return the value of a column, by name or position."""
        return tuple.__getitem__(self, self.places[key] if key.__class__ is str else key)

    def keys(self) -> Sequence[str]:
        """Return the column names in order."""
        return list(self.places)


def row_factory(cursor: Cursor[Any]) -> Callable[[Sequence[Any]], Row]:
    """Return what makes the rows of a result."""
    result = cursor.pgresult
    if result is None:
        return Row
    return _shape(tuple(result.fname(place) or b"" for place in range(result.nfields)))


@lru_cache(maxsize=1024)
def _shape(names: tuple[bytes, ...]) -> type[Row]:
    """Return the class of rows with these columns; of two with the same name, the first is found by it."""
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        places.setdefault(name.decode(), place)
    return type("Row", (Row,), {"__slots__": (), "places": places})

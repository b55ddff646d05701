"""Progress of slow work, in rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

OnProgress = Callable[[int, int], None]
"""Called as (rows done, rows in total). An exception raised here ends the work, and nothing of it is kept."""


def no_progress(_done: int, _total: int) -> None:
    """Report nothing."""


EVERY = 1000
"""How many rows pass between two calls."""


class RowsRead:
    """How many of the rows that are to be read have been read.

    Args:
        on_progress: Told so every `EVERY` rows, and after each table.
        total: Counts the rows that are to be read; not called if nobody is told.
    """

    def __init__(self, on_progress: OnProgress, total: Callable[[], int]) -> None:
        self._on_progress = None if on_progress is no_progress else on_progress
        self._total = 0 if self._on_progress is None else total()
        self._read = 0

    def over(self, rows: Iterator[T]) -> Iterator[T]:
        """Iterate over rows, and count them."""
        return rows if self._on_progress is None else self._counted(rows, self._on_progress)

    def _counted(self, rows: Iterator[T], on_progress: OnProgress) -> Iterator[T]:
        for row in rows:
            if self._read % EVERY == 0:
                on_progress(self._read, self._total)
            self._read += 1
            yield row
        on_progress(self._read, self._total)


class PhaseProgress:
    """Progress of an import whose rows pass several phases, reported as if there was one phase."""

    def __init__(self, on_progress: OnProgress | None, rows: int, phases: int) -> None:
        self._on_progress = on_progress
        self._rows = rows
        self._phases = phases
        self._phase = -1

    def over(self, items: Iterable[T]) -> Iterator[T]:
        """Iterate over the items of the next phase, which are at most as many as the rows."""
        self._phase += 1
        if self._on_progress is None:
            yield from items
            return
        before = self._phase * self._rows
        for passed, item in enumerate(items):
            if passed % EVERY == 0:
                self._on_progress((before + passed) // self._phases, self._rows)
            yield item

    def end(self) -> None:
        """Report that all rows are done."""
        if self._on_progress is not None:
            self._on_progress(self._rows, self._rows)

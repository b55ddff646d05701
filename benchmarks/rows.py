"""The records of a benchmark: a row of the table, what was measured for it, and the family that measures it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import median
from time import perf_counter

OURS = "thrumsg"
SERVER = "PostgreSQL"
"""Ours, too, on a server."""
UNLOCKED = "PostgreSQL, no locks"
"""The same without the locks that keep it right."""


class Unit(StrEnum):
    """What a row is measured in."""

    MS = "ms"
    BYTES = "bytes"
    PAINTS = "paints"
    KEYS = "keys"
    TIMES = "times"
    MB = "MB"
    MODULES = "modules"
    ROWS_PER_SECOND = "rows/s"
    PER_SECOND = "/s"
    MINUTES = "min"

    @property
    def more_is_better(self) -> bool:
        """Whether a target is a least and not a most."""
        return self in {Unit.ROWS_PER_SECOND, Unit.PER_SECOND}

    def shown(self, value: float) -> str:
        """Return a value as the tables show it."""
        whole = self in {Unit.BYTES, Unit.MODULES, Unit.ROWS_PER_SECOND} or value >= 100 or value == int(value)
        return f"{value:,.0f}" if whole else f"{value:.2f}" if value < 10 else f"{value:.1f}"


@dataclass(frozen=True, slots=True)
class Row:
    """Something to measure.

    `before` is what it was when the target was set, in the same unit; both are None for a row that only informs. A row
    that does not depend on how much is in the database has `grows=False`.
    """

    what: str
    unit: Unit
    before: float | None = None
    target: float | None = None
    grows: bool = True
    on_server: float | None = None
    """The target on a server, whose figure stands beside ours."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured for a row, once for each run; `program` names another program to compare with."""

    row: Row
    runs: tuple[float, ...]
    program: str = OURS

    @property
    def median(self) -> float:
        """The figure that counts."""
        return median(self.runs)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is in the database, how much the moves move, and how often each thing is done."""

    conversations: int
    senders: int
    times: int
    """How often what takes milliseconds is done."""
    few: int
    """How often what takes a second or more is done."""

    @property
    def moved(self) -> int:
        """How many conversations a move in one transaction takes: a hundredth of all."""
        return self.conversations // 100

    @property
    def dealt(self) -> int:
        """How many are dealt out from Unassigned, which holds a tenth."""
        return self.conversations // 10

    @property
    def moved_in_steps(self) -> int:
        """How many a move in steps takes; where this is not many, it is one transaction."""
        return self.conversations * 9 // 100


@dataclass(frozen=True, slots=True)
class Setting:
    """What a family measures on: a database that it may change, and where programs find what they need."""

    database: Path
    folder: Path
    scale: Scale
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that are measured together. `measure` yields figures as soon as it has them."""

    rows: tuple[Row, ...]
    measure: Callable[[Setting], Iterator[Figure]]


@dataclass(frozen=True, slots=True)
class Family:
    """Rows on one subject. If one of its parts fails, the others are still measured."""

    name: str
    title: str
    parts: tuple[Part, ...]
    on_both_engines: bool = False
    """Whether each row is measured on a server, too."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, in the order of the table."""
        return tuple(row for part in self.parts for row in part.rows)


class NotInstalled(Exception):
    """A program to compare with is not installed; the message is a sentence."""


def timed(row: Row, run: Callable[[], object], times: int) -> Figure:
    """Measure how many milliseconds something takes, so many times."""
    runs = []
    for _ in range(times):
        start = perf_counter()
        run()
        runs.append((perf_counter() - start) * 1000)
    return Figure(row, tuple(runs))

"""The results of a benchmark as text: a line for each figure, and tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.rows import OURS, SERVER, UNLOCKED, Family, Figure, Row, Unit


@dataclass(frozen=True, slots=True)
class Failure:
    """A part of a family that could not be measured."""

    family: str
    reason: str


@dataclass(slots=True)
class Results:
    """What was measured on one database."""

    conversations: int
    figures: list[Figure] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    """What could not be compared, in sentences."""

    def of(self, row: Row, program: str = OURS) -> Figure | None:
        """Return the figure of a row, None if it was not measured."""
        return next((each for each in self.figures if each.row is row and each.program == program), None)


def verdict(figure: Figure) -> str:
    """Return whether a figure reaches its target, and if not, by how much it misses it."""
    row = figure.row
    target = row.on_server if figure.program == SERVER else row.target
    if target is None:
        return ""
    if row.unit.more_is_better:
        return "reached" if figure.median >= target else f"missed: {figure.median / target:.0%} of it"
    return "reached" if figure.median <= target else f"missed: {figure.median / target:.2f} times as much"


def line(figure: Figure) -> str:
    """Return a figure as a line of plain text."""
    row, shown = figure.row, figure.row.unit.shown
    what = row.what if figure.program == OURS else f"{figure.program}: {row.what}"
    end = ""
    if figure.program == OURS and row.before is not None:
        end += f"   before {shown(row.before)}"
    if figure.program == OURS and row.target is not None:
        end += f"   target {shown(row.target)}: {verdict(figure)}"
    return f"{what:<66}{shown(figure.median):>11} {row.unit}{end}"


def targets_table(families: Sequence[Family], results: Results) -> Iterator[str]:
    """Render the table of all rows, with what they were before and their targets."""
    for family in families:
        yield f"### {family.title}\n"
        yield "| | before | target | median | least to most | runs | |"
        yield "| --- | ---: | ---: | ---: | ---: | ---: | --- |"
        for row in family.rows:
            yield _target_line(row, results.of(row))
        yield ""


def _target_line(row: Row, figure: Figure | None) -> str:
    before, target = ("" if value is None else _with_unit(row.unit, value) for value in (row.before, row.target))
    if figure is None:
        return f"| {row.what} | {before} | {target} | not measured | | | |"
    spread = f"{row.unit.shown(min(figure.runs))} to {row.unit.shown(max(figure.runs))}"
    median = _with_unit(row.unit, figure.median)
    return f"| {row.what} | {before} | {target} | {median} | {spread} | {len(figure.runs)} | {verdict(figure)} |"


def peers_table(results: Results) -> Iterator[str]:
    """Render what other programs need for the same, and which could not be compared."""
    yield f"| | {OURS} | another | | {OURS} against it |"
    yield "| --- | ---: | --- | ---: | ---: |"
    others = [each for each in results.figures if each.program not in {OURS, SERVER, UNLOCKED}]
    for row in _rows(results):
        ours = results.of(row)
        for other in (each for each in others if each.row is row):
            median = _with_unit(row.unit, ours.median) if ours else "not measured"
            ratio = f"{ours.median / other.median:.2f} times" if ours else ""
            yield f"| {row.what} | {median} | {other.program} | {_with_unit(row.unit, other.median)} | {ratio} |"
    yield ""
    yield from (f"* {sentence}" for sentence in results.absent)


def engines_table(family: Family, results: Results) -> Iterator[str]:
    """Render what was measured on both engines, side by side."""
    yield f"| | SQLite | {SERVER} | target there | | {UNLOCKED} |"
    yield "| --- | ---: | ---: | ---: | --- | ---: |"
    for row in family.rows:
        here, there, unlocked = (results.of(row, program) for program in (OURS, SERVER, UNLOCKED))
        cells = ["not measured" if each is None else _with_unit(row.unit, each.median) for each in (here, there)]
        target = "" if row.on_server is None else _with_unit(row.unit, row.on_server)
        last = "" if unlocked is None else _with_unit(row.unit, unlocked.median)
        yield f"| {row.what} | {' | '.join(cells)} | {target} | {verdict(there) if there else ''} | {last} |"


def growth_table(by_size: Sequence[Results]) -> Iterator[str]:
    """Render how the figures grow with the number of conversations."""
    sizes = [f"{each.conversations:,}" for each in by_size]
    yield f"| conversations | {' | '.join(sizes)} | {sizes[-1]} against {sizes[0]} |"
    yield f"| --- |{' ---: |' * (len(sizes) + 1)}"
    for row in _rows(by_size[-1]):
        figures = [each.of(row) for each in by_size]
        if row.grows and figures[-1]:
            cells = [_with_unit(row.unit, each.median) if each else "" for each in figures]
            grown = f"{figures[-1].median / figures[0].median:.1f} times" if figures[0] and figures[0].median else ""
            yield f"| {row.what} | {' | '.join(cells)} | {grown} |"


def _rows(results: Results) -> list[Row]:
    """Return the rows with figures, each once, in the order of the figures."""
    return list(dict.fromkeys(each.row for each in results.figures))


def _with_unit(unit: Unit, value: float) -> str:
    return f"{unit.shown(value)} {unit.removesuffix('s') if unit is Unit.PAINTS and value == 1 else unit}"

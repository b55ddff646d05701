"""The report of a command: tables for people, JSON for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from thrumsg_tui.cli.output import complain, printable, standard_output
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.safe_text import safe_text


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a command, as JSON and as lines, of which one is printed; `error` goes to standard error."""

    json: object
    lines: Iterable[str]
    code: int = 0
    error: str = ""


def show(report: Report, *, as_json: bool) -> None:
    """Print a report; nothing in it can control the terminal (`docs/rules.md 7.4`)."""
    with standard_output() as out:
        if as_json:
            print(json.dumps(report.json, indent=2), file=out)
        else:
            for line in report.lines:
                print(printable(safe_text(line)), file=out)
    if report.error:
        complain(report.error, is_failure=True)


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Return aligned lines, heads first. Columns with numbers are right-aligned; None is blank."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(heads, *cells, strict=True)]
    right = [any(isinstance(row[place], int) for row in rows) for place in range(len(heads))]
    return [
        "  ".join(
            _padded(cell, width, to_the_right=to_the_right)
            for cell, width, to_the_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in [heads, *cells]
    ]


def pairs(values: Sequence[tuple[str, object]]) -> list[str]:
    """Return lines of names and aligned values."""
    cells = [(_cell(name), _cell(value)) for name, value in values]
    width = max((_width(name) for name, _ in cells), default=0)
    return [f"{_padded(name, width, to_the_right=False)}  {value}".rstrip() for name, value in cells]


def _cell(value: object) -> str:
    return "" if value is None else printable(safe_text(str(value)))


def _padded(cell: str, width: int, *, to_the_right: bool) -> str:
    room = " " * (width - _width(cell))
    return room + cell if to_the_right else cell + room


def _width(text: str) -> int:
    """Return the width of a text in terminal columns, as the app counts them."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # takes 13 ms, and most tables are ASCII

    return cell_len(text)

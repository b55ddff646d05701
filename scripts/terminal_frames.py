"""What a terminal shows at one moment, as lines of runs of one look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from wcwidth import wcswidth

BACKGROUND, FOREGROUND = "111315", "d8dadd"
"""The colours of a terminal that has been told none."""


class Cell(Protocol):
    """A cell of a terminal, as pyte has it."""

    data: str
    fg: str
    bg: str
    bold: bool
    reverse: bool


@dataclass(frozen=True, slots=True)
class Look:
    """Colours as six hexadecimal digits, and whether it is bold."""

    color: str
    background: str
    bold: bool


PLAIN = Look(FOREGROUND, BACKGROUND, bold=False)


@dataclass(frozen=True, slots=True)
class Run:
    """Cells beside each other of one look, from a column on."""

    column: int
    text: str
    look: Look

    @property
    def width(self) -> int:
        """How many cells it takes."""
        return max(wcswidth(self.text), len(self.text.strip()) and 1)


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """The lines of a terminal, for some seconds after a key."""

    lines: tuple[Line, ...]
    seconds: float
    key: str = ""
    """The key that led to it, as people call it."""
    marker: str = ""
    """What begins with it."""


def line_of(cells: list[Cell]) -> Line:
    """Put the cells of a line together into runs. What is wider than a cell is a run of its own.

    A blank belongs to the run before it: nobody sees the colour of its letters, and it is whatever was there before.
    """
    runs: list[Run] = []
    is_open = False
    for column, cell in enumerate(cells):
        if not cell.data:
            continue
        look, is_blank, is_narrow = _look(cell), cell.data == " ", wcswidth(cell.data) == 1
        last = runs[-1] if runs and is_open else None
        if last and is_narrow and (look == last.look or (is_blank and look.background == last.look.background)):
            runs[-1] = replace(last, text=last.text + cell.data)
        else:
            runs.append(Run(column, cell.data, Look(FOREGROUND, look.background, bold=False) if is_blank else look))
        is_open = is_narrow
    while runs and runs[-1].look.background == BACKGROUND and not runs[-1].text.strip():
        del runs[-1]
    if runs and runs[-1].look.background == BACKGROUND:
        runs[-1] = replace(runs[-1], text=runs[-1].text.rstrip())
    return tuple(run for run in runs if run.text.strip() or run.look.background != BACKGROUND)


def _look(cell: Cell) -> Look:
    color, background = _hex(cell.fg, FOREGROUND), _hex(cell.bg, BACKGROUND)
    return Look(background, color, cell.bold) if cell.reverse else Look(color, background, cell.bold)


def _hex(color: str, default: str) -> str:
    return default if color == "default" else color

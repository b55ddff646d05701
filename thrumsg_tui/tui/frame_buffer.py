"""The cells that the terminal shows. Of every update, only the cells that differ are written.

Textual writes whole widgets, and the whole screen when a dialog opens or closes. Over a slow connection each byte is
waiting time, so `FrameBuffer` keeps what was written last, and turns an update into the shortest output that shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import repeat

from rich.cells import split_graphemes
from rich.color import ColorSystem
from textual.geometry import Size
from textual.strip import Strip

from thrumsg_tui.tui.rendition import PLAIN, Rendition, blank, change, rendition_of

Cell = tuple[str, Rendition]
"""A character with its combining characters, and how it is drawn. The second half of a wide character is empty."""

PlacedStrip = tuple[int, int, Strip]
"""The row and column at which a strip begins, and the strip."""

_LONGEST_GAP = 4
"""Number of unchanged cells that are written again rather than skipped, because skipping takes as many bytes."""


class FrameBuffer:
    """The cells that the terminal shows, as far as they are known."""

    def __init__(self) -> None:
        self._size = Size(0, 0)
        self._rows: list[list[Cell | None]] = []

    def forget(self) -> None:
        """Write every cell of the next updates: the terminal may show anything."""
        self._rows = [[None] * self._size.width for _ in range(self._size.height)]

    def draw(self, size: Size, strips: Iterable[PlacedStrip], color_system: ColorSystem) -> str:
        """Take an update; return the output that shows it, empty if the terminal shows it already.

        Args:
            size: The size of the screen.
            strips: What the update draws, in any order.
            color_system: The colours of the terminal.
        """
        if size != self._size:
            self._size = size
            self.forget()
        output = _Output()
        for y, x, strip in strips:
            row, cells = self._rows[y], _cells(strip, color_system)
            for start, end in _replace(row, x, cells):
                output.write(y, start, cells[start - x : end - x])
        return output.finish()


def _replace(row: list[Cell | None], x: int, cells: Sequence[Cell]) -> list[tuple[int, int]]:
    """Put cells into a row at a column; return the spans of columns to be written."""
    end = x + len(cells)
    before = row[x:end]
    if before == cells:
        return []
    changed = [column for column, old, new in zip(range(x, end), before, cells, strict=True) if old != new]
    if _is_second_half(row, x):
        row[x - 1] = None  # the terminal erases the first half, too
    row[x:end] = cells
    return list(_spans(changed, row))


def _is_second_half(row: Sequence[Cell | None], column: int) -> bool:
    return column < len(row) and (cell := row[column]) is not None and not cell[0]


def _spans(changed: Iterable[int], row: Sequence[Cell | None]) -> Iterator[tuple[int, int]]:
    """Join columns to spans, across gaps that are as cheap to write as to skip."""
    columns = iter(changed)
    start = next(columns)
    end = start + 1
    for column in columns:
        if column - end > _LONGEST_GAP or not _is_drawn_alike(row[end - 1 : column + 1]):
            yield start, end + _is_second_half(row, end)
            start = column
        end = column + 1
    yield start, end + _is_second_half(row, end)


def _is_drawn_alike(cells: Sequence[Cell | None]) -> bool:
    """Return whether the cells between the first and the last are drawn like one of these."""
    renditions = [cell and cell[1] for cell in cells]
    return {*renditions} == {renditions[0], renditions[-1]}


def _cells(strip: Strip, color_system: ColorSystem) -> list[Cell]:
    cells: list[Cell] = []
    for text, style, control in strip:
        if control:
            continue
        rendition = rendition_of(style, color_system)
        if text.isascii() and text.isprintable():
            characters: Sequence[str] = text
        else:
            combining, characters = _characters(text)
            if combining:
                _combine(cells, combining)
        if " " in text:
            space = blank(rendition)
            cells += [(each, space if each == " " else rendition) for each in characters]
        else:
            cells += zip(characters, repeat(rendition))
    return cells[: strip.cell_length]


@lru_cache(maxsize=1024)
def _characters(text: str) -> tuple[str, Sequence[str]]:
    """Split a text into what combines with the cell before it, and the contents of its cells."""
    spans, _ = split_graphemes(text)
    combining = "".join(text[start:end] for start, end, width in spans if not width)
    characters: list[str] = []
    for start, end, width in spans:
        if width:
            characters += [text[start:end], *[""] * (width - 1)]
    return combining, characters


def _combine(cells: list[Cell], combining: str) -> None:
    """Add combining characters to the last character."""
    for index in reversed(range(len(cells))):
        text, rendition = cells[index]
        if text:
            cells[index] = text + combining, rendition
            return


class _Output:
    """The output of one update.

    Terminals disagree on the width of characters that combine and of pictures, so the place is given again after them.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._row = self._column = -1
        self._rendition = PLAIN

    def write(self, y: int, x: int, cells: Sequence[Cell]) -> None:
        """Write cells at a place."""
        self._move(y, x)
        texts, last = self._texts, None
        is_unsure = False
        for column, (text, rendition) in enumerate(cells, x + 1):
            if rendition is not last:
                last = rendition
                sequence, self._rendition = change(self._rendition, rendition)
                texts.append(sequence)
            if is_unsure and text:
                texts.append(f"\x1b[{column}G")
                is_unsure = False
            texts.append(text)
            is_unsure = is_unsure or len(text) > 1 or text > "\uffff"
        self._row, self._column = -1 if is_unsure else y, x + len(cells)

    def _move(self, y: int, x: int) -> None:
        if y != self._row:
            self._texts.append(f"\x1b[{y + 1};{x + 1}H")
        elif x != self._column:
            self._texts.append(f"\x1b[{x - self._column}C")

    def finish(self) -> str:
        """Return the output; it leaves the terminal's rendition reset."""
        sequence, self._rendition = change(self._rendition, PLAIN)
        return "".join([*self._texts, sequence])

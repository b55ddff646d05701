"""The cells that the terminal shows. Of every update, only the cells that differ are written.

Textual writes whole widgets, and the whole screen when a dialog opens or closes. Over a slow connection each byte is
waiting time, so `FrameBuffer` keeps what was written last, and turns an update into the shortest output that shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import compress, count
from operator import ne

from rich.cells import split_graphemes
from rich.style import Style
from textual.cache import FIFOCache
from textual.geometry import Size
from textual.strip import Strip

from thrumsg_tui.tui.directions import MARK, is_right_to_left, place_of_mark
from thrumsg_tui.tui.rendition import PLAIN, Rendition, blank, change

Cell = tuple[str, Rendition]
"""A character with its combining characters, and how it is drawn. The second half of a wide character is empty."""

PlacedStrip = tuple[int, int, Strip]
"""The row and column at which a strip begins, and the strip."""

Look = Callable[[Style | None], Rendition]
"""How the terminal draws a style."""

Written = Callable[[str], str]
"""What is written for a text: the same, or where the terminal lacks a character, another one of its width."""

_LONGEST_GAP = 4
"""Number of unchanged cells that are written again rather than skipped, because skipping takes as many bytes."""

_KEPT_STRIPS = 256
"""How many strips are kept with their cells: a screen of 40 rows draws some 100."""


class FrameBuffer:
    """The cells that the terminal shows, as far as they are known."""

    def __init__(self) -> None:
        self._size = Size(0, 0)
        self._rows: list[list[Cell | None]] = []
        self._cells: FIFOCache[int, tuple[Strip, list[Cell]]] = FIFOCache(_KEPT_STRIPS)
        """The cells of the strips drawn last, by their identity: a list that scrolls draws the same ones elsewhere."""
        self._look: Look | None = None
        """How the terminal drew them."""

    def forget(self) -> None:
        """Write every cell of the next updates: the terminal may show anything."""
        self._rows = [[None] * self._size.width for _ in range(self._size.height)]

    def draw(self, size: Size, strips: Iterable[PlacedStrip], look: Look, written: Written = str) -> str:
        """Take an update; return the output that shows it, empty if the terminal shows it already.

        Args:
            size: The size of the screen.
            strips: What the update draws, in any order.
            look: How the terminal draws a style.
            written: What is written for a text that is not ASCII.
        """
        if size != self._size:
            self._size = size
            self.forget()
        if look is not self._look:
            self._look = look
            self._cells.clear()
        output = _Output()
        for y, x, strip in strips:
            cells = self._cells_of(strip, look, written)
            for start, end in _replace(self._rows[y], x, cells):
                output.write(y, x + start, cells[start:end])
        return output.finish()

    def _cells_of(self, strip: Strip, look: Look, written: Written) -> list[Cell]:
        if known := self._cells.get(id(strip)):
            return known[1]
        cells = _cells(strip, look, written)
        self._cells[id(strip)] = strip, cells
        return cells


def _replace(row: list[Cell | None], x: int, cells: Sequence[Cell]) -> Iterable[tuple[int, int]]:
    """Put cells into a row at a column; return the spans of them that the terminal does not show yet."""
    before = row[x : x + len(cells)]
    if before == cells:
        return ()
    if not any(before):  # nothing of it is known
        row[x : x + len(cells)] = cells
        return ((0, len(cells)),)
    if before[0] and not before[0][0]:
        row[x - 1] = None  # its second half is overwritten, and the terminal erases the first half, too
    row[x : x + len(cells)] = cells
    return _spans(compress(count(), map(ne, before, cells)), cells)


def _spans(changed: Iterator[int], cells: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    """Join the changed cells to spans, across gaps that are as cheap to write as to skip."""
    start = next(changed)
    end = start + 1
    for index in changed:
        if index > end and not _is_cheap(cells[end - 1 : index + 1]):
            yield start, _after(end, cells)
            start = index
        end = index + 1
    yield start, _after(end, cells)


def _after(end: int, cells: Sequence[Cell]) -> int:
    """Return the index after a span, which includes the second half of its last character."""
    return end + 1 if end < len(cells) and not cells[end][0] else end


def _is_cheap(cells: Sequence[Cell]) -> bool:
    """Return whether the cells between the first and the last are few, and need no rendition of their own."""
    rendition, changes = cells[0][1], 0
    for _, wanted in cells[1:]:
        sequence, rendition = change(rendition, wanted)
        changes += sequence != ""
    return len(cells) - 2 <= _LONGEST_GAP and changes <= 1


def _cells(strip: Strip, look: Look, written: Written) -> list[Cell]:
    cells: list[Cell] = []
    turns = False
    for text, style, control in strip:
        if control:
            continue
        cell = _cells_in(look(style)).__getitem__
        if text.isascii() and text.isprintable():
            cells += map(cell, text)
            continue
        turns = turns or is_right_to_left(text)
        combining, characters = _characters(written(text))
        if combining:
            _combine(cells, combining)
        cells += map(cell, characters)
    if turns and (place := place_of_mark([text for text, _ in cells])) is not None:
        _combine(cells, written(MARK), place)
    return cells[: strip.cell_length]


class _Cells(dict[str, Cell]):
    """The cells in one rendition by their contents; the same cell is the same object, which is quick to compare."""

    def __init__(self, rendition: Rendition) -> None:
        super().__init__()
        self._rendition = rendition

    def __missing__(self, text: str) -> Cell:
        cell = text, blank(self._rendition) if text == " " else self._rendition
        if text.isascii():  # there are few of these
            self[text] = cell
        return cell


@lru_cache(maxsize=256)
def _cells_in(rendition: Rendition) -> _Cells:
    return _Cells(rendition)


@lru_cache(maxsize=1024)
def _characters(text: str) -> tuple[str, Sequence[str]]:
    """Split a text into what combines with the cell before it, and the contents of its cells."""
    spans, _ = split_graphemes(text)
    combining = "".join(text[start:end] for start, end, width in spans if not width)
    characters: list[str] = []
    for start, end, width in spans:
        if width:
            characters += [text[start:end], *[""] * (width - 1)]
    _join_flags(characters)
    return combining, characters


def _join_flags(characters: list[str]) -> None:
    """Put both letters of each flag into its first cell: terminals that have flags draw none of letters apart."""
    index = 0
    while index + 1 < len(characters):
        if all("\U0001f1e6" <= each <= "\U0001f1ff" for each in characters[index : index + 2]):
            characters[index : index + 2] = ["".join(characters[index : index + 2]), ""]
            index += 1
        index += 1


def _combine(cells: list[Cell], combining: str, place: int | None = None) -> None:
    """Add combining characters to the character at a place, by default the last one."""
    for index in reversed(range(len(cells) if place is None else place + 1)):
        text, rendition = cells[index]
        if text:
            cells[index] = text + combining, rendition
            return


_PICTURES = tuple(
    zip(
        "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194\u231a\u24c2\u25aa\u25b6\u25c0\u25fb\u2692\u2714"
        "\u2718\u2934\u2b05\u3030\u303d\u3297\u3299",
        "\u00a9\u00ae\u203c\u2049\u2122\u2139\u21aa\u23ff\u24c2\u25ab\u25b6\u25c0\u2690\u2712\u2716"
        "\u27bf\u2935\u2b55\u3030\u303d\u3297\u3299",
        strict=True,
    )
)
"""Symbols that some terminals draw as pictures, without those that the app itself draws: the ends of their ranges."""


@lru_cache(maxsize=1024)
def _is_picture(text: str) -> bool:
    """Return whether some terminals draw the content of a cell as a picture, and then in more cells or in fewer."""
    return text > "\uffff" or any(first <= text[0] <= last for first, last in _PICTURES)


class _Output:
    """The output of one update.

    Terminals disagree on the width of characters that combine and of pictures, so the place is given again after them.
    Where a picture is to be wide, both cells are cleared first: a terminal that draws it in one would keep the other.
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
            if not text.isascii():
                is_picture = _is_picture(text)
                is_unsure = is_picture or len(text) > 1
                if is_picture and column - x < len(cells) and not cells[column - x][0]:
                    texts.append(f"  \x1b[{column}G")
            texts.append(text)
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

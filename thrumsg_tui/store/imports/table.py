"""The reader of CSV files in any usual encoding, with any usual separator and line end (`docs/rules.md 9.1`)."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from io import StringIO
from itertools import chain, islice
from pathlib import Path

from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.engines import file_engine_for
from thrumsg_tui.store.imports.columns import is_data
from thrumsg_tui.store.imports.result import FileRow, RejectedRow, on_lines
from thrumsg_tui.store.input_files import called, read_file

_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_LONGEST_CELL = 2**31 - 1
_MOST_OPEN_QUOTES = 20
_MOST_ABOVE = 20
"""The header is among this many lines that are not blank."""
_SEP_LINE = re.compile(r'\ufeff?"?sep=(\\t|[^\r\n"])"?[,;|\t ]*[\r\n]*', re.IGNORECASE)
_END = "\0"
"""Given to the reader after the last line: if it becomes part of a row, that row's quotation mark is still open."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's header, its usable rows, the others, and notes on how it was read."""

    header: tuple[str, ...]
    rows: tuple[FileRow, ...]
    rejected: tuple[RejectedRow, ...]
    notes: tuple[str, ...]


def read_table(path: Path, recognised: Callable[[Sequence[str]], int], example: str = "first_name,phone") -> Table:
    """Read a CSV file into memory.

    Args:
        path: The file; `-` is standard input.
        recognised: Counts the cells of a line that are known as titles. The count decides on the separator and on the
            line of the header, which may have others above it.
        example: A header to show in the refusal of a file without one.

    Raises:
        Refused: If the file is missing, a folder, empty, no text, or has no header.
    """
    text, notes = read_text(path)
    csv.field_size_limit(_LONGEST_CELL)
    lines = list(StringIO(text, newline=""))
    declared = _declared(lines)
    if declared:
        lines[0] = "\n"
    separators = dict.fromkeys([*([declared] if declared else []), *_SEPARATORS])
    heads = {each: _head(lines, each, recognised) for each in separators}
    separator = max(heads, key=lambda each: heads[each].fitness)
    head = heads[separator]
    if not head.cells:
        raise Refused(f"{called(path)} is empty.", Nothing.CHANGED)
    if not head.fitness[0] and any(map(is_data, head.cells)):
        raise Refused(
            f"{called(path)} has no header line: its first line is data already. Put a line above it that names the "
            f"columns, as in {example}.",
            Nothing.CHANGED,
        )
    if separator not in {",", declared}:
        notes.append(f"Cells are separated by {_SEPARATORS[separator]}.")
    if head.above:
        notes.append(f"Above the header, left out: {on_lines(head.above)}.")
    return _table(lines, separator, head, notes)


def _table(lines: Sequence[str], separator: str, head: _Head, notes: Sequence[str]) -> Table:
    header = _distinct(head.cells)
    rows: list[FileRow] = []
    rejected: list[RejectedRow] = []
    for line, cells, closed in _read_rows(lines, separator):
        if line <= head.line:
            continue
        if not closed:
            rejected.append(RejectedRow(line, "a quotation mark in this row is never closed", cells))
        elif any(cells[len(header) :]):
            reason = f"{len(cells)} cells, and the header has {len(header)}"
            rejected.append(RejectedRow(line, reason, cells))
        else:
            padding = ("",) * (len(header) - len(cells))
            rows.append(FileRow(line, cells[: len(header)] + padding))
    return Table(header, tuple(rows), tuple(rejected), tuple(notes))


@dataclass(frozen=True, slots=True)
class _Head:
    """The header of a file as one separator splits it, and the lines above it that are not blank.

    `fitness` is the number of known columns, then the number of columns.
    """

    line: int
    cells: tuple[str, ...]
    above: tuple[int, ...]
    fitness: tuple[int, int]


def _head(lines: Sequence[str], separator: str, recognised: Callable[[Sequence[str]], int]) -> _Head:
    """Find the header: the first line with most known columns; if none is known, the first with two filled cells."""
    first: list[tuple[int, tuple[str, ...]]] = []
    with suppress(Refused):  # a file full of open quotation marks is refused when the whole file is read
        first += [(line, cells) for line, cells, _ in islice(_read_rows(lines, separator), _MOST_ABOVE)]
    if not first:
        return _Head(1, (), (), (0, 0))
    known = [recognised(cells) for _, cells in first]
    filled = [sum(map(bool, map(str.strip, cells))) > 1 for _, cells in first]
    place = known.index(max(known)) if any(known) else filled.index(max(filled))
    line, cells = first[place]
    return _Head(line, cells, tuple(each for each, _ in first[:place]), (known[place], len(cells)))


def _declared(lines: Sequence[str]) -> str | None:
    """Return the separator from a first line such as `sep=;`, which spreadsheets write; None without such a line."""
    found = _SEP_LINE.fullmatch(lines[0]) if lines else None
    return found and {"\\t": "\t"}.get(found[1], found[1])


def read_text(path: Path) -> tuple[str, list[str]]:
    """Return the text of a file in any usual encoding, and notes about it.

    Raises:
        Refused: If the file cannot be read or is no text.
    """
    return _decoded(called(path), _read(path))


def _read(path: Path) -> bytes:
    try:
        if path.is_file() and file_engine_for(path).is_thrumsg():
            raise Refused(f"{path} is a thrumsg database, not a CSV file.", Nothing.CHANGED)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.", Nothing.CHANGED) from error
    content = read_file(path)
    if content.startswith(b"PK\x03\x04"):
        raise Refused(f"{called(path)} is a spreadsheet, not a CSV file: save it as CSV first.", Nothing.CHANGED)
    return content


def _decoded(path: Path, content: bytes) -> tuple[str, list[str]]:
    notes = []
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = content.decode("utf-16")
            notes.append("The file is in UTF-16.")
        else:
            text, strange = _eight_bits(content)
            notes += strange
    except UnicodeDecodeError:
        why = f"{path} is not text in any encoding known here: save it as UTF-8."
        raise Refused(why, Nothing.CHANGED) from None
    if dropped := text.count("\0"):
        if dropped > len(text) // 10:
            raise Refused(f"{path} is not text, or UTF-16 without its mark: save it as UTF-8.", Nothing.CHANGED)
        notes.append(f"{pluralize(dropped, 'NUL character')} left out.")
        text = text.replace("\0", "")
    return text, notes


def _eight_bits(content: bytes) -> tuple[str, list[str]]:
    """Decode UTF-8, or Windows-1252 if more of the lines with accents are no UTF-8 than are, and return notes.

    In UTF-8, only a stray byte is decoded as Windows-1252.
    """
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    sound, stray = 0, []
    for line, raw_line in enumerate(content.splitlines(), start=1):
        if not raw_line.isascii():
            try:
                raw_line.decode()
            except UnicodeDecodeError:
                stray.append(line)
            else:
                sound += 1
    if sound < len(stray) and not content.startswith(codecs.BOM_UTF8):
        text = content.decode("cp1252", errors="replace")
        if text.count("\ufffd") > len(text) // 10:
            content.decode("cp1252")  # raises UnicodeDecodeError: with so many lost characters it is no text
        return text, ["The file is not in UTF-8 and was read as Windows-1252: check the accents."]
    said = f"What is not UTF-8 was read as Windows-1252: check the accents on {on_lines(stray)}."
    return content.decode("utf-8-sig", errors=_STRAY), [said]


def _read_stray(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


_STRAY = "thrumsg-stray"
codecs.register_error(_STRAY, _read_stray)


def _read_rows(lines: Sequence[str], separator: str) -> Iterator[tuple[int, tuple[str, ...], bool]]:
    """Yield each row that is not blank: its line, its cells, and whether its quotation marks are closed.

    A row with an open quotation mark ends with its first line, so that it does not swallow the rest of the file.
    """
    start = 0
    for _ in range(_MOST_OPEN_QUOTES):
        reader = csv.reader(chain(lines[start:], [_END]), delimiter=separator)
        first = start
        for cells in reader:
            end = start + reader.line_num
            if end > len(lines):
                break
            if any(map(str.strip, cells)):
                yield first + 1, tuple(cells), True
            first = end
        if first >= len(lines):
            return
        opened = lines[first].rstrip("\r\n")
        yield first + 1, tuple(opened.split(separator)), False
        start = first + 1
    raise Refused(f"More than {_MOST_OPEN_QUOTES} quotation marks are never closed.", Nothing.CHANGED)


def _distinct(header: Sequence[str]) -> tuple[str, ...]:
    """Return a title for every column, each different from the others."""
    names: list[str] = []
    for position, title in enumerate(header, start=1):
        name = wanted = title.strip() or f"Column {position}"
        count = 1
        while name in names:
            count += 1
            name = f"{wanted} {count}"
        names.append(name)
    return tuple(names)

"""Reading a CSV file as people have them: any usual encoding, separator and line end (`docs/rules.md 9.1`)."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from itertools import chain, islice
from pathlib import Path

from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.engines import engine_for
from thrumsg_tui.store.importing.columns import is_data
from thrumsg_tui.store.importing.result import FileRow, RejectedRow, on_lines
from thrumsg_tui.store.input_files import called, read_file

_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_LONGEST_CELL = 2**31 - 1
_MOST_OPEN_QUOTES = 20
_MOST_ABOVE = 20
"""How many lines that are not blank are looked at for the header."""
_SEP_LINE = re.compile(r'\ufeff?"?sep=(\\t|[^\r\n"])"?[,;|\t ]*[\r\n]*', re.IGNORECASE)
_END = "\0"
"""Fed to the reader after the last line: where it ends up inside a row, that row's quotation mark is still open."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's header, its usable rows, the others, and what is worth saying about how it was read."""

    header: tuple[str, ...]
    rows: tuple[FileRow, ...]
    rejected: tuple[RejectedRow, ...]
    notes: tuple[str, ...]


def read_table(path: Path, recognised: Callable[[Sequence[str]], int], example: str = "first_name,phone") -> Table:
    """Read a CSV file; `recognised` says how many of a line's cells are known as titles of columns.

    That decides on the separator and on the line of the header, which may have others above it. Raises `Refused` with
    a sentence where the file is missing, a folder, empty, no text, or has no header, as in `example`. The whole file is
    held in memory.
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
    """The line of a file that names its columns, as one separator parts it, and the lines above that say something.

    `fitness` is how many columns are known, then how many there are.
    """

    line: int
    cells: tuple[str, ...]
    above: tuple[int, ...]
    fitness: tuple[int, int]


def _head(lines: Sequence[str], separator: str, recognised: Callable[[Sequence[str]], int]) -> _Head:
    """Find the header: the first line with most known columns; where none is known the first with two cells filled."""
    first: list[tuple[int, tuple[str, ...]]] = []
    with suppress(Refused):  # a file full of open quotation marks is refused when all of it is read
        first += [(line, cells) for line, cells, _ in islice(_read_rows(lines, separator), _MOST_ABOVE)]
    if not first:
        return _Head(1, (), (), (0, 0))
    known = [recognised(cells) for _, cells in first]
    filled = [sum(map(bool, map(str.strip, cells))) > 1 for _, cells in first]
    place = known.index(max(known)) if any(known) else filled.index(max(filled))
    line, cells = first[place]
    return _Head(line, cells, tuple(each for each, _ in first[:place]), (known[place], len(cells)))


def _declared(lines: Sequence[str]) -> str | None:
    """Read the separator from a first line such as `sep=;`, which spreadsheets write and read."""
    found = _SEP_LINE.fullmatch(lines[0]) if lines else None
    return found and {"\\t": "\t"}.get(found[1], found[1])


def read_text(path: Path) -> tuple[str, list[str]]:
    """Read a text file in any usual encoding, with what is worth saying about it; `Refused` where it is none."""
    return _decoded(called(path), _read(path))


def _read(path: Path) -> bytes:
    try:
        if path.is_file() and engine_for(path).is_thrumsg():
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
    """Read UTF-8, or Windows-1252 where more lines are that; in UTF-8 a stray byte is read as Windows-1252 alone."""
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
            content.decode("cp1252")  # raises UnicodeDecodeError: so much is lost that it is no text
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
    """Yield each row that is not blank, with its line and whether its quotation marks are closed.

    A row that is not closed ends with its first line, so that it does not swallow the rest of the file.
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
    """Name every column, and none like another."""
    names: list[str] = []
    for position, title in enumerate(header, start=1):
        name = wanted = title.strip() or f"Column {position}"
        count = 1
        while name in names:
            count += 1
            name = f"{wanted} {count}"
        names.append(name)
    return tuple(names)

"""Reading a CSV file as people have them: any usual encoding, separator and line end (`docs/rules.md 9.1`)."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import chain
from pathlib import Path

from thrumsg_tui.domain.counted import counted
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.store.importing.result import Rejected, Row
from thrumsg_tui.store.reading import called, read_file
from thrumsg_tui.store.recognising import is_thrumsg

_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_LONGEST_CELL = 2**31 - 1
_MOST_OPEN_QUOTES = 20
_END = "\0"
"""Fed to the reader after the last line: where it ends up inside a row, that row's quotation mark is still open."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's header, its usable rows, the others, and what is worth saying about how it was read."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    rejected: tuple[Rejected, ...]
    notes: tuple[str, ...]


def read_table(path: Path, recognised: Callable[[Sequence[str]], int]) -> Table:
    """Read a CSV file; `recognised` says how many of a header's columns are known, which decides on the separator.

    Raises `Refused` with a sentence where the file is missing, a folder, empty, or no text. The whole file is held in
    memory.
    """
    text, notes = read_text(path)
    csv.field_size_limit(_LONGEST_CELL)
    lines = list(StringIO(text, newline=""))
    separator = max(_SEPARATORS, key=lambda each: _fitness(lines, each, recognised))
    if separator != ",":
        notes.append(f"Cells are separated by {_SEPARATORS[separator]}.")
    header: tuple[str, ...] = ()
    rows: list[Row] = []
    rejected: list[Rejected] = []
    for line, cells, closed in _read_rows(lines, separator):
        if not header:
            header = _distinct(cells)
        elif not closed:
            rejected.append(Rejected(line, "a quotation mark in this row is never closed", cells))
        elif any(cells[len(header) :]):
            reason = f"{len(cells)} cells, and the header has {len(header)}"
            rejected.append(Rejected(line, reason, cells))
        else:
            padding = ("",) * (len(header) - len(cells))
            rows.append(Row(line, cells[: len(header)] + padding))
    if not header:
        raise Refused(f"{called(path)} is empty. Nothing was changed.")
    return Table(header, tuple(rows), tuple(rejected), tuple(notes))


def read_text(path: Path) -> tuple[str, list[str]]:
    """Read a text file in any usual encoding, with what is worth saying about it; `Refused` where it is none."""
    return _decoded(called(path), _read(path))


def _read(path: Path) -> bytes:
    try:
        if path.is_file() and is_thrumsg(path):
            raise Refused(f"{path} is a thrumsg database, not a CSV file. Nothing was changed.")
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}. Nothing was changed.") from error
    content = read_file(path)
    if content.startswith(b"PK\x03\x04"):
        raise Refused(f"{called(path)} is a spreadsheet, not a CSV file: save it as CSV first. Nothing was changed.")
    return content


def _decoded(path: Path, content: bytes) -> tuple[str, list[str]]:
    notes = []
    encoding = "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
        notes.append("The file is in UTF-16.")
    try:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            if encoding == "utf-16":
                raise
            text = content.decode("cp1252")
            notes.append("The file is not in UTF-8 and was read as Windows-1252: check the accents.")
    except UnicodeDecodeError:
        raise Refused(
            f"{path} is not text in any encoding known here: save it as UTF-8. Nothing was changed."
        ) from None
    if dropped := text.count("\0"):
        if dropped > len(text) // 10:
            raise Refused(f"{path} is not text, or UTF-16 without its mark: save it as UTF-8. Nothing was changed.")
        notes.append(f"{counted(dropped, 'NUL character')} left out.")
        text = text.replace("\0", "")
    return text, notes


def _fitness(lines: Sequence[str], separator: str, recognised: Callable[[Sequence[str]], int]) -> tuple[int, int]:
    _, cells, _ = next(_read_rows(lines, separator), (1, (), True))
    return recognised(cells), len(cells)


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
    raise Refused(f"More than {_MOST_OPEN_QUOTES} quotation marks are never closed. Nothing was changed.")


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

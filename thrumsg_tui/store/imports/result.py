"""The result of an import, row by row (`docs/rules.md 9.2`)."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TextIO

from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.spreadsheets import unguarded
from thrumsg_tui.domain.wording import inflect
from thrumsg_tui.store.output_files import refuse_unwritable, text_for, writing_text

REJECT_COLUMNS = ("line", "reason")
"""The columns that a rejects file has after those of its source."""

_MOST_NAMED = 8
_NUMBERED = re.compile(r" [0-9]+$")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row with as many cells as the header has, and the line on which it begins; the first line is 1."""

    line: int
    cells: tuple[str, ...]

    def value(self, position: int) -> str:
        """Return a cell, without surrounding space and without the guard that exports put in front."""
        return unguarded(self.cells[position].strip())

    def values(self, columns: Mapping[str, int]) -> dict[str, str]:
        """Return the `value` of each field."""
        return {name: unguarded(self.cells[position].strip()) for name, position in columns.items()}


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that an import rejects, repeats or warns of: the line on which it begins, the reason, and its cells."""

    line: int
    reason: str
    row: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A phone cell that was read: its line, its text as it was written, and the number in E.164."""

    line: int
    text: str
    phone: str


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import, or of a dry run what it would be.

    Each row counts once: as imported, updated, unchanged, repeated or rejected.

    Attributes:
        repeated: The later rows of those with the same number, login, question or title.
        columns: The header that each field was read from.
        rows: All rows that could be read.
        notes: Notes about the file and its rows.
        new_lines: The lines on which the imported rows begin, in order.
        updated_lines: The lines on which the updated rows begin, in order.
        event: None if nothing changed, and for a dry run.
        warnings: Rows that were imported nevertheless, with what to look at.
        phones: The headers that a number was read from, in order.
        custom: The header that became each custom field.
        readings: In a dry run, every phone cell that was read.
    """

    imported: int
    updated: int
    unchanged: int
    rejected: tuple[RejectedRow, ...]
    repeated: tuple[RejectedRow, ...]
    columns: Mapping[str, str]
    header: tuple[str, ...]
    rows: Sequence[FileRow]
    notes: tuple[str, ...]
    new_lines: Sequence[int]
    updated_lines: Sequence[int]
    event: EventId | None
    warnings: tuple[RejectedRow, ...] = ()
    phones: tuple[str, ...] = ()
    custom: Mapping[str, str] = field(default_factory=dict)
    readings: Sequence[Reading] = ()

    @property
    def duplicates(self) -> int:
        """The number of rows that repeat an earlier one of the same file."""
        return len(self.repeated)


def refuse_rejects_file(path: Path, source: Path) -> None:
    """Check that rejected rows can be written to a file.

    Raises:
        Refused: If it cannot be written, or is the `source` of the import.
    """
    try:
        same = path.exists() and source.exists() and path.samefile(source)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.", Nothing.CHANGED) from error
    if same:
        raise Refused(f"{path} is the file that is imported: name another for what is rejected.", Nothing.CHANGED)
    refuse_unwritable(path)


def write_rejects(path: Path, source: Path, header: Sequence[str], rejected: Sequence[RejectedRow]) -> None:
    """Write a CSV file of rejected rows: their own cells first, then line and reason.

    It is written whole or not at all. It can be corrected and imported as it is; the next rejects file then has the new
    line and reason in place of the old. Cells beyond the header come after these two, so that such a row is rejected
    again until somebody corrects it.

    Args:
        path: The file to write.
        source: The file that was imported.
        header: The titles of its columns.
        rejected: The rows.

    Raises:
        Refused: If the file cannot be written, or is the source.
    """
    refuse_rejects_file(path, source)
    with writing_text(path) as file:
        list_rejects(file, header, rejected)


def list_rejects(file: TextIO, header: Sequence[str], rejected: Sequence[RejectedRow]) -> None:
    """Write the content of a rejects file to an open file (see `write_rejects`)."""
    own = own_width(header)
    writer, shown = csv.writer(file), text_for(file)
    writer.writerow([*map(shown, header[:own]), *REJECT_COLUMNS])
    for row in rejected:
        cells = [*row.row[:own], *([""] * (own - len(row.row))), str(row.line), row.reason]
        writer.writerow(map(shown, [*cells, *row.row[len(header) :]]))


def ranges(lines: Sequence[int], most: int | None = None) -> str:
    """Return ascending line numbers as ranges, `2-4, 7`; at most `most` ranges, then `and others`."""
    runs: list[tuple[int, int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], line)
        else:
            runs.append((line, line))
    said = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs[:most])
    return said if most is None or len(runs) <= most else f"{said} and others"


def on_lines(lines: Sequence[int]) -> str:
    """Return a few line numbers in words: `line 3`, or `lines 2-4, 7`."""
    return f"{inflect(len(lines), 'line')} {ranges(lines, _MOST_NAMED)}"


def own_width(header: Sequence[str]) -> int:
    """Return the number of columns without those of a rejects file, numbered if the source has such already."""
    last = tuple(_NUMBERED.sub("", title) for title in header[-len(REJECT_COLUMNS) :])
    return len(header) - (len(REJECT_COLUMNS) if last == REJECT_COLUMNS else 0)

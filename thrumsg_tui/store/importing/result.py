"""What an import did, row by row (`docs/rules.md 9.2`)."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.spreadsheets import unguarded
from thrumsg_tui.domain.wording import inflect
from thrumsg_tui.store.output_files import refuse_unwritable, text_for, writing_text

REJECT_COLUMNS = ("line", "reason")
"""What a rejects file has after the columns of its source."""

_MOST_NAMED = 8
_NUMBERED = re.compile(r" [0-9]+$")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of cells, as many as the header has, and the line on which it begins."""

    line: int
    cells: tuple[str, ...]

    def values(self, columns: Mapping[str, int]) -> dict[str, str]:
        """Read the cell of each field, without the space around it and what an export puts in front of it."""
        return {name: unguarded(self.cells[position].strip()) for name, position in columns.items()}


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not taken: the line on which it begins (the header is 1), why, and its cells."""

    line: int
    reason: str
    row: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the phone cell of a row was read as: its line, the cell as it was written, the number in E.164."""

    line: int
    text: str
    phone: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or in a dry run would do; `event` is None where nothing changed.

    Each row counts once: as imported, updated, unchanged, repeated or rejected. `columns` tells from which header each
    field was read, `repeated` are the later rows of what the file has twice, and `new_lines` and `updated_lines` the
    lines on which the imported and the updated rows begin, in order. `rows` are all that could be read. `warnings` are
    about rows that were taken in all the same. `phones` are the headers that a number was read from, in order, and
    `custom` tells which header became which contact field. A dry run also tells what every number was read as, in
    `readings`.
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
        """How many rows repeat an earlier one of the same file."""
        return len(self.repeated)


def refuse_rejects_file(path: Path, source: Path) -> None:
    """Raise `Refused` where rejected rows could not be kept in a file, or would take the place of their source."""
    try:
        same = path.exists() and source.exists() and path.samefile(source)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.", Nothing.CHANGED) from error
    if same:
        raise Refused(f"{path} is the file that is imported: name another for what is rejected.", Nothing.CHANGED)
    refuse_unwritable(path)


def write_rejects(path: Path, source: Path, header: Sequence[str], rejected: Sequence[RejectedRow]) -> None:
    """Write the rejected rows of a source as CSV, their own cells first, then line and reason; whole or not at all.

    The file can be corrected and imported as it is; then the line and reason of before make room for the new ones.
    Cells beyond the header stand beyond these two, so that such a row is rejected as long as nobody corrects it.
    Raises `Refused` where it cannot be written.
    """
    refuse_rejects_file(path, source)
    with writing_text(path) as file:
        list_rejects(file, header, rejected)


def list_rejects(file: TextIO, header: Sequence[str], rejected: Sequence[RejectedRow]) -> None:
    """Write what a rejects file has in it."""
    own = own_width(header)
    writer, shown = csv.writer(file), text_for(file)
    writer.writerow([*map(shown, header[:own]), *REJECT_COLUMNS])
    for row in rejected:
        cells = [*row.row[:own], *([""] * (own - len(row.row))), str(row.line), row.reason]
        writer.writerow(map(shown, [*cells, *row.row[len(header) :]]))


def ranges(lines: Sequence[int], most: int | None = None) -> str:
    """Write ascending line numbers with those in a row as one, `2-4, 7`; no more than `most` of them, if given."""
    runs: list[tuple[int, int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], line)
        else:
            runs.append((line, line))
    said = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs[:most])
    return said if most is None or len(runs) <= most else f"{said} and others"


def on_lines(lines: Sequence[int]) -> str:
    """Name a few lines: `line 3`, or `lines 2-4, 7`."""
    return f"{inflect(len(lines), 'line')} {ranges(lines, _MOST_NAMED)}"


def own_width(header: Sequence[str]) -> int:
    """Count the columns without those that a rejects file adds, which are numbered where the file has such already."""
    last = tuple(_NUMBERED.sub("", title) for title in header[-len(REJECT_COLUMNS) :])
    return len(header) - (len(REJECT_COLUMNS) if last == REJECT_COLUMNS else 0)

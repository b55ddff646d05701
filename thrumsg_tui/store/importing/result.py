"""What an import did, row by row (`docs/rules.md 9.2`)."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.store.files import writing_text

REJECT_COLUMNS = ("line", "reason")
"""What a rejects file has after the columns of its source."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken: the line on which it begins (the header is 1), why, and its cells."""

    line: int
    reason: str
    row: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or in a dry run would do; `event` is None where nothing changed.

    Each row counts once: as imported, updated, unchanged, repeated or rejected. `columns` tells from which header each
    field was read, `repeated` are the later rows of what the file has twice, and `new_lines` and `updated_lines` the
    lines on which the imported and the updated rows begin, in order.
    """

    imported: int
    updated: int
    unchanged: int
    rejected: tuple[Rejected, ...]
    repeated: tuple[Rejected, ...]
    columns: Mapping[str, str]
    header: tuple[str, ...]
    notes: tuple[str, ...]
    new_lines: Sequence[int]
    updated_lines: Sequence[int]
    event: EventId | None

    @property
    def duplicates(self) -> int:
        """How many rows repeat an earlier one of the same file."""
        return len(self.repeated)


def write_rejects(path: Path, header: Sequence[str], rejected: Sequence[Rejected]) -> None:
    """Write rejected rows as CSV, their own cells first, then line and reason; whole or not at all.

    The file can be corrected and imported as it is. Raises `Refused` where it cannot be written.
    """
    width = max([len(header), *(len(each.row) for each in rejected)])
    with writing_text(path) as file:
        writer = csv.writer(file)
        writer.writerow([*header, *[""] * (width - len(header)), *REJECT_COLUMNS])
        for each in rejected:
            writer.writerow([*each.row, *[""] * (width - len(each.row)), each.line, each.reason])

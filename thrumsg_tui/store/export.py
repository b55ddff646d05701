"""Write the four exports as CSV (`docs/rules.md 9.3`)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TextIO

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.enums import ExportKind
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.spreadsheets import guarded
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.export_rows import Rows, count_rows, export_rows
from thrumsg_tui.store.output_files import text_for, writing_text
from thrumsg_tui.store.progress import EVERY, OnProgress


def export(
    db: Database,
    who: Identity,
    what: ExportKind,
    out: Path | TextIO,
    campaign_id: CampaignId | None = None,
    *,
    on_progress: OnProgress | None = None,
) -> int:
    """Write an export from one state of the database, row by row, while others go on writing.

    A file replaces an older one only when it is complete. Memory use does not grow with the number of rows.

    Args:
        db: The database.
        who: The person, who needs the permission to export.
        what: Which export.
        out: A file to replace, or an open one.
        campaign_id: The campaign; None exports all.
        on_progress: Called with rows written and rows in total. If it raises, no file is left.

    Returns:
        The number of rows without the header.

    Raises:
        Refused: The file cannot be written.
    """
    who.require(Permission.EXPORT)
    with db.reading() as conn:
        rows = export_rows(conn, what, campaign_id)
        if on_progress is not None:
            rows = _watched(rows, on_progress, count_rows(conn, what, campaign_id))
        return write_csv(rows, out)


def write_csv(rows: Rows, out: Path | TextIO) -> int:
    """Write rows, the header first, to a file to replace or an open one; return their number without the header."""
    if not isinstance(out, Path):
        return _write(rows, out)
    with writing_text(out) as file:
        return _write(rows, file)


Record = dict[str, str | int | float | bool | None]


def exported(db: Database, who: Identity, what: ExportKind, campaign_id: CampaignId | None = None) -> list[Record]:
    """Return the rows of an export by column name, in order, each value as it is stored."""
    who.require(Permission.EXPORT)
    with db.reading() as conn:
        return records(export_rows(conn, what, campaign_id))


def records(rows: Rows) -> list[Record]:
    """Return rows, the header first, by column name."""
    header = [str(title) for title in next(rows)]
    return [dict(zip(header, row, strict=True)) for row in rows]


def _write(rows: Rows, file: TextIO) -> int:
    writer = csv.writer(file)
    shown = text_for(file)
    count = -1
    for count, row in enumerate(rows):  # noqa: B007
        cells = map(_harmless, row)
        writer.writerow([shown(cell) if isinstance(cell, str) else cell for cell in cells])
    return count


def _watched(rows: Rows, on_progress: OnProgress, total: int) -> Rows:
    written = -1
    for written, row in enumerate(rows):
        if written % EVERY == 0:
            on_progress(written, total)
        yield row
    on_progress(written, total)


def _harmless(cell: str | float | bool | None) -> str | float | None:
    """Stop spreadsheets from evaluating a cell as a formula (`docs/rules.md 7.5`)."""
    if isinstance(cell, bool):
        return str(cell).lower()
    return guarded(cell) if isinstance(cell, str) else cell

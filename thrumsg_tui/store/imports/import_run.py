"""The parts that all imports share: the count of rows, the one transaction, the one event."""

from __future__ import annotations

from array import array
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from thrumsg_tui.domain.campaigns import Campaign, CampaignId
from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.enums import CampaignState, ImportKind
from thrumsg_tui.domain.errors import Refused, ThrumsgError
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.organization_facts import FileImported
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.imports.result import FileRow, Imported, Reading, RejectedRow
from thrumsg_tui.store.imports.table import Table
from thrumsg_tui.store.input_files import called
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import CampaignLock, Lock, SettingsLock
from thrumsg_tui.store.progress import OnProgress
from thrumsg_tui.store.queries.campaigns import find_campaign, get_campaign


def _no_lines() -> array[int]:
    return array("Q")


def _in_order(lines: array[int]) -> array[int]:
    return array("Q", sorted(lines))


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The options of an import. A kind of file ignores those that it has no use for.

    Attributes:
        mapping: The title of a column for a field, or for a field code of the user's own.
        region: The region of numbers without a country code, such as `US`.
        dry_run: Whether to change nothing and return what the import would do.
        on_progress: Called with the number of rows done and of all rows.
        confirmed: The codes of the points of compliance that the person has confirmed, should the file open some in a
            launched campaign (`docs/rules.md 10.10`).
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    region: str = "US"
    dry_run: bool = False
    on_progress: OnProgress | None = None
    confirmed: Container[str] = ()


AS_IT_IS = ImportOptions()
"""The default options."""


@dataclass(slots=True)
class Tally:
    """The counts, rejected rows and notes of an import that is under way."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    repeated: list[RejectedRow] = field(default_factory=list)
    new_lines: array[int] = field(default_factory=_no_lines)
    updated_lines: array[int] = field(default_factory=_no_lines)
    warnings: list[RejectedRow] = field(default_factory=list)
    line: int = 0
    """The line of the current row."""
    notes: list[str] = field(default_factory=list)
    """Notes about the rows; those about the file are in `Table.notes`."""
    phones: Sequence[int] = ()
    custom: Mapping[str, int] = field(default_factory=dict)
    readings: Sequence[Reading] = ()

    def each(self, rows: Iterable[FileRow]) -> Iterator[FileRow]:
        """Yield each row, with `line` set to its line."""
        for row in rows:
            self.line = row.line
            yield row

    def count_new(self) -> None:
        """Count the current row as imported."""
        self.imported += 1
        self.new_lines.append(self.line)

    def count_known(self, *, changed: bool) -> None:
        """Count the current row as updated if it `changed` something stored, else as unchanged."""
        if changed:
            self.updated += 1
            self.updated_lines.append(self.line)
        else:
            self.unchanged += 1

    def reject(self, row: FileRow, reason: ThrumsgError | ValueError | str) -> None:
        """Add a row that cannot be used, with the reason; a refusal's "Nothing was changed." is left out."""
        why = reason.explanation if isinstance(reason, ThrumsgError) else str(reason)
        self.rejected.append(RejectedRow(row.line, why, row.cells))

    def repeat(self, row: FileRow, what: str, line: int) -> None:
        """Add a row that has the same `what`, such as a number, as an earlier `line`."""
        self.repeated.append(RejectedRow(row.line, f"the same {what} as line {line}", row.cells))

    def warn(self, row: FileRow, reason: str) -> None:
        """Add a warning about a row that is imported nevertheless."""
        self.warnings.append(RejectedRow(row.line, reason, row.cells))

    def result(self, table: Table, columns: Mapping[str, int], event: EventId | None) -> Imported:
        """Return what was counted, with the rejected rows in the order of the file."""
        return Imported(
            imported=self.imported,
            updated=self.updated,
            unchanged=self.unchanged,
            rejected=tuple(sorted(self.rejected, key=lambda each: each.line)),
            repeated=tuple(self.repeated),
            columns={name: table.header[position] for name, position in columns.items()},
            header=table.header,
            rows=table.rows,
            notes=(*table.notes, *self.notes),
            new_lines=_in_order(self.new_lines),
            updated_lines=_in_order(self.updated_lines),
            event=event,
            warnings=tuple(self.warnings),
            phones=tuple(table.header[position] for position in self.phones),
            custom={code: table.header[position] for code, position in self.custom.items()},
            readings=self.readings,
        )


class _DryRun(Exception):
    """Raised to roll back the transaction of a dry run."""


@contextmanager
def transaction(db: Database, *, dry_run: bool, keeps_references: bool = False) -> Iterator[Transaction]:
    """Open the write transaction of an import; roll it back at the end of a dry run.

    `keeps_references` is that of `Database.writing`.
    """
    with suppress(_DryRun), db.writing(bulk=True, keeps_references=keeps_references) as tx:
        yield tx
        if dry_run:
            raise _DryRun


def open_campaign(conn: Connection, name: str) -> Campaign:
    """Return the campaign to import into.

    Args:
        conn: The connection to read from.
        name: The campaign's name, or its id in digits.

    Raises:
        NotFound: If there is no such campaign.
        Refused: If it is archived.
    """
    return _require_open(find_campaign(conn, name))


def hold_campaign(tx: Transaction, name: str, *others: Lock, shared: bool = False) -> Campaign:
    """Hold the campaign to import into, shared or alone, with the settings and other locks; return it.

    Raises as `open_campaign` does.
    """
    campaign_id = find_campaign(tx.conn, name).id
    tx.hold(SettingsLock(shared=True), CampaignLock(campaign_id, shared), *others)
    return _require_open(get_campaign(tx.conn, campaign_id))


def _require_open(campaign: Campaign) -> Campaign:
    if campaign.state is CampaignState.ARCHIVED:
        raise Refused(f"{campaign.name!r} is archived: nothing can be imported into it any more.")
    return campaign


def journal_import(
    tx: Transaction,
    who: Identity,
    what: ImportKind,
    path: Path,
    tally: Tally,
    campaign_id: CampaignId | None = None,
    *,
    details: Mapping[str, object] | None = None,
) -> EventId | None:
    """Record an import as one event.

    Args:
        tx: The transaction of the import.
        who: Who imports.
        what: The kind of file.
        path: The file, of which the event keeps the name only.
        tally: The counts of the import.
        campaign_id: The campaign, or None if the import belongs to none.
        details: What the undo needs; without it the import cannot be undone.

    Returns:
        The event, or None if the import changed nothing.
    """
    if not tally.imported and not tally.updated:
        return None
    facts = FileImported(
        what,
        called(path).name,
        imported=tally.imported,
        updated=tally.updated,
        unchanged=tally.unchanged,
        duplicates=len(tally.repeated),
        rejected=len(tally.rejected),
    )
    undoable = details is not None
    return record(tx, who, EventKind.IMPORT, facts, campaign_id=campaign_id, details=details, undoable=undoable)

"""What every import shares: counting its rows, its one transaction, its one journal entry."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from thrumsg_tui.domain.campaign_facts import FileImported
from thrumsg_tui.domain.campaigns import Campaign, CampaignId
from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.enums import CampaignState, ImportKind
from thrumsg_tui.domain.errors import Refused, ThrumsgError
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.people import Identity
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.base import Connection
from thrumsg_tui.store.importing.result import FileRow, Imported, Reading, RejectedRow
from thrumsg_tui.store.importing.table import Table
from thrumsg_tui.store.input_files import called
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.progress import OnProgress
from thrumsg_tui.store.queries.campaigns import find_campaign


def _no_lines() -> array[int]:
    return array("Q")


def _in_order(lines: array[int]) -> array[int]:
    return array("Q", sorted(lines))


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is to be taken in; what its kind has no use for is left aside.

    `mapping` names the column of a field, or of a code of the user's own. `region` says whose numbers are written
    without a country code. A dry run changes nothing. `on_progress` is told how many rows of how many are done.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    region: str = "US"
    dry_run: bool = False
    on_progress: OnProgress | None = None


AS_IT_IS = ImportOptions()
"""How a file is taken in that needs nothing said about it."""


@dataclass(slots=True)
class Tally:
    """The counts and the unused rows of an import that is under way."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    repeated: list[RejectedRow] = field(default_factory=list)
    new_lines: array[int] = field(default_factory=_no_lines)
    updated_lines: array[int] = field(default_factory=_no_lines)
    warnings: list[RejectedRow] = field(default_factory=list)
    line: int = 0
    """The line of the row that is being taken in."""
    notes: list[str] = field(default_factory=list)
    """What is worth saying about the rows, beside what is about the file."""
    phones: Sequence[int] = ()
    custom: Mapping[str, int] = field(default_factory=dict)
    readings: Sequence[Reading] = ()

    def each(self, rows: Iterable[FileRow]) -> Iterator[FileRow]:
        """Go through rows, knowing the line of each."""
        for row in rows:
            self.line = row.line
            yield row

    def count_new(self) -> None:
        """Count the row as something that was not there before."""
        self.imported += 1
        self.new_lines.append(self.line)

    def count_known(self, *, changed: bool) -> None:
        """Count the row as about something that was there before."""
        if changed:
            self.updated += 1
            self.updated_lines.append(self.line)
        else:
            self.unchanged += 1

    def reject(self, row: FileRow, reason: ThrumsgError | ValueError | str) -> None:
        """Note a row that cannot be used, in the words of what refused it, without what concerns the whole change."""
        why = reason.explanation if isinstance(reason, ThrumsgError) else str(reason)
        self.rejected.append(RejectedRow(row.line, why, row.cells))

    def repeat(self, row: FileRow, what: str, line: int) -> None:
        """Note a row that says again what an earlier line said."""
        self.repeated.append(RejectedRow(row.line, f"the same {what} as line {line}", row.cells))

    def warn(self, row: FileRow, reason: str) -> None:
        """Note what is to be looked at in a row that is taken in."""
        self.warnings.append(RejectedRow(row.line, reason, row.cells))

    def result(self, table: Table, columns: Mapping[str, int], event: EventId | None) -> Imported:
        """Give what was counted, the rejected rows in the order of the file."""
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
    """Takes a dry run's transaction back."""


@contextmanager
def transaction(db: Database, *, dry_run: bool) -> Iterator[Transaction]:
    """Open the write transaction of an import; a dry run's is rolled back at the end."""
    with suppress(_DryRun), db.writing() as tx:
        yield tx
        if dry_run:
            raise _DryRun


def open_campaign(conn: Connection, name: str) -> Campaign:
    """Find the campaign that a file is for; `Refused` if it is archived."""
    campaign = find_campaign(conn, name)
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
    """Write the one journal entry of an import, none where it changed nothing; with `details` it can be undone."""
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

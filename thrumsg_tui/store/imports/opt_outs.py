"""The import of opt-outs (`docs/rules.md` 5)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.opt_out_lists import enter_list
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.columns import PHONE, ImportField, choose, example, fitness
from thrumsg_tui.store.imports.import_run import AS_IT_IS, ImportOptions, Tally, journal_import, transaction
from thrumsg_tui.store.imports.numbers import NumberReader
from thrumsg_tui.store.imports.result import Imported
from thrumsg_tui.store.imports.table import Table, read_table
from thrumsg_tui.store.locks import number_locks
from thrumsg_tui.store.phones import require_region
from thrumsg_tui.store.progress import PhaseProgress

FIELDS = (PHONE, ImportField("note", ("note", "notes", "reason", "comment", "comments"), required=False))

_PHASES = 2
"""Read numbers, opt them out."""


@dataclass(frozen=True, slots=True)
class _Said:
    """The first line with a number, and its note."""

    line: int
    note: str


def import_opt_outs(
    db: Database,
    who: Identity,
    path: Path,
    options: ImportOptions = AS_IT_IS,
) -> Imported:
    """Opt numbers out in every campaign, those of no contact too; send no confirmations.

    An undo of the import opts them all in again (`docs/rules.md 5.2`).

    Raises:
        Refused: If the file as a whole cannot be used.
    """
    who.require(Permission.IMPORT)
    try:
        require_region(options.region)
    except ValueError as error:
        raise Refused(str(error)) from None
    table = read_table(path, fitness(FIELDS, options.mapping), example(FIELDS))
    return _imported(db, who, path, table, options)


@change
def _imported(db: Database, who: Identity, path: Path, table: Table, options: ImportOptions) -> Imported:
    """Import a file that was read, from standard input perhaps, which is read once."""
    columns = choose(table.header, FIELDS, options.mapping)
    numbers = NumberReader(
        table.header, options.mapping, columns, options.region, keep=options.dry_run, to_opt_out=True
    )
    tally = Tally(rejected=list(table.rejected), phones=numbers.columns, readings=numbers.readings)
    steps = PhaseProgress(options.on_progress, len(table.rows), _PHASES)
    wanted = _usable(table, columns, numbers, tally, steps)
    with transaction(db, dry_run=options.dry_run) as tx:
        tx.hold(*number_locks(*wanted))
        batch = enter_list(tx, who, steps.over([(phone, said.note) for phone, said in wanted.items()]))
        for phone, said in wanted.items():
            tally.line = said.line
            if phone in batch.opt_outs:
                tally.count_new()
            else:
                tally.count_known(changed=False)
        steps.end()
        event = journal_import(tx, who, ImportKind.OPT_OUTS, path, tally, details=batch.details)
        if event is not None:
            batch.note(tx, event)
    return tally.result(table, columns, None if options.dry_run else event)


def _usable(
    table: Table, columns: Mapping[str, int], numbers: NumberReader, tally: Tally, steps: PhaseProgress
) -> dict[str, _Said]:
    """Return each number with the first row that has it."""
    wanted: dict[str, _Said] = {}
    for row in steps.over(table.rows):
        said = row.values(columns)
        try:
            number = numbers.read(row)
        except ValueError as reason:
            tally.reject(row, reason)
            continue
        numbers.look_beside(row, number)
        phone = number.e164
        if phone in wanted:
            tally.repeat(row, "number", wanted[phone].line)
        else:
            wanted[phone] = _Said(row.line, said.get("note", ""))
    tally.notes += numbers.notes()
    return wanted

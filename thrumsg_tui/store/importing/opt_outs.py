"""Taking opt-outs in (`docs/rules.md` 5)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.people import Action, Identity
from thrumsg_tui.domain.words import OptOutKind
from thrumsg_tui.store.changes.opt_outs import store_opt_out
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.importing.columns import PHONE, Field, choose, recognise
from thrumsg_tui.store.importing.frame import Tally, journal_import, transaction
from thrumsg_tui.store.importing.result import Imported
from thrumsg_tui.store.importing.table import Table, read_table
from thrumsg_tui.store.phones import normalize, require_region
from thrumsg_tui.store.queries.thread import opt_out

_FIELDS = (PHONE, Field("note", ("note", "notes", "reason", "comment", "comments"), required=False))


def import_opt_outs(
    db: Database,
    who: Identity,
    path: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    region: str = "US",
    dry_run: bool = False,
) -> Imported:
    """Opt numbers out in every campaign, whether anybody knows them or not; nobody is sent a confirmation.

    Each number can be opted in again by undoing its own journal entry. Raises `Refused` where the file as a whole
    cannot be used.
    """
    who.require(Action.IMPORT)
    try:
        require_region(region)
    except ValueError as error:
        raise Refused(str(error)) from None
    table = read_table(path, lambda header: len(recognise(header, _FIELDS)))
    columns = choose(table.header, _FIELDS, mapping or {})
    tally = Tally(rejected=list(table.rejected))
    wanted = _usable(table, columns, region, tally)
    with transaction(db, dry_run=dry_run) as tx:
        for phone, note in wanted.items():
            if opt_out(tx.conn, phone):
                tally.unchanged += 1
            else:
                store_opt_out(tx, who, phone, OptOutKind.IMPORTED, note, confirm=False)
                tally.imported += 1
        event = journal_import(tx, who, "opt-outs", path, tally)
    return tally.result(table, columns, None if dry_run else event)


def _usable(table: Table, columns: Mapping[str, int], region: str, tally: Tally) -> dict[str, str]:
    """Read each number's note, the first one where a number comes twice."""
    wanted: dict[str, str] = {}
    lines: dict[str, int] = {}
    for row in table.rows:
        said = row.values(columns)
        try:
            phone = normalize(said["phone"], region).e164
        except ValueError as reason:
            tally.reject(row, reason)
            continue
        if phone in wanted:
            tally.repeat(row, "number", lines[phone])
        else:
            wanted[phone] = said.get("note", "")
            lines[phone] = row.line
    return wanted

"""Looking at a file before anything is done with it (`docs/rules.md 9.1`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from thrumsg_tui.domain.words import ImportKind
from thrumsg_tui.store.importing.columns import (
    Field,
    custom_fields,
    mapped,
    missing_fields,
    other_columns,
    recognise,
    refusal,
)
from thrumsg_tui.store.importing.kinds import KINDS
from thrumsg_tui.store.importing.table import read_table

FIRST_ROWS = 20
"""How many rows are shown."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file looks like, taken as one kind.

    `columns` tells from which header each field would be read, `custom` which header would become which field of the
    contact; `unused` are the headers left over. While `missing` names required fields without a column, the import
    would be refused with the sentence `refusal`.
    """

    kind: ImportKind
    fields: tuple[Field, ...]
    header: tuple[str, ...]
    columns: Mapping[str, str]
    custom: Mapping[str, str]
    unused: tuple[str, ...]
    missing: tuple[str, ...]
    refusal: str | None
    rows: int
    unreadable: int
    """Rows that cannot be told apart into cells; the import would reject them."""
    first_rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    """What is worth saying about encoding and separator."""


def inspect(path: Path, kind: ImportKind, mapping: Mapping[str, str] | None = None) -> Inspection:
    """Read a whole file and say what is in it, with columns as mapped, else as recognised; no database is asked.

    Raises `Refused` as the import would: for a file that is none or cannot be read, and for a mapping that names a
    field or column that there is not. 4 µs a row.
    """
    of = KINDS[kind]
    table = read_table(path, lambda header: len(recognise(header, of.fields)))
    chosen = mapped(table.header, of.fields, mapping or {}, custom=of.custom)
    missing = tuple(missing_fields(of.fields, chosen))
    others = other_columns(table.header, chosen)
    custom = custom_fields(table.header, chosen, of.reserved) if of.custom else {}
    own = {code: position for code, position in chosen.items() if code not in {each.name for each in of.fields}}
    return Inspection(
        kind=kind,
        fields=of.fields,
        header=table.header,
        columns={name: table.header[place] for name, place in chosen.items() if name not in own},
        custom={code: table.header[place] for code, place in {**own, **custom}.items()},
        unused=() if of.custom else tuple(table.header[place] for place in others),
        missing=missing,
        refusal=refusal(table.header, missing) if missing else None,
        rows=len(table.rows) + len(table.rejected),
        unreadable=len(table.rejected),
        first_rows=tuple(row.cells for row in islice(table.rows, FIRST_ROWS)),
        notes=table.notes,
    )

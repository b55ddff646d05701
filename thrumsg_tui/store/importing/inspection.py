"""Looking at a file before anything is done with it (`docs/rules.md 9.1`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.store.importing.columns import (
    PHONE,
    ImportField,
    example,
    fitness,
    mapped,
    missing_fields,
    other_columns,
    phone_columns,
    refusal,
)
from thrumsg_tui.store.importing.contacts import codes_of
from thrumsg_tui.store.importing.import_file import KINDS
from thrumsg_tui.store.importing.numbers import NumberReader
from thrumsg_tui.store.importing.table import Table, read_table

FIRST_ROWS = 20
"""How many rows are shown."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file looks like, taken as one kind.

    `columns` tells from which header each field would be read, `phones` from which a number is, in order, and `custom`
    which header would become which field of the contact; `unused` are the headers left over. While `missing` names
    required fields without a column, the import would be refused with the sentence `refusal`.
    """

    kind: ImportKind
    fields: tuple[ImportField, ...]
    header: tuple[str, ...]
    columns: Mapping[str, str]
    phones: tuple[str, ...]
    custom: Mapping[str, str]
    unused: tuple[str, ...]
    missing: tuple[str, ...]
    refusal: str | None
    rows: int
    unreadable: int
    """Rows that cannot be told apart into cells; the import would reject them."""
    first_rows: tuple[tuple[str, ...], ...]
    numbers: tuple[tuple[str, str], ...]
    """What the phone cells of these rows are read as, each as it is written, with the number or why it is none."""
    notes: tuple[str, ...]
    """What is worth saying about encoding, separator and header."""


def inspect(
    path: Path, kind: ImportKind, mapping: Mapping[str, str] | None = None, *, region: str = "US"
) -> Inspection:
    """Read a whole file and say what is in it, with columns as mapped, else as recognised; no database is asked.

    Raises `Refused` as the import would: for a file that is none or cannot be read, and for a mapping that names a
    field or column that there is not. 4 µs a row.
    """
    spec = KINDS[kind]
    mapping = mapping or {}
    table = read_table(path, fitness(spec.fields, mapping), example(spec.fields))
    chosen = mapped(table.header, spec.fields, mapping, custom=spec.custom)
    missing = tuple(missing_fields(spec.fields, chosen))
    phones = phone_columns(table.header, mapping, chosen) if PHONE.name in chosen else ()
    custom = codes_of(table.header, chosen, phones) if spec.custom else {}
    others = other_columns(table.header, {*chosen.values(), *phones, *custom.values()})
    return Inspection(
        kind=kind,
        fields=spec.fields,
        header=table.header,
        columns={name: table.header[place] for name, place in chosen.items() if name not in custom},
        phones=tuple(table.header[place] for place in phones),
        custom={code: table.header[place] for code, place in custom.items()},
        unused=tuple(table.header[place] for place in others),
        missing=missing,
        refusal=refusal(table.header, missing) if missing else None,
        rows=len(table.rows) + len(table.rejected),
        unreadable=len(table.rejected),
        first_rows=tuple(row.cells for row in islice(table.rows, FIRST_ROWS)),
        numbers=_numbers(table, NumberReader(table.header, mapping, chosen, region, keep=True)) if phones else (),
        notes=table.notes,
    )


def _numbers(table: Table, reader: NumberReader) -> tuple[tuple[str, str], ...]:
    read = []
    for row in islice(table.rows, FIRST_ROWS):
        try:
            phone = reader.read(row).e164
        except ValueError as reason:
            read.append(("", str(reason)))
        else:
            read.append((reader.readings[-1].text, phone))
    return tuple(read)

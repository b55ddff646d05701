"""The inspection of a file before its import (`docs/rules.md 9.1`)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.imports.columns import (
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
from thrumsg_tui.store.imports.contacts import codes_of
from thrumsg_tui.store.imports.import_kinds import kind_of
from thrumsg_tui.store.imports.numbers import NumberReader
from thrumsg_tui.store.imports.table import Table, read_table

FIRST_ROWS = 20
"""How many rows an inspection shows."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """The content of a file, read as one kind of file.

    Attributes:
        columns: The header that each field would be read from.
        phones: The headers that a number would be read from, in order.
        custom: The header that would become each custom field.
        unused: The headers that would not be read.
        missing: The required fields without a column; unless it is empty, the import would be refused.
        refusal: The sentence of that refusal.
        rows: The number of rows, the unreadable ones included.
        unreadable: The number of rows that do not fit the header or have an open quotation mark; the import would
            reject them.
        numbers: For each of the first rows, the phone cell as it is written and its number; for a row without a
            number, nothing and the reason.
        notes: Notes about encoding, separator and header.
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
    first_rows: tuple[tuple[str, ...], ...]
    numbers: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def inspect(
    path: Path, kind: ImportKind, mapping: Mapping[str, str] | None = None, *, region: str = "US"
) -> Inspection:
    """Return what is in a file, with columns as mapped, else as recognised.

    Reads the whole file and no database. Takes 4 µs a row.

    Args:
        path: The CSV file.
        kind: The kind of file to read it as.
        mapping: The title of a column for a field.
        region: The region of numbers without a country code.

    Raises:
        Refused: As the import would, if the file is missing, cannot be read or is no CSV file, or the mapping names a
            field or column that does not exist.
    """
    spec = kind_of(kind)
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

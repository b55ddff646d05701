"""Copy all tables from one database to another, and compare what arrived (`docs/rules.md 13.2`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.database_move.tables import KEYS, may_have_nul, without_nul
from thrumsg_tui.store.engines import whole_tables_of
from thrumsg_tui.store.engines.base import Engine
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.progress import EVERY, OnProgress

OnRows = Callable[[int], None]
"""Called with how many more rows were read."""


@dataclass(frozen=True, slots=True)
class TableContents:
    """How many rows a table has, and a digest of all their values in the order of the primary key."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Copied:
    """The contents of each table as they were copied, and in how many texts a NUL was replaced."""

    tables: Mapping[str, TableContents]
    replaced: int

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(each.rows for each in self.tables.values())


class Passed:
    """Counts the rows that have passed."""

    def __init__(self, total: int, on_progress: OnProgress) -> None:
        self._done, self._total, self._on_progress = 0, total, on_progress

    def more(self, rows: int) -> None:
        """Report that more rows have passed."""
        self._done += rows
        self._on_progress(min(self._done, self._total), self._total)


def count_rows(conn: Connection) -> int:
    """Count the rows of all tables."""
    return sum(conn.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in KEYS)


def contents(engine: Engine[Any], conn: Connection, on_rows: OnRows) -> dict[str, TableContents]:
    """Read all tables, and return what is in them; one digest is the same on every engine."""
    found = {}
    for table, columns in _all_columns(engine, conn).items():
        read = _Reading(conn, table, columns, on_rows)
        for _ in read:
            pass
        found[table] = read.contents
    return found


def copy_tables(
    source: Engine[Any], source_conn: Connection, target: Engine[Any], target_conn: Connection, on_rows: OnRows
) -> Copied:
    """Copy all rows with their ids, and what numbers come next; what was in the target is deleted first."""
    tables = whole_tables_of(target.location)
    columns = _all_columns(source, source_conn)
    copied: dict[str, TableContents] = {}
    replaced = 0
    with tables.loading(target_conn, KEYS):
        for table in reversed(tuple(KEYS)):
            target_conn.execute(f"DELETE FROM {table} {_own_rows(table)}")
        for table in KEYS:
            read = _Reading(source_conn, table, columns[table], on_rows, with_nul=tables.stores_nul)
            tables.load(target_conn, table, read.stored, read.stored_values())
            copied[table] = read.contents
            replaced += read.replaced
    tables.set_last_ids(target_conn, whole_tables_of(source.location).last_ids(source_conn, KEYS))
    return Copied(copied, replaced)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a table, each kind in the order of the alphabet, which all engines share."""

    stored: tuple[str, ...]
    generated: tuple[str, ...]


def _all_columns(engine: Engine[Any], conn: Connection) -> dict[str, _Columns]:
    known = engine.columns(conn)
    return {
        table: _Columns(
            tuple(sorted(each.name for each in known[table] if not each.is_generated)),
            tuple(sorted(each.name for each in known[table] if each.is_generated)),
        )
        for table in KEYS
    }


class _Reading:
    """The rows of a table, once, in the order of its primary key; afterwards `contents` is what was read."""

    def __init__(
        self, conn: Connection, table: str, columns: _Columns, on_rows: OnRows, *, with_nul: bool = True
    ) -> None:
        self._conn = conn
        self._table = table
        self._columns = (*columns.stored, *columns.generated)
        self._on_rows = on_rows
        self._with_nul = with_nul
        self._digest = blake2b(digest_size=16)
        self._rows = 0
        self.stored: Sequence[str] = columns.stored
        self.replaced = 0

    @property
    def contents(self) -> TableContents:
        """What was read."""
        return TableContents(self._rows, self._digest.hexdigest())

    def stored_values(self) -> Iterator[tuple[object, ...]]:
        """Iterate over the rows without their generated columns."""
        length = len(self.stored)
        for row in self:
            yield row[:length]

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        names, key = ", ".join(self._columns), ", ".join(KEYS[self._table])
        rows = self._conn.stream(f"SELECT {names} FROM {self._table} {_own_rows(self._table)} ORDER BY {key}")
        for row in map(tuple, rows):
            kept, text = row, repr(row)
            if not self._with_nul and may_have_nul(text):
                kept = self._replaced(row)
                text = repr(kept)
            self._digest.update(text.encode())
            self._rows += 1
            if self._rows % EVERY == 0:
                self._on_rows(EVERY)
            yield kept
        self._on_rows(self._rows % EVERY)

    def _replaced(self, row: tuple[object, ...]) -> tuple[object, ...]:
        kept = without_nul(self._columns, row)
        self.replaced += sum(before is not after for before, after in zip(row, kept, strict=True))
        return kept


def _own_rows(table: str) -> str:
    """Return the condition that leaves out the marks of moves, which belong to their database."""
    return "WHERE key NOT IN ('moved', 'arriving', 'arrived')" if table == "setting" else ""

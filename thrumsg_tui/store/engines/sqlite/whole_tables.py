"""Operations on whole tables of a SQLite file; `engines.whole_tables.WholeTables` describes each method."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

_CHANGES = ("INSERT", "UPDATE", "DELETE")


class SqliteWholeTables:
    """The operations for SQLite."""

    stores_nul = True

    def exclude_others(self, conn: sqlite3.Connection, tables: Iterable[str]) -> None:
        """Do nothing: there is one writer at a time."""

    @contextmanager
    def loading(self, conn: sqlite3.Connection, tables: Iterable[str]) -> Iterator[None]:
        """Drop triggers and indexes, and make them again afterwards: half the time of keeping the indexes."""
        conn.execute("PRAGMA defer_foreign_keys = ON")
        loaded = set(tables)
        made = conn.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
        ).fetchall()
        dropped = [each for each in made if each["tbl_name"] in loaded]
        for each in dropped:
            conn.execute(f"DROP {each['type']} {each['name']}")
        yield
        for each in dropped:
            conn.execute(each["sql"])

    def load(
        self, conn: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> None:
        """Insert row by row: there is nothing faster."""
        names, values = ", ".join(columns), ", ".join("?" * len(columns))
        conn.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", rows)

    def last_ids(self, conn: sqlite3.Connection, tables: Iterable[str]) -> Mapping[str, int]:
        """Return what SQLite keeps for AUTOINCREMENT, and the largest id of other tables."""
        kept = dict(map(tuple, conn.execute("SELECT name, seq FROM sqlite_sequence").fetchall()))
        with_ids = [table for table in tables if _gives_ids(conn, table)]
        largest = {table: conn.execute(f"SELECT MAX(id) FROM {table}").fetchone()[0] or 0 for table in with_ids}
        return {table: max(kept.get(table, 0), largest[table]) for table in with_ids}

    def set_last_ids(self, conn: sqlite3.Connection, last: Mapping[str, int]) -> None:
        """Store what SQLite keeps for AUTOINCREMENT; elsewhere the next id is one more than the largest."""
        for table, value in last.items():
            if _never_again(conn, table):
                conn.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
                conn.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, value))

    def close_to_writers(self, conn: sqlite3.Connection, tables: Iterable[str], sentence: str) -> None:
        """Make triggers that refuse every change."""
        said = sentence.replace("'", "''")
        for table in tables:
            for change in _CHANGES:
                conn.execute(
                    f"CREATE TRIGGER {_name(table, change)} BEFORE {change} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
                )

    def open_to_writers(self, conn: sqlite3.Connection, tables: Iterable[str]) -> None:
        """Drop those triggers."""
        for table in tables:
            for change in _CHANGES:
                conn.execute(f"DROP TRIGGER IF EXISTS {_name(table, change)}")


def _name(table: str, change: str) -> str:
    return f"closed_to_{change.lower()}_{table}"


def _gives_ids(conn: sqlite3.Connection, table: str) -> bool:
    columns = conn.execute(f"PRAGMA table_info({table})").fetchall()
    return any((row["name"], row["type"], row["pk"]) == ("id", "INTEGER", 1) for row in columns)


def _never_again(conn: sqlite3.Connection, table: str) -> bool:
    found = conn.execute("SELECT 1 FROM sqlite_schema WHERE name = ? AND sql LIKE '% AUTOINCREMENT%'", (table,))
    return found.fetchone() is not None

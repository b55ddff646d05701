"""Databases of the tests' server, used again and again: emptying and filling one takes 10 ms, a new one 200."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from tests.postgres_server import shared_cluster
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import ServerAddress

Connection = psycopg.Connection[tuple[Any, ...]]

LARGE = 1_000_000
"""From how many bytes on the server has to look at its tables, as it would by itself after a while."""

AFRESH = 100
"""After how many uses a database is truncated, because deleted rows have made it slow."""

_SHAPE = """
SELECT
    (SELECT SUM(CAST(oid AS BIGINT)) FROM pg_class WHERE relnamespace = CAST('public' AS regnamespace)),
    (SELECT COUNT(*) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = CAST('public' AS regnamespace) AND NOT attisdropped),
    (SELECT SUM(CAST(oid AS BIGINT) * ASCII(CAST(tgenabled AS TEXT))) FROM pg_trigger),
    (SELECT SUM(CAST(oid AS BIGINT)) FROM pg_constraint),
    (SELECT SUM(CAST(oid AS BIGINT)) FROM pg_proc WHERE pronamespace = CAST('public' AS regnamespace))
"""
"""What is different once a table, an index, a trigger, a check or a function has been made, changed or dropped."""


_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""


@dataclass(frozen=True, slots=True)
class Rows:
    """All that the tables of a database hold, and where its sequences are.

    Args:
        tables: Of each table its columns, and its rows as COPY writes them.
        sequences: Of each sequence the last number, and whether it was given to a row.
    """

    tables: Mapping[str, tuple[str, bytes]]
    sequences: Mapping[str, tuple[int, bool]]


def rows_of_file(path: Path) -> Rows:
    """Read a database that is a file, for one of the server."""
    tables: dict[str, tuple[str, bytes]] = {}
    sequences: dict[str, tuple[int, bool]] = {}
    with closing(Database(path)) as db, db.reading() as conn:
        for table, columns in db.engine.columns(conn).items():
            if table.startswith("_"):  # what sqlite-utils notes
                continue
            names = [column.name for column in columns if not column.is_generated]
            rows = list(db.engine.stored_rows(conn, table, names))
            tables[table] = (", ".join(names), "".join(map(_line, rows)).encode())
            if rows and "id" in names:
                last = conn.execute(f"SELECT MAX(id) AS last FROM {table}").fetchone()["last"]
                sequences[f"{table}_id_seq"] = (last, True)
    return Rows(tables, sequences)


def _line(row: Sequence[object]) -> str:
    """Write a row as COPY reads it."""
    return "\t".join("\\N" if cell is None else str(cell).translate(_ESCAPED) for cell in row) + "\n"


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class _Held:
    """A database, and a connection that reads it, fills it and judges it."""

    def __init__(self, address: ServerAddress) -> None:
        self.address = address
        self.conn: Connection = psycopg.connect(str(address), autocommit=True)
        self.conn.execute("SET synchronous_commit = on")  # VACUUM marks only what has reached the log
        self._shape_at_first = self._shape()
        self._uses = 0

    def rows(self) -> Rows:
        """Read everything."""
        tables = {}
        for (table,) in self.conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            columns = ", ".join(name for (name,) in self.conn.execute(_COLUMNS, (table,)).fetchall())
            with self.conn.cursor().copy(f"COPY {table} ({columns}) TO STDOUT".encode()) as copy:
                tables[table] = (columns, b"".join(map(bytes, copy)))
        names = [name for (name,) in self.conn.execute("SELECT sequencename FROM pg_sequences").fetchall()]
        each = (f"SELECT '{name}', last_value, is_called FROM {name}" for name in names)
        found = self.conn.execute(" UNION ALL ".join(each).encode()).fetchall() if names else []
        return Rows(tables, {name: (last, called) for name, last, called in found})

    def fill(self, rows: Rows) -> None:
        """Put these rows into it, and nothing else; what its triggers would do with them is among them."""
        self._uses += 1
        afresh = self._uses % AFRESH == 0
        tables = list(rows.tables)
        emptied = [f"TRUNCATE {', '.join(tables)}"] if afresh else [f"DELETE FROM {table}" for table in tables]
        moved = [f"SELECT setval('{name}', {last}, {called})" for name, (last, called) in rows.sequences.items()]
        with self.conn.transaction():
            self.conn.execute(";".join(["SET LOCAL session_replication_role = replica", *emptied, *moved]).encode())
            for table, (columns, held) in rows.tables.items():
                if held:
                    with self.conn.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
                        copy.write(held)
        if sum(len(held) for _, held in rows.tables.values()) > LARGE:
            self.conn.execute("VACUUM ANALYZE")

    def is_as_it_was(self) -> bool:
        """End all other connections to it; whether its tables are as they were at first."""
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        self.conn.execute(f"SELECT pg_terminate_backend(pid, 10000) {others}".encode())
        return self._shape() == self._shape_at_first

    def _shape(self) -> object:
        return self.conn.execute(_SHAPE).fetchone()


class _Pool:
    """The databases of this process."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._free: list[_Held] = []
        self._used: dict[ServerAddress, _Held] = {}
        self._of_this_test: list[ServerAddress] = []
        self._lasting = False
        atexit.register(self._close)

    def absent(self) -> ServerAddress:
        """Return a database in which there is not even a table."""
        address = self._created()
        self._hand_out(address)
        return address

    def filled(self, rows: Rows) -> ServerAddress:
        """Return a database with these rows."""
        held = self._free.pop() if self._free else self._with_tables()
        self._used[held.address] = held
        self._hand_out(held.address)
        held.fill(rows)
        return held.address

    def rows_of(self, address: ServerAddress) -> Rows:
        """Read all that is in a database."""
        if held := self._used.get(address):
            return held.rows()
        other = _Held(address)
        try:
            return other.rows()
        finally:
            other.conn.close()

    def give_back(self, address: ServerAddress) -> None:
        """Use a database for something else from now on."""
        if address in self._of_this_test:
            self._of_this_test.remove(address)
        shutil.rmtree(address.path.parent, ignore_errors=True)  # what this host keeps of it
        held = self._used.pop(address, None)
        if held and held.is_as_it_was():
            self._free.append(held)
            return
        if held:
            held.conn.close()
        with _administered() as conn:
            conn.execute(f"DROP DATABASE IF EXISTS {address.database} WITH (FORCE)".encode())

    def end_test(self) -> None:
        """Use for something else what one test has had for itself."""
        for address in list(self._of_this_test):
            self.give_back(address)

    @contextmanager
    def lasting(self) -> Iterator[None]:
        """Hand out databases that several tests use, one after the other."""
        before, self._lasting = self._lasting, True
        try:
            yield
        finally:
            self._lasting = before

    def _hand_out(self, address: ServerAddress) -> None:
        if not self._lasting:
            self._of_this_test.append(address)

    def _created(self) -> ServerAddress:
        address = ServerAddress(shared_cluster().address(f"test_{os.getpid()}_{next(self._numbers)}"))
        with _administered() as conn:
            conn.execute(f"CREATE DATABASE {address.database}".encode())
        return address

    def _with_tables(self) -> _Held:
        address = self._created()
        Database(address, scratch=True).close()
        return _Held(address)

    def _close(self) -> None:
        for held in [*self._free, *self._used.values()]:
            held.conn.close()


@contextmanager
def _administered() -> Iterator[Connection]:
    conn = psycopg.connect(shared_cluster().address("postgres"), autocommit=True)
    try:
        yield conn
    finally:
        conn.close()


POOL = _Pool()

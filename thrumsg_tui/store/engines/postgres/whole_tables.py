"""Operations on whole tables of a server; `engines.whole_tables.WholeTables` describes each method."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic, sleep

import psycopg

from thrumsg_tui.domain.errors import Nothing, NotPermitted
from thrumsg_tui.store.engines import waits
from thrumsg_tui.store.engines.postgres.connection import ServerConnection
from thrumsg_tui.store.engines.postgres.errors import CLOSED
from thrumsg_tui.store.engines.postgres.upgrade import act_as_owner

_DROPPED = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname) AS dropping,
           format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
               AS making
    FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%(tables)s::regclass[])
    UNION ALL
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indrelid = ANY(%(tables)s::regclass[])
    AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
    UNION ALL
    SELECT format('ALTER TABLE %%s DISABLE TRIGGER USER', name), format('ALTER TABLE %%s ENABLE TRIGGER USER', name)
    FROM unnest(%(tables)s::text[]) AS name
"""
"""For each reference, index and trigger the statement that drops it, and the one that makes it again."""

_SEQUENCES = """
    SELECT table_name, pg_get_serial_sequence(quote_ident(table_name), column_name) AS sequence
    FROM information_schema.columns
    WHERE table_schema = current_schema() AND is_identity = 'YES' AND table_name = ANY(%(tables)s)
"""

_PAUSE = 0.01
"""Seconds between two tries to lock all tables; readers have them for milliseconds."""

_FUNCTION = "closed_to_writers"
_TRIGGER = "closed_to_writers"


class PostgresWholeTables:
    """The operations for PostgreSQL. All but reading are for the role that owns the tables."""

    stores_nul = False

    def exclude_others(self, conn: ServerConnection, tables: Iterable[str]) -> None:
        """Lock the tables against writers, for as long as it takes; a host that is lost meanwhile is noticed by TCP."""
        conn.script(
            "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL tcp_keepalives_idle = 10; "
            "SET LOCAL tcp_keepalives_interval = 5; SET LOCAL tcp_keepalives_count = 3"
        )
        _require_owner(conn)
        conn.script(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")

    @contextmanager
    def loading(self, conn: ServerConnection, tables: Iterable[str]) -> Iterator[None]:
        """Drop references and indexes, and make them again afterwards: all rows at once take a third of the time.

        The server also counts the values then, so that it plans the first queries as well as all later ones.
        """
        names = list(tables)
        _lock_against_readers(conn, names)
        found = conn.inside.execute(_DROPPED, {"tables": names}).fetchall()
        for each in found:
            conn.script(each["dropping"])
        yield
        for each in reversed(found):
            conn.script(each["making"])
        conn.script(f"ANALYZE {', '.join(names)}")

    def load(
        self, conn: ServerConnection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> None:
        """Send the rows with COPY."""
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with conn.inside.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def last_ids(self, conn: ServerConnection, tables: Iterable[str]) -> Mapping[str, int]:
        """Return where the sequences are."""
        found = {}
        for table, sequence in self._sequences(conn, tables).items():
            last, is_given = conn.execute(f"SELECT last_value, is_called FROM {sequence}").fetchall()[0]
            found[table] = last if is_given else last - 1
        return found

    def set_last_ids(self, conn: ServerConnection, last: Mapping[str, int]) -> None:
        """Set the sequences."""
        for table, sequence in self._sequences(conn, last).items():
            conn.inside.execute("SELECT setval(%s, %s, false)", (sequence, last[table] + 1))

    def close_to_writers(self, conn: ServerConnection, tables: Iterable[str], sentence: str) -> None:
        """Make triggers that refuse every change; whoever waits for the lock of a table meets them then."""
        said = sentence.replace("'", "''")
        conn.script(
            f"CREATE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION USING ERRCODE = '{CLOSED}', MESSAGE = '{said}'; END $$"
        )
        for table in tables:
            conn.script(
                f"CREATE TRIGGER {_TRIGGER} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
            )

    def open_to_writers(self, conn: ServerConnection, tables: Iterable[str]) -> None:
        """Drop those triggers."""
        _require_owner(conn)
        for table in tables:
            conn.script(f"DROP TRIGGER IF EXISTS {_TRIGGER} ON {table}")
        conn.script(f"DROP FUNCTION IF EXISTS {_FUNCTION}()")

    def _sequences(self, conn: ServerConnection, tables: Iterable[str]) -> dict[str, str]:
        """Return by table the sequence from which its ids come."""
        return dict(map(tuple, conn.inside.execute(_SEQUENCES, {"tables": list(tables)}).fetchall()))


def _lock_against_readers(conn: ServerConnection, tables: Sequence[str]) -> None:
    """Lock tables alone, all at once or none: a reader has some of them, and may want any other next.

    Raises:
        psycopg.errors.LockNotAvailable: Somebody read all the time for longer than a writer waits.
    """
    begun, told = monotonic(), False
    try:
        while True:
            conn.script("SAVEPOINT before_locks")
            try:
                conn.script(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE NOWAIT")
            except psycopg.errors.LockNotAvailable:
                conn.script("ROLLBACK TO SAVEPOINT before_locks")
                waited = monotonic() - begun
                if waited > waits.BUSY_SECONDS:
                    raise
                if not told and waited > waits.TOLD_AFTER:
                    told = True
                    conn.on_wait(True)
                sleep(_PAUSE)
            else:
                return
    finally:
        if told:
            conn.on_wait(False)


def _require_owner(conn: ServerConnection) -> None:
    if not act_as_owner(conn):
        (role,) = conn.execute("SELECT session_user").fetchall()[0]
        raise NotPermitted(
            f"On a server this is for the role that owns the tables, and for its members; {role} is none.",
            Nothing.CHANGED,
        )

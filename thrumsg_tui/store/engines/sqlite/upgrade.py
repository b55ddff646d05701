"""Apply the migrations that a file lacks; imported only for a new file or an old one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from thrumsg_tui.store.engines.connection import OnWait
from thrumsg_tui.store.engines.sqlite.locks import when_free
from thrumsg_tui.store.schema import APPLICATION_ID, MIGRATIONS, migration_name, read_migration


def upgrade(conn: sqlite3.Connection, on_wait: OnWait) -> None:
    """Apply the missing migrations, all or nothing.

    The write lock comes first: two processes may start on a new file at once.
    """
    from sqlite_utils import Database as AdminDatabase
    from sqlite_utils.migrations import Migrations

    when_free(conn, "BEGIN IMMEDIATE", on_wait)
    try:
        migrations = Migrations("thrumsg")
        for file in MIGRATIONS:
            migrations(name=migration_name(file))(_step(file))
        migrations.apply(AdminDatabase(conn))
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        conn.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        conn.execute("COMMIT")
    except BaseException:
        conn.rollback()
        raise


def _step(file: str) -> Callable[..., None]:
    def run(db: object) -> None:
        conn: sqlite3.Connection = db.conn  # type: ignore[attr-defined]
        for statement in _statements(read_migration(file)):
            conn.execute(statement)

    return run


def _statements(script: str) -> Iterator[str]:
    """Split a script into statements, because `executescript` would commit first."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""

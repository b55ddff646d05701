"""Databases of earlier formats, made without the code that upgrades them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from thrumsg_tui.store.schema import APPLICATION_ID, MIGRATIONS, migration_name, read_migration

ROWS = Path(__file__).parent / "format_2.sql"
"""What a thrumsg of format 2 stored."""

_APPLIED = """
CREATE TABLE IF NOT EXISTS "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
"""
"""Where sqlite-utils records what it has applied."""


def make_format(path: Path, version: int, rows: Path | None = None) -> None:
    """Make a database as a thrumsg of format `version` left it, with the rows of a script of format 2."""
    with closing(sqlite3.connect(path)) as conn:
        for number, file in enumerate(MIGRATIONS[:version], start=1):
            if number == 2 and rows:  # their counts are among them, so the triggers must not count again
                conn.executescript(rows.read_text(encoding="utf-8"))
            conn.executescript(read_migration(file))
        conn.executescript(_APPLIED)
        recorded = {name for (name,) in conn.execute("SELECT name FROM _sqlite_migrations")}
        conn.executemany(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('thrumsg', ?, '2026-11-29')",
            [(name,) for name in map(migration_name, MIGRATIONS[:version]) if name not in recorded],
        )
        conn.commit()
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        conn.execute(f"PRAGMA user_version = {version}")
        conn.execute("PRAGMA journal_mode = WAL")

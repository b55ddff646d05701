"""All that is stored in a folder, as one text for each database and file, to be compared."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

_COLUMNS = {
    "job": "event_id, campaign_id, as_of, total, done, skipped, finished_at",
    "_sqlite_migrations": "id, migration_set, name",
}
"""What is compared of a table, if not everything: not when a job was last seen, nor when a format was applied."""


def contents(database: Path) -> str:
    """A text that is the same for databases with the same rows in the same tables."""
    found = hashlib.sha256()
    with closing(sqlite3.connect(database, isolation_level=None)) as conn:
        conn.text_factory = bytes
        conn.execute("BEGIN")
        for name, sql in conn.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name"):
            found.update(name + (sql or b""))
            rows = conn.execute(f'SELECT {_COLUMNS.get(name.decode(), "*")} FROM "{name.decode()}"').fetchall()
            found.update("\n".join(sorted(map(repr, rows))).encode())
        found.update(repr(conn.execute("PRAGMA user_version").fetchone()).encode())
    return found.hexdigest()


def damage(database: Path) -> str:
    """What SQLite finds wrong, an empty text where it finds nothing."""
    with closing(sqlite3.connect(database)) as conn:
        said = str(conn.execute("PRAGMA integrity_check(1)").fetchone()[0])
    return "" if said == "ok" else said


def files(folder: Path, database: Path) -> dict[str, str]:
    """The files of a folder that do not belong to its database, each with its contents."""
    return {
        each.name: _told(each)
        for each in sorted(folder.iterdir())
        if each.is_file() and not each.name.startswith(database.name)
    }


def _told(file: Path) -> str:
    if file.read_bytes()[:15] == b"SQLite format 3":
        return contents(file) if not damage(file) else "damaged"
    return hashlib.sha256(file.read_bytes()).hexdigest()

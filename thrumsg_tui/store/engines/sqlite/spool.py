"""The file in which `thrumsg listen` keeps requests until they are in the main database.

It is always SQLite, whatever engine the main database has: it belongs to the one process that listens.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from thrumsg_tui.domain.errors import DatabaseUnusable
from thrumsg_tui.folders import make_private
from thrumsg_tui.store.engines.connection import OnWait
from thrumsg_tui.store.engines.failure import Damage
from thrumsg_tui.store.engines.sqlite.connections import pragma
from thrumsg_tui.store.engines.sqlite.engine import SqliteEngine
from thrumsg_tui.store.engines.sqlite.file_header import has_mark
from thrumsg_tui.store.engines.sqlite.locks import when_free, write_ahead

SPOOL_ID = 0x74687370  # "thsp"
"""Marks a SQLite file as a spool, in its header."""

_VERSION = 1

_INBOX = """
CREATE TABLE inbox (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,  -- never that of a row that was deleted
    gateway TEXT NOT NULL,
    key     TEXT NOT NULL,
    path    TEXT NOT NULL,
    query   TEXT NOT NULL,
    body    BLOB NOT NULL,
    at      INTEGER NOT NULL,
    tries   INTEGER NOT NULL DEFAULT 0,
    error   TEXT,
    UNIQUE (gateway, key)
) STRICT
"""


class SpoolEngine(SqliteEngine):
    """The engine of a spool; what it does not say is as in `SqliteEngine`."""

    mark = SPOOL_ID

    def prepare(self, conn: sqlite3.Connection, on_wait: OnWait) -> None:
        """Create the table in a new file."""
        when_free(conn, "SELECT COUNT(*) FROM sqlite_schema", on_wait)
        if pragma(conn, "page_count") and pragma(conn, "application_id") != SPOOL_ID:
            raise DatabaseUnusable(f"{self.location} is not a spool of thrumsg; it was left as it is. Move it away.")
        if pragma(conn, "user_version") > _VERSION:
            raise DatabaseUnusable(
                f"{self.location} was written by a newer thrumsg; install that. Nothing was changed."
            )
        if not pragma(conn, "page_count"):
            self._create(conn, on_wait)
        write_ahead(conn, on_wait)

    def _create(self, conn: sqlite3.Connection, on_wait: OnWait) -> None:
        when_free(conn, "BEGIN IMMEDIATE", on_wait)
        try:
            if not pragma(conn, "user_version"):  # two processes may start at once
                conn.execute(_INBOX)
                conn.execute(f"PRAGMA application_id = {SPOOL_ID}")
                conn.execute(f"PRAGMA user_version = {_VERSION}")
            conn.execute("COMMIT")
        except BaseException:
            conn.rollback()
            raise

    def make_private(self) -> None:
        """Create the file, if it does not exist, for its owner only; the files beside it get the same mode.

        So is its folder, which nothing else may have made where the database is on a server.
        """
        make_private(self.location.parent)
        with suppress(FileExistsError):
            os.close(os.open(self.location, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))

    def damage_checks(self) -> Sequence[Callable[[sqlite3.Connection], Iterator[Damage]]]:
        """Return the check of pages."""
        return super().damage_checks()[:1]

    def is_thrumsg(self) -> bool:
        """Whether the file has the mark of a spool."""
        return has_mark(self.location, SPOOL_ID)

    def refuse_foreign(self) -> None:
        """Refuse a file that is neither a spool nor empty."""
        if self.location.exists() and not self.location.is_file():
            raise DatabaseUnusable(f"{self.location} is no ordinary file, so no spool can be kept there. Move it away.")
        if self.location.exists() and self.location.stat().st_size and not self.is_thrumsg():
            raise DatabaseUnusable(f"{self.location} is not a spool of thrumsg; it was left as it is. Move it away.")

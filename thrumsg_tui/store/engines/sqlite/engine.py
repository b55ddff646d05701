"""The SQLite implementation of the `Engine` protocol."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from thrumsg_tui.domain.errors import DatabaseUnusable, ThrumsgError
from thrumsg_tui.store.engines import waits
from thrumsg_tui.store.engines.sqlite import file_header
from thrumsg_tui.store.engines.sqlite.connections import (
    COMPANION_ENDINGS,
    LOG_ENDINGS,
    companions,
    connect,
    number_of_file,
    pragma,
    was_replaced,
)
from thrumsg_tui.store.engines.sqlite.locks import tried_until_free, when_free, write_ahead
from thrumsg_tui.store.schema import APPLICATION_ID, MIGRATIONS

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import CampaignId
    from thrumsg_tui.store.engines.access import Access
    from thrumsg_tui.store.engines.connection import OnWait, Role
    from thrumsg_tui.store.engines.failure import Column, Damage, Failure
    from thrumsg_tui.store.engines.sqlite.delivery_lock import FileDeliveryLock
    from thrumsg_tui.store.locks import Lock

_CACHE = -2_000
"""What SQLite keeps of the file, in KiB if it is negative: its own default."""

_BULK_CACHE = -65_536
"""The same for a bulk change; moving 10,000 conversations to 2,000 senders changes 50 MB."""

_safety: WeakKeyDictionary[sqlite3.Connection, str] = WeakKeyDictionary()
"""What each writer was last told about `synchronous`: to tell it once more takes 20 µs.

Nor does a writer wait for locks by itself any more, once it was told: only the beginning of a transaction needs one.
"""


class SqliteEngine:
    """The engine of one SQLite file; `thrumsg_tui.store.engines.base.Engine` describes each method."""

    name = "SQLite"
    driver_error: type[Exception] = sqlite3.Error
    repeated: frozenset[Failure] = frozenset()
    unreadable: tuple[type[Exception], ...] = (sqlite3.DatabaseError, MemoryError, UnicodeDecodeError)
    """SQLite's messages may quote bytes of a damaged file that are not UTF-8."""
    companion_endings = COMPANION_ENDINGS
    log_endings = LOG_ENDINGS
    mark = APPLICATION_ID

    def __init__(self, path: Path) -> None:
        self.location = path

    # Connections and transactions

    def prepare(self, conn: sqlite3.Connection, on_wait: OnWait) -> None:
        """Create or upgrade the file."""
        when_free(conn, "SELECT COUNT(*) FROM sqlite_schema", on_wait)
        if pragma(conn, "page_count") and pragma(conn, "application_id") != APPLICATION_ID:
            from thrumsg_tui.store.engines.sentences import foreign

            raise DatabaseUnusable(foreign(self.location))
        version = pragma(conn, "user_version")
        if version > len(MIGRATIONS):
            raise DatabaseUnusable(
                f"{self.location} was written by a newer thrumsg (its format is {version}, this one knows "
                f"{len(MIGRATIONS)}). Nothing was changed; install the newer version."
            )
        if version < len(MIGRATIONS):
            from thrumsg_tui.store.engines.sqlite.upgrade import upgrade  # takes 80 ms and is rarely needed

            upgrade(conn, on_wait)
        write_ahead(conn, on_wait)

    def open(self, role: Role) -> sqlite3.Connection:
        """Open the file."""
        conn = connect(self.location, waits.BUSY_SECONDS, self.mark)
        conn.row_factory = sqlite3.Row
        conn.execute("PRAGMA foreign_keys = ON")
        if role == "reader":
            conn.execute("PRAGMA query_only = ON")
        return conn

    def open_damaged(self) -> sqlite3.Connection:
        """Open the file to read it; with `writable_schema` SQLite reads a file that was cut off."""
        conn = self.open("reader")
        conn.execute("PRAGMA writable_schema = ON")
        return conn

    def close(self, conn: sqlite3.Connection) -> None:
        """Close a connection."""
        conn.close()

    def is_lost(self, conn: sqlite3.Connection) -> bool:
        """Whether a restore has put another file in the place of the connection's: 2 µs."""
        return was_replaced(conn, self.location)

    def is_free(self, conn: sqlite3.Connection) -> bool:  # noqa: ARG002 - it has one role
        """Return False: a reader never writes."""
        return False

    def is_busy(self, conn: sqlite3.Connection) -> bool:  # noqa: ARG002 - it has one role
        """Return False: it has no other role."""
        return False

    def begin_read(self, conn: sqlite3.Connection) -> None:
        """Begin a read transaction."""
        conn.execute("BEGIN")

    def begin_write(self, conn: sqlite3.Connection, *, durable: bool, scratch: bool, on_wait: OnWait) -> None:
        """Begin the one write transaction, which needs no key: its commit always gets an answer."""
        safety = "OFF" if scratch else "FULL" if durable else "NORMAL"
        if _safety.get(conn) != safety:
            conn.execute("PRAGMA busy_timeout = 0")
            conn.execute(f"PRAGMA synchronous = {safety}")
            _safety[conn] = safety
        tried_until_free(conn, "BEGIN IMMEDIATE", on_wait)

    def hold(self, conn: sqlite3.Connection, locks: Sequence[Lock]) -> None:
        """Do nothing: the one writer has locked everything."""

    def await_locks(self, conn: sqlite3.Connection) -> None:
        """Do nothing: it has waited when it began."""

    def share_free(self, conn: sqlite3.Connection, campaigns: Collection[CampaignId]) -> Set[CampaignId]:  # noqa: ARG002
        """Return all: the one writer holds everything."""
        return set(campaigns)

    @contextmanager
    def bulk(self, conn: sqlite3.Connection, *, keeps_references: bool) -> Iterator[None]:
        """Keep in memory what is written to the disk twice otherwise: changed pages, and the journal of a statement.

        To look up the references of each row takes a fifth of the time of a move.
        """
        try:
            conn.execute(f"PRAGMA foreign_keys = {'OFF' if keeps_references else 'ON'}")
            conn.execute(f"PRAGMA cache_size = {_BULK_CACHE}")
            conn.execute("PRAGMA temp_store = MEMORY")
            yield
        finally:
            with suppress(sqlite3.Error):  # the first error is the one to report
                conn.execute("PRAGMA foreign_keys = ON")  # first: unlike the others it reads nothing, and cannot fail
                conn.execute(f"PRAGMA cache_size = {_CACHE}")
                conn.execute("PRAGMA temp_store = DEFAULT")
                conn.execute("PRAGMA shrink_memory")

    def commit(self, conn: sqlite3.Connection) -> None:
        """Commit."""
        conn.execute("COMMIT")

    def may_be_committed(self, conn: sqlite3.Connection, error: Exception) -> bool:  # noqa: ARG002 - it answers always
        """Say no: a failed commit of a file has changed nothing."""
        return False

    def await_end(self, conn: sqlite3.Connection, key: str) -> None:
        """Do nothing: no transaction goes on without its process."""

    def roll_back(self, conn: sqlite3.Connection) -> None:
        """Roll back; do nothing if no transaction is open."""
        conn.rollback()

    def version(self, conn: sqlite3.Connection) -> int:
        """Return a number that changes when anybody else commits, or puts another file in place."""
        return pragma(conn, "data_version") + (number_of_file(self.location) << 32)

    # Who and how many

    def access(self, _conn: sqlite3.Connection) -> Access:
        """Believe the account that owns the file, which is the one that the SSH keys open, and root."""
        from thrumsg_tui.store.engines.access import Access

        trusted = os.getuid() in {self.location.stat().st_uid, 0}
        distrust = (
            ""
            if trusted
            else (
                f"--forced-login is for the account that owns {self.location}; your own login identifies you. "
                "Leave --forced-login out, or let the account that the keys open own the file."
            )
        )
        return Access(login=None, distrust=distrust, may_be_first_owner=True, may_write=True)

    def delivery_lock(self) -> FileDeliveryLock:
        """Return a lock on a file beside the database."""
        from thrumsg_tui.store.engines.sqlite.delivery_lock import FileDeliveryLock  # only what delivers needs it

        return FileDeliveryLock(self.location)

    # Errors and damage

    def failure(self, error: BaseException) -> Failure:
        """Return the kind of failure."""
        from thrumsg_tui.store.engines.sqlite import errors

        return errors.failure(error)

    def explained(self, error: Exception) -> ThrumsgError | None:
        """Explain that the file or the disk cannot be used."""
        from thrumsg_tui.store.engines.sqlite import errors

        return errors.explained(self.location, error)

    def described(self, error: BaseException) -> str:
        """Return SQLite's text for its own errors, the type for all others."""
        from thrumsg_tui.store.engines.sqlite import errors

        return str(error) if errors.error_code(error) else type(error).__name__

    def damage_checks(self) -> Sequence[Callable[[sqlite3.Connection], Iterator[Damage]]]:
        """Return the checks of pages, tables and references."""
        from thrumsg_tui.store.engines.sqlite import damage

        return damage.damaged_pages, damage.changed_tables, damage.broken_references

    def columns(self, conn: sqlite3.Connection) -> Mapping[str, Sequence[Column]]:
        """Return the columns of each table."""
        from thrumsg_tui.store.engines.sqlite import damage

        return damage.columns(conn)

    def stored_rows(self, conn: sqlite3.Connection, table: str, columns: Sequence[str]) -> Iterator[tuple[object, ...]]:
        """Read columns of a whole table."""
        from thrumsg_tui.store.engines.sqlite import damage

        return damage.stored_rows(conn, table, columns)

    def is_about_index(self, sentence: str) -> bool:
        """Whether a sentence of the page check is about an index."""
        return " index " in sentence

    def rebuild_indexes(self, conn: sqlite3.Connection) -> None:
        """Rebuild all indexes."""
        conn.execute("REINDEX")

    # Copies

    def copy_into(self, conn: sqlite3.Connection, target: Path) -> None:
        """Copy the state that a connection reads."""
        with closing(sqlite3.connect(target)) as copy:
            conn.backup(copy)

    def overwrite(self, source: Path, once_locked: Callable[[], None]) -> None:
        """Replace the contents of the file."""
        from thrumsg_tui.store.engines.sqlite.copy import overwrite

        with closing(SqliteEngine(source).open("writer")) as new, closing(self.open("writer")) as old:
            overwrite(old, new, once_locked)

    # The file

    def is_thrumsg(self) -> bool:
        """Whether the file has our mark."""
        return file_header.is_thrumsg(self.location)

    def was_thrumsg(self) -> bool:
        """Whether the file may have had our mark."""
        return file_header.was_thrumsg(self.location)

    def refuse_foreign(self) -> None:
        """Refuse a file that is not a thrumsg database."""
        file_header.refuse_foreign(self.location)

    def is_missing(self) -> bool:
        """Whether there is no file, or an empty one."""
        return not self.location.exists() or not self.location.stat().st_size

    def companions(self) -> Sequence[Path]:
        """Return the paths of the write-ahead log, its index and the rollback journal."""
        return companions(self.location)

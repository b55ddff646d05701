"""The protocol of a database engine: every operation in which engines differ."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.store.engines.access import Access
from thrumsg_tui.store.engines.connection import Connection, OnWait, Role
from thrumsg_tui.store.engines.failure import Column, Damage, Failure
from thrumsg_tui.store.location import Location
from thrumsg_tui.store.locks import Lock

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import CampaignId

LOCK_ENDING = ".deliver.lock"
"""What the file with the lock of the deliverer has after the name of a database that is a file."""


class DeliveryLock(Protocol):
    """The lock of the one process that delivers from a database (`docs/rules.md 10.1`). It dies with its process."""

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock now."""

    @property
    def lost(self) -> str:
        """A sentence that says how the lock was lost."""

    def acquire(self) -> bool:
        """Take the lock, unless another process has it; return whether it is held now.

        Raises:
            DatabaseUnusable: Nobody can take it.
        """

    def release(self) -> None:
        """Let go of the lock; do nothing if it is not held."""

    def holder(self) -> str:
        """Say who has the lock, such as "process 1234, since 14:02 UTC on 3 Mar"."""


C = TypeVar("C", bound=Connection)


class Engine(Protocol[C]):
    """One database, with all operations that depend on its engine.

    Methods raise the driver's errors unless they say otherwise; `thrumsg_tui.store.database_errors` explains them.
    """

    @property
    def name(self) -> str:
        """The name of the engine, for sentences."""

    @property
    def location(self) -> Location:
        """Where the database is; `str` of it names the database in sentences."""

    @property
    def driver_error(self) -> type[Exception]:
        """The base class of all errors that the driver raises."""

    @property
    def repeated(self) -> frozenset[Failure]:
        """The failures after which a change is run again: what others did meanwhile, and lost connections.

        Empty where one writer at a time changes a file.
        """

    @property
    def unreadable(self) -> tuple[type[Exception], ...]:
        """The exceptions that reading a damaged database raises."""

    # Connections and transactions

    def refuse_foreign(self) -> None:
        """Raise `DatabaseUnusable` for what is surely no database of ours, before it is opened; it is not changed."""

    def is_missing(self) -> bool:
        """Whether there is no database yet; none is made by asking."""

    def prepare(self, conn: C, on_wait: OnWait) -> None:
        """Create the database or apply its missing migrations, all or nothing.

        Raises:
            DatabaseUnusable: The database is not thrumsg's, or newer than this program.
        """

    def open(self, role: Role) -> C:
        """Open a connection, with no transaction."""

    def close(self, conn: C) -> None:
        """Close a connection."""

    def is_lost(self, conn: C) -> bool:
        """Whether a connection is of no use: another file has the path of its own, or a server has ended it."""

    def is_free(self, conn: C) -> bool:
        """Whether a connection can have the other role, too, now."""

    def is_busy(self, conn: C) -> bool:
        """Whether a connection that can have both roles is in a transaction."""

    def begin_read(self, conn: C) -> None:
        """Begin a transaction in which all queries see one state of the database."""

    def begin_write(self, conn: C, *, durable: bool, scratch: bool, on_wait: OnWait) -> str | None:
        """Begin a write transaction; nobody else changes the database before it ends.

        Args:
            conn: A writer.
            durable: Whether a commit survives a power cut, and not only a crash of the program.
            scratch: Whether the whole database may be lost in a power cut.
            on_wait: Called when a wait for another writer begins and ends.

        Returns:
            A key by which the transaction is found again if its commit gets no answer; None where it always gets one.
        """

    def hold(self, conn: C, locks: Sequence[Lock]) -> None:
        """Let locks be held from the next statement on until the write transaction ends.

        Args:
            conn: A writer in a transaction.
            locks: The locks; they are taken in their order (`thrumsg_tui.store.locks.in_order`).
        """

    def await_locks(self, conn: C) -> None:
        """Wait until no other transaction has what `hold` has named; do nothing if it is held already."""

    def share_free(self, conn: C, campaigns: Collection[CampaignId]) -> Set[CampaignId]:
        """Hold the shared locks of campaigns that nobody holds alone, without waiting; return those campaigns."""

    def bulk(self, conn: C, *, keeps_references: bool) -> AbstractContextManager[None]:
        """Let a writer use as much memory as a transaction that changes many rows is faster with.

        It begins before the transaction and ends after it.

        Args:
            conn: A writer with no transaction.
            keeps_references: Whether the transaction makes sure itself that what its rows refer to exists, so that the
                engine need not look it up for each row.
        """

    def commit(self, conn: C) -> None:
        """Commit the transaction."""

    def may_be_committed(self, conn: C, error: Exception) -> bool:
        """Whether a transaction whose commit has failed may be committed all the same: its answer was lost."""

    def await_end(self, conn: C, key: str) -> None:
        """In an open transaction, wait until the one that began with a key has ended, whichever way."""

    def roll_back(self, conn: C) -> None:
        """End the transaction and change nothing; do nothing if none is open."""

    def version(self, conn: C) -> int:
        """Return a number that changes whenever anybody but this connection has committed."""

    # Who and how many

    def access(self, conn: C) -> Access:
        """Return what the database knows of whoever has opened it."""

    def delivery_lock(self) -> DeliveryLock:
        """Return the lock of the process that delivers; the database need not be usable."""

    # Errors and damage

    def failure(self, error: BaseException) -> Failure:
        """Return the kind of failure that an error reports; `OTHER` for an error that is not the driver's."""

    def explained(self, error: Exception) -> ThrumsgError | None:
        """Explain to the user that the database is locked, full or not accessible; None for other errors."""

    def described(self, error: BaseException) -> str:
        """Describe an error without people's words, which its text may quote."""

    def damage_checks(self) -> Sequence[Callable[[C], Iterator[Damage]]]:
        """Return the engine's own checks, in order; each assumes that the earlier ones found nothing."""

    def columns(self, conn: C) -> Mapping[str, Sequence[Column]]:
        """Return the columns of each table."""

    def stored_rows(self, conn: C, table: str, columns: Sequence[str]) -> Iterator[tuple[object, ...]]:
        """Read some columns of a whole table as plain tuples.

        Raises:
            UnreadableText: The next text is not UTF-8; the rows before it have been returned.
        """

    def is_about_index(self, sentence: str) -> bool:
        """Whether a sentence of `damage_checks` is about an index, which can be rebuilt from its table."""

    def rebuild_indexes(self, conn: C) -> None:
        """Rebuild all indexes, in the open write transaction."""


class FileEngine(Engine[C], Protocol[C]):
    """The engine of a database that is a file, with what only a file can be asked and have done to it."""

    @property
    def location(self) -> Path:
        """The path of the file."""

    def open_damaged(self) -> C:
        """Open a connection that only reads, and as much of a damaged database as can be read."""

    # Copies

    def copy_into(self, conn: C, target: Path) -> None:
        """Copy the state that a reader sees into an empty file, damaged parts too."""

    def overwrite(self, source: Path, once_locked: Callable[[], None]) -> None:
        """Replace the contents of the database, which others may have open, with those of `source`, in one transaction.

        Args:
            source: A database of the same engine.
            once_locked: Called when nobody else can write any more, while everybody still reads the old contents. If it
                raises, nothing is changed.
        """

    # The file

    def is_thrumsg(self) -> bool:
        """Whether an existing file has the mark of a thrumsg database."""

    def was_thrumsg(self) -> bool:
        """Whether a file without that mark may have been a thrumsg database before its beginning was damaged."""

    def companions(self) -> Sequence[Path]:
        """Return the files that the engine may keep beside the database, whether they exist or not."""

    @property
    def companion_endings(self) -> tuple[str, ...]:
        """The suffixes that make the names of `companions` from that of the database."""

    @property
    def log_endings(self) -> tuple[str, ...]:
        """Those of `companion_endings` whose files hold contents of the database."""

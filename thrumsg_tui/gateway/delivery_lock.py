"""The lock of the one process that delivers from a database (`docs/rules.md 10.1`)."""

from __future__ import annotations

from types import TracebackType

from thrumsg_tui.domain.errors import DatabaseUnusable, Refused
from thrumsg_tui.store.engines import engine_for
from thrumsg_tui.store.location import Location


class LockLost(DatabaseUnusable):
    """Another process may deliver by now; the text says why."""


class DeliveryLock:
    """The lock; it is freed when the process ends, however it ends, and a process that is only stopped keeps it.

    Args:
        location: The database. It need not be usable.
    """

    def __init__(self, location: Location) -> None:
        self._lock = engine_for(location).delivery_lock()
        self.acquire, self.release, self.holder = self._lock.acquire, self._lock.release, self._lock.holder

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock now: it can be lost, and its holder looks again and again.

        Raises:
            DatabaseUnusable: Nobody can tell now, and so nobody hands over anything.
        """
        return self._lock.is_held

    def require(self) -> None:
        """Raise `LockLost` unless the lock is still held, and `DatabaseUnusable` if nobody can tell."""
        if not self.is_held:
            raise LockLost(self._lock.lost, advice="This one hands over nothing more; start it again.")

    def __enter__(self) -> DeliveryLock:
        """Take the lock; raise `Refused` if another process has it."""
        if not self.acquire():
            raise Refused(f"This database is being delivered already: {self.holder()}.")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

"""The lock of the one process that delivers from a file (`docs/rules.md 10.1`)."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from thrumsg_tui.domain.errors import DatabaseUnusable
from thrumsg_tui.store.engines.base import LOCK_ENDING

_MOST = 200
"""The most bytes that the file has."""


class FileDeliveryLock:
    """A lock on the file `DB.deliver.lock`.

    The operating system frees it when the process ends, however it ends; a process that is only stopped keeps it. The
    file itself stays: whoever removes it lets in a second process, so its holder looks again and again (`is_held`).

    Args:
        database: The path of the database; all paths that lead to one file have the same lock.
    """

    def __init__(self, database: Path) -> None:
        real = database.resolve()
        self.path = real.with_name(f"{real.name}{LOCK_ENDING}")
        self._file: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock; not if the file was removed: another process may lock a new one."""
        return self._file is not None and self._is_there(self._file)

    @property
    def lost(self) -> str:
        """A sentence that says how the lock was lost."""
        return f"{self.path} was removed while this process delivered, so that another one may have begun."

    def acquire(self) -> bool:
        """Take the lock, unless another process has it; return whether it is held now.

        Raises:
            DatabaseUnusable: The file cannot be opened.
        """
        if self._file is not None:
            return True
        file = self._opened(os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        except OSError as error:
            os.close(file)
            raise DatabaseUnusable(f"{self.path} cannot be locked: {error.strerror}.") from error
        if not self._is_there(file):  # it was removed just before it was locked
            os.close(file)
            return False
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()} {datetime.now(UTC).isoformat(timespec='seconds')}\n".encode())
        self._file = file
        return True

    def release(self) -> None:
        """Let go of the lock; do nothing if it is not held."""
        if self._file is not None:
            with suppress(OSError):  # the disk may be full; the lock is freed all the same
                os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def holder(self) -> str:
        """Say who has the lock, such as "process 1234, since 14:02 UTC on 3 Mar"."""
        try:
            file = self._opened(os.O_RDONLY)
        except DatabaseUnusable:
            return "another process"
        try:
            pid, _, since = os.read(file, _MOST).decode("ascii", "replace").strip().partition(" ")
        finally:
            os.close(file)
        if not pid.isdigit():
            return "another process"
        with suppress(ValueError):
            return f"process {pid}, since {datetime.fromisoformat(since).strftime('%H:%M UTC on %-d %b')}"
        return f"process {pid}"

    def _is_there(self, file: int) -> bool:
        """Whether an open file is still the one at our path."""
        try:
            return os.path.samestat(os.fstat(file), self.path.lstat())
        except OSError:
            return False

    def _opened(self, flags: int) -> int:
        try:
            return os.open(self.path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise DatabaseUnusable(f"{self.path} cannot be opened: {error.strerror}.") from error

"""The authorized_keys file of an account: read it, and change it without losing what somebody else writes there."""

from __future__ import annotations

import fcntl
import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.folders import make_private
from thrumsg_tui.store.output_files import PRIVATE, replacing

_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class KeysFile:
    """The file that sshd reads for an account, which is given as its user id."""

    path: Path
    account: int

    def read(self) -> bytes:
        """Return the content, empty without a file; raise `Refused` where somebody else could change it."""
        with self._explained():
            return _content(self._resolved())

    @contextmanager
    def changing(self) -> Iterator[KeysChange]:
        """Lock the file for a change by this process; if the body fails, the former content comes back.

        The file is made if it is missing, in a folder for its account only.

        Raises:
            Refused: It cannot be written, or somebody else could change it.
        """
        with self._explained():
            resolved = self._resolved()
            make_private(resolved.parent)
            self._require_closed(resolved.parent)
            folder = os.open(resolved.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            with self._explained():
                change = KeysChange(resolved, self.account, _content(resolved))
            try:
                yield change
            except BaseException:
                change.take_back()
                raise
        finally:
            os.close(folder)

    def _resolved(self) -> Path:
        """Follow links to the file itself, and judge that one."""
        resolved = Path(os.path.realpath(self.path))
        if self.path.is_symlink() and not resolved.exists():
            raise Refused(f"{self.path} is a link to {resolved}, which is not there.", Nothing.CHANGED)
        if resolved.exists():
            if not resolved.is_file():
                raise Refused(f"{resolved} is not an ordinary file.", Nothing.CHANGED)
            self._require_closed(resolved)
            self._require_closed(resolved.parent)
        return resolved

    def _require_closed(self, path: Path) -> None:
        """Raise `Refused` where another account could change a path: sshd would then take none of its keys."""
        status = path.stat()
        if status.st_uid not in {0, self.account}:
            raise Refused(
                f"{path} belongs to {_name(status.st_uid)}, and these are the keys of {_name(self.account)}.",
                Nothing.CHANGED,
            )
        if status.st_mode & _WRITABLE_BY_OTHERS:
            raise Refused(
                f"Others than its owner may write to {path}, so sshd takes no key from it.",
                Nothing.CHANGED,
                advice=f"`chmod go-w {path}` closes it.",
            )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Refused(f"{self.path} cannot be changed: {error.strerror}.", Nothing.CHANGED) from error


class KeysChange:
    """A change of a file whose folder is locked."""

    def __init__(self, file: Path, account: int, before: bytes) -> None:
        self.before = before
        """The content before the change."""
        self._file, self._account = file, account
        self._present = before

    def replace(self, content: bytes) -> None:
        """Replace the content; raise `Refused` if a program without our lock, such as an editor, was faster."""
        if _content(self._file) != self._present:
            raise Refused(f"{self._file} was changed by another program meanwhile; try again.", Nothing.CHANGED)
        with replacing(self._file) as part:
            part.write_bytes(content)
            if self._file.exists() and self._file.stat().st_uid == self._account:
                self._file.chmod(PRIVATE)  # the new file gets the mode of the old one
        self._present = content

    def take_back(self) -> None:
        """Restore the former content."""
        if self._present != self.before:
            self.replace(self.before)


def _content(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""


def _name(account: int) -> str:
    try:
        return pwd.getpwuid(account).pw_name
    except KeyError:
        return f"user id {account}"

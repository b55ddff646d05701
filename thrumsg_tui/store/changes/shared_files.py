"""Write and remove files in the folder of a database, and store who wrote them (`docs/rules.md 11.1`)."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from thrumsg_tui.domain.errors import Nothing, NotPermitted, Refused
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.folders import make_private
from thrumsg_tui.store.change import change
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.output_files import PRIVATE
from thrumsg_tui.store.queries.shared_files import find_shared_file, require_file_name, shared_file, shared_folder


def make_shared_folder(database: Path) -> Path:
    """Return the folder of a database; make it, open to its owner only, if it is missing.

    Raises:
        Refused: It cannot be made, or is a link, or somebody else's.
    """
    folder = shared_folder(database)
    try:
        make_private(folder)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {os.getuid(), 0}:
            raise Refused(f"{folder} is not a folder of this account: move it away.", Nothing.CHANGED)
        if status.st_mode & 0o077:
            folder.chmod(0o700)
    except OSError as error:
        raise Refused(f"The folder {folder} cannot be made: {error.strerror}.", Nothing.CHANGED) from error
    return folder


@contextmanager
def writing_shared(db: Database, who: Identity, names: Sequence[str]) -> Iterator[None]:
    """Let the block write files into the folder, and store afterwards that this person wrote them.

    Raises:
        NotPermitted: A name is a path, or hidden, or the file is somebody else's.
        Refused: There is a file of that name that thrumsg did not write, or somebody is writing one.
    """
    for name in names:
        require_file_name(name)
    folder = make_shared_folder(db.path)
    with ExitStack() as locks:
        for name in dict.fromkeys(names):
            locks.enter_context(_locked(folder, name))
            _refuse_to_replace(db, who, name)
        before = {name: _stamp(folder / name) for name in names}
        try:
            yield
        finally:
            after = {name: _stamp(folder / name) for name in names}
            written = {name: stamp for name, stamp in after.items() if stamp and stamp != before[name]}
            if written:
                _store_author(db, who, written)


def remove_shared(db: Database, who: Identity, name: str) -> None:
    """Remove a file from the folder; one that thrumsg did not write is for whoever may export."""
    find_shared_file(db, who, name)
    try:
        (shared_folder(db.path) / name).unlink()
    except OSError as error:
        raise Refused(f"{name} cannot be removed: {error.strerror}.", Nothing.CHANGED) from error
    _forget_author(db, name)


@contextmanager
def _locked(folder: Path, name: str) -> Iterator[None]:
    """Keep others from writing a file meanwhile: between its writing and its row it would not be known as ours."""
    path = folder / f".{name}.lock"
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE)
    except OSError as error:
        raise Refused(f"{name} cannot be written: {error.strerror}.", Nothing.WRITTEN) from error
    try:
        if not _is_taken(lock, path):
            raise Refused(f"Somebody else is writing {name}: try again, or choose another name.", Nothing.WRITTEN)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
    finally:
        os.close(lock)


def _is_taken(lock: int, path: Path) -> bool:
    """Take a lock; return whether it is taken, and the file was not removed meanwhile by who had it before."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        there, own = path.stat(), os.fstat(lock)
    except (BlockingIOError, FileNotFoundError):
        return False
    return (there.st_dev, there.st_ino) == (own.st_dev, own.st_ino)


@change
def _forget_author(db: Database, name: str) -> None:
    with db.writing() as tx:
        tx.conn.execute("DELETE FROM shared_file WHERE name = ?", (name,))


@change
def _store_author(db: Database, who: Identity, written: Mapping[str, tuple[int, int]]) -> None:
    with db.writing() as tx:
        for name, (size, modified_ns) in written.items():
            tx.conn.execute(
                """
                INSERT INTO shared_file (name, user_id, size, modified_ns) VALUES (?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET user_id = excluded.user_id, size = excluded.size,
                                                 modified_ns = excluded.modified_ns
                """,
                (name, who.user.id, size, modified_ns),
            )


def _refuse_to_replace(db: Database, who: Identity, name: str) -> None:
    found = shared_file(db, name)
    if found is None:
        return
    if found.author is None and who.may(Permission.EXPORT):
        raise Refused(f"thrumsg did not write the file {name} that is here: choose another name.", Nothing.WRITTEN)
    if not found.is_open_to(who):
        raise NotPermitted(f"There is a file {name} already, which is not yours: choose another name.", Nothing.WRITTEN)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns

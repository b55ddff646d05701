"""The folder beside a database for the files that people under a forced command name (`docs/rules.md 11.1`)."""

from __future__ import annotations

import os
import stat
from datetime import datetime
from pathlib import Path

from thrumsg_tui.domain.errors import NotFound, Nothing, NotPermitted, Refused
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.users import Identity, User
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.users import USER_COLUMNS, user_of
from thrumsg_tui.store.times import from_ms

_LONGEST = 100
"""How many characters a name has at most, so that with what surrounds it for a moment it is still a file name."""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file of the folder; `author` is who wrote it, None if that was not thrumsg."""

    name: str
    size: int
    modified_at: datetime
    author: User | None

    def is_open_to(self, who: Identity) -> bool:
        """Whether a person may use the file: it is theirs, or they may export, and so read everything anyway."""
        return who.may(Permission.EXPORT) or (self.author is not None and self.author.id == who.user.id)


def shared_folder(database: Path) -> Path:
    """Return the folder of a database; links are followed first."""
    real = Path(os.path.realpath(database))
    return real.with_name(f"{real.name}.files")


def is_file_name(text: str) -> bool:
    """Whether a text can name a file of the folder: visible, and not a path."""
    return (
        0 < len(text) <= _LONGEST
        and len(text.encode("utf-8", "surrogateescape")) <= 2 * _LONGEST
        and "/" not in text
        and not text.startswith((".", "-", "~"))
        and text == text.strip()
        and safe_text(text) == text
        and text.isprintable()
    )


def require_file_name(text: str) -> None:
    """Raise `NotPermitted` for what does not name a file of the folder."""
    if not is_file_name(text):
        raise NotPermitted(
            f"You may not name a file here, as {text}: your key opens an account that is shared, and has one folder "
            "for files. Name one in it, such as messages.csv, without a path; or - for standard input or output."
        )


def shared_files(db: Database, who: Identity) -> list[SharedFile]:
    """List the files that a person may use, by name."""
    folder = shared_folder(db.path)
    try:
        found = [(each.name, _status(each)) for each in sorted(folder.iterdir()) if is_file_name(each.name)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise Refused(f"The folder for files cannot be read: {error.strerror}.") from error
    with db.reading() as conn:
        files = [_described(conn, name, status) for name, status in found if status]
    return [each for each in files if each.is_open_to(who)]


def find_shared_file(db: Database, who: Identity, name: str) -> SharedFile:
    """Return a file that a person may use; one that they may not use is not told from none."""
    require_file_name(name)
    found = shared_file(db, name)
    if found is None or not found.is_open_to(who):
        raise NotFound(f"There is no file {name} here; `thrumsg files` lists them.", Nothing.CHANGED)
    return found


def shared_file(db: Database, name: str) -> SharedFile | None:
    """Return a file of the folder, None if there is none; raise `Refused` for a link, a folder and the like."""
    path = shared_folder(db.path) / name
    if not os.path.lexists(path):
        return None
    if (status := _status(path)) is None:
        raise Refused(f"{name} is not an ordinary file.", Nothing.CHANGED)
    with db.reading() as conn:
        return _described(conn, name, status)


def _status(path: Path) -> os.stat_result | None:
    """Return the status of an ordinary file with one name; None for anything else."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    return status if stat.S_ISREG(status.st_mode) and status.st_nlink == 1 else None


def _described(conn: Connection, name: str, status: os.stat_result) -> SharedFile:
    row = conn.execute(
        f"""
        SELECT {USER_COLUMNS} FROM shared_file JOIN users ON users.id = shared_file.user_id
        WHERE shared_file.name = ? AND shared_file.size = ? AND shared_file.modified_ns = ?
        """,
        (name, status.st_size, status.st_mtime_ns),
    ).fetchone()
    modified_at = from_ms(status.st_mtime_ns // 1_000_000)
    return SharedFile(name, status.st_size, modified_at, user_of(row) if row else None)

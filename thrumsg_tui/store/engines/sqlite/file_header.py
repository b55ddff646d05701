"""Recognise a thrumsg file by its header, without disturbing processes that have it open.

SQLite itself is not used: opening a foreign file may change it; and opened as `immutable`, a file of ours looks damaged
if another process is upgrading it, or was killed doing so.
"""

from __future__ import annotations

from pathlib import Path

from thrumsg_tui.domain.errors import DatabaseDamaged, DatabaseUnusable, Nothing
from thrumsg_tui.store.engines.sqlite.connections import mark_if_open, open_or_look
from thrumsg_tui.store.schema import APPLICATION_ID

_SQLITE = b"SQLite format 3\0"
_HEADER = 100
_APPLICATION_ID = slice(68, 72)  # https://www.sqlite.org/fileformat2.html#application_id


def is_thrumsg(path: Path) -> bool:
    """Whether an existing file has the mark of a thrumsg database."""
    return has_mark(path, APPLICATION_ID)


def has_mark(path: Path, application_id: int) -> bool:
    """Whether an existing SQLite file has an application id."""
    with open_or_look:
        if (mark := mark_if_open(path)) is not None:
            return mark == application_id
        with path.open("rb") as file:
            header = file.read(_APPLICATION_ID.stop)
    return header.startswith(_SQLITE) and int.from_bytes(header[_APPLICATION_ID]) == application_id


def was_thrumsg(path: Path) -> bool:
    """Whether a file that does not look like a database may have been ours before its beginning was damaged.

    Such a file still has our mark, or only zeros at the beginning. Do not call it for a file that is open in this
    process.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER)
    mark = int.from_bytes(header[_APPLICATION_ID]) == APPLICATION_ID
    return len(header) == _HEADER and (mark or not any(header))


def refuse_foreign(path: Path) -> None:
    """Raise `DatabaseUnusable` unless the file is ours, empty, or absent from an existing folder; it is not changed."""
    if not path.exists():
        if not path.parent.is_dir():
            raise DatabaseUnusable(f"There is no folder {path.parent} to keep {path.name} in.")
        return
    if path.is_dir():
        raise DatabaseUnusable(f"{path} is a folder, not a thrumsg database.")
    if not path.is_file():
        raise DatabaseUnusable(f"{path} is a device or a pipe, not a thrumsg database.")
    if path.stat().st_size and not is_thrumsg(path):
        from thrumsg_tui.store.engines.sentences import REPAIR, foreign, is_damaged

        if was_thrumsg(path):
            raise DatabaseDamaged(is_damaged(path, "its beginning is gone"), Nothing.CHANGED, advice=REPAIR)
        raise DatabaseUnusable(foreign(path))

"""The files that thrumsg keeps beside a database, which nobody may name for anything else (`docs/rules.md 11.2`)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.store.engines import file_engine_for
from thrumsg_tui.store.engines.base import LOCK_ENDING
from thrumsg_tui.store.spool import spool_path


def refuse_own_file(database: Path, named: Path) -> None:
    """Raise `Refused` if a file that a person names is the database, or one of the files beside it.

    Links are followed, and another name of the same file (a hard link) is that file.
    """
    own = _own_files(database)
    try:
        target = Path(os.path.realpath(named))
        same = target in own or _inode(target) in {inode for inode in map(_inode, own) if inode}
    except OSError:  # unreadable; what opens it says so
        return
    if same:
        raise Refused(f"{named} is a thrumsg database, or part of one: name another file.", Nothing.CHANGED)


def _own_files(database: Path) -> list[Path]:
    real, spool = Path(os.path.realpath(database)), spool_path(database)
    beside = [*file_engine_for(real).companions(), spool, *file_engine_for(spool).companions()]
    return [real, *beside, real.with_name(f"{real.name}{LOCK_ENDING}")]


def _inode(path: Path) -> tuple[int, int] | None:
    with suppress(FileNotFoundError, NotADirectoryError):
        status = path.stat()
        return status.st_dev, status.st_ino
    return None

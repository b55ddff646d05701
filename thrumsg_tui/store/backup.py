"""Copying the database while it is in use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.files import replacing
from thrumsg_tui.store.recognising import is_thrumsg


def backup(db: Database, target: Path) -> None:
    """Write a copy of one state of the database; others go on writing meanwhile.

    An older backup is replaced when the new one is whole. Raises `Refused` for the database itself, a target that is
    something else than a thrumsg database or that is in use, and one that cannot be written.
    """
    if target.exists() and target.samefile(db.path):
        raise Refused(f"{target} is the database itself; name another file for the backup.")
    if target.is_dir():
        raise Refused(f"{target} is a folder; name a file in it.")
    if target.exists() and not (target.is_file() and (target.stat().st_size == 0 or is_thrumsg(target))):
        raise Refused(f"{target} is not a thrumsg database; it was left as it is. No backup was made.")
    journal = target.with_name(f"{target.name}-wal")
    if journal.exists():
        raise Refused(f"{target} is in use as a database ({journal.name} lies beside it); name another file.")
    with replacing(target) as part, closing(sqlite3.connect(part)) as copy, db.reading() as conn:
        conn.backup(copy)

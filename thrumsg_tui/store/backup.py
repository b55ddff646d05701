"""Copying the database while it is in use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from thrumsg_tui.domain.errors import DatabaseUnusable, Refused
from thrumsg_tui.store.database import Database, refuse_foreign
from thrumsg_tui.store.files import replacing


def backup(db: Database, target: Path) -> None:
    """Write a copy of one state of the database; others go on writing meanwhile.

    An older backup is replaced when the new one is whole. Raises `Refused` for the database itself, a target that is
    something else than a thrumsg database or that is in use, and one that cannot be written.
    """
    if target.exists() and target.samefile(db.path):
        raise Refused(f"{target} is the database itself; name another file for the backup.")
    try:
        refuse_foreign(target)
    except DatabaseUnusable as error:
        raise Refused(f"{error} No backup was made.") from None
    journal = target.with_name(f"{target.name}-wal")
    if journal.exists():
        raise Refused(f"{target} is in use as a database ({journal.name} lies beside it); name another file.")
    with replacing(target) as part, closing(sqlite3.connect(part)) as copy, db.reading() as conn:
        conn.backup(copy)

"""Copying the database while it is in use, and looking whether the copy is good (`docs/rules.md 11.4`)."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from thrumsg_tui.domain.errors import DatabaseDamaged, Refused
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import damage_in, wrong_figures_in
from thrumsg_tui.store.doctor.damage import UNREADABLE
from thrumsg_tui.store.output_files import replacing
from thrumsg_tui.store.recognising import COMPANIONS, connect, damaged, is_thrumsg


def backup(db: Database, target: Path) -> int:
    """Write a copy of one state of the database; others go on writing meanwhile. 25 µs a message.

    SQLite copies pages as they are, damaged ones too: the copy is looked through before it takes the place of an older
    one. Returns how many figures are stored wrongly in it, which `doctor --repair` mends and which forbid no backup.
    Raises `Refused` for the database itself, a target that is something else than a thrumsg database or that is in use,
    and one that cannot be written; `DatabaseDamaged` where the copy is damaged. An older backup stays then.
    """
    _refuse_target(db, target)
    with replacing(target) as part:
        copy_into(db, part, kept=f"{target} stays as it was." if target.exists() else "")
        return _looked_through(db, part, target)


def copy_into(db: Database, part: Path, *, kept: str = "") -> None:
    """Copy one state of the database into an empty file, as it is; `kept` is said where there is no room for it."""
    with db.reading() as conn, closing(sqlite3.connect(part)) as copy:
        try:
            conn.backup(copy)
        except sqlite3.OperationalError as error:
            if (error.sqlite_errorcode & 0xFF) not in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
                raise
            said = f"There is no room for a copy of {db.path} in {part.parent} ({error}). No backup was made."
            raise Refused(f"{said} {kept}".rstrip()) from error


def _looked_through(db: Database, part: Path, target: Path) -> int:
    try:
        with closing(connect(part, 0)) as conn:  # to be written: SQLite looks at no CHECK in what is opened to be read
            conn.row_factory = sqlite3.Row
            found = damage_in(conn)
            figures = 0 if found else len(wrong_figures_in(conn))
    except UNREADABLE as error:
        reason = type(error).__name__
    else:
        if not found:
            return figures
        reason = found[0].said
    kept = f" {target} stays as it was." if target.exists() else ""
    raise DatabaseDamaged(f"No backup was made.{kept} {damaged(db.path, reason)}")


def _refuse_target(db: Database, target: Path) -> None:
    """Raise `Refused` where a copy cannot be put."""
    try:
        if target.exists() and target.samefile(db.path):
            raise Refused(f"{target} is the database itself; name another file for the backup.")
        if target.is_dir():
            raise Refused(f"{target} is a folder; name a file in it.")
        if target.exists() and not (target.is_file() and (target.stat().st_size == 0 or is_thrumsg(target))):
            raise Refused(f"{target} is not a thrumsg database; it was left as it is. No backup was made.")
        of = Path(os.path.realpath(target))
        for each in (of.with_name(of.name + ending) for ending in COMPANIONS):
            if os.path.lexists(each):
                raise Refused(f"{target} is in use as a database ({each.name} lies beside it); name another file.")
        own = Path(os.path.realpath(db.path))
        if of in {own.with_name(own.name + ending) for ending in COMPANIONS}:
            raise Refused(f"{target} belongs to the database; name another file for the backup.")
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror or error}. No backup was made.") from error

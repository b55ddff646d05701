"""Copy the database while it is in use, and check the copy (`docs/rules.md 11.4`)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from thrumsg_tui.domain.errors import DatabaseDamaged, Refused
from thrumsg_tui.store.changes.spooled import put_spooled
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.database_move.copy import Passed, copy_tables, count_rows
from thrumsg_tui.store.doctor import problems_in
from thrumsg_tui.store.engines import file_engine_for
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.engines.failure import Failure
from thrumsg_tui.store.engines.sentences import damaged
from thrumsg_tui.store.location import ServerAddress
from thrumsg_tui.store.locks import EverythingLock
from thrumsg_tui.store.output_files import replacing, to_disk
from thrumsg_tui.store.own_files import refuse_own_file
from thrumsg_tui.store.progress import OnProgress, no_progress
from thrumsg_tui.store.spool import Spool, SpooledRequest, spool_path


def backup(
    db: Database, target: Path, on_progress: OnProgress = no_progress, on_check: OnProgress = no_progress
) -> int:
    """Write a copy of one state of the database, while others go on writing; 25 µs a message.

    Of a server's database it is a file like that of any other, with all rows, which takes ten times as long. The engine
    damage too, so the copy is checked before it replaces an older backup. It also gets what is in the spool: that was
    acknowledged, and the carrier will not bring it again.

    Args:
        db: The database.
        target: The copy.
        on_progress: Called while rows of a server are copied.
        on_check: Called while the copy is checked.

    Returns:
        How many figures in the copy are wrong; they do not prevent a backup, and `doctor --repair` corrects them.

    Raises:
        Refused: The target is the database itself, another file than a thrumsg database, in use, or not
            writable.
        DatabaseDamaged: The copy is damaged. An older backup is kept.
    """
    _refuse_target(db, target)
    with replacing(target) as part:
        # Before the copy: what is stored in between is in both, and stored once. What a move has closed takes nothing.
        requests = [] if db.mark else spooled_requests(db)
        if isinstance(db.location, ServerAddress):
            with db.reading() as conn:
                copy_rows_into(db, conn, part, on_progress)
        else:
            copy_into(db, part, kept=f"{target} stays as it was." if target.exists() else "")
        figures = _looked_through(db, part, target, on_check)
        _take_along(part, requests)
        return figures


def spooled_requests(db: Database) -> list[SpooledRequest]:
    """Read what waits in the spool, if there is one."""
    if not spool_path(db.path).exists():
        return []
    spool = Spool(db.path)
    try:
        return spool.everything()
    finally:
        spool.close()


def _take_along(part: Path, requests: Sequence[SpooledRequest]) -> None:
    """Store requests in a copy that nobody else has open."""
    if not requests:
        return
    copy = Database(part)
    try:
        with copy.writing() as tx:
            put_spooled(tx.conn, requests)
    finally:
        copy.close()


def copy_rows_into(db: Database, conn: Connection, part: Path, on_progress: OnProgress) -> None:
    """Copy all rows that a connection reads into an empty file, which becomes a database."""
    passed = Passed(count_rows(conn), on_progress)
    copy = Database(part, scratch=True)
    try:
        with copy.writing(bulk=True) as tx:
            tx.hold(EverythingLock())
            copy_tables(db.engine, conn, copy.engine, tx.conn, passed.more)
    finally:
        copy.close()
    to_disk(part)


def copy_into(db: Database, part: Path, *, kept: str = "") -> None:
    """Copy one state of the database into an empty file; `kept` ends the sentence that there is no room."""
    engine = file_engine_for(db.location)
    with db.reading() as conn:
        try:
            engine.copy_into(conn, part)
        except engine.driver_error as error:
            if engine.failure(error) is not Failure.NO_ROOM:
                raise
            said = f"There is no room for a copy of {db.location} in {part.parent} ({error}). No backup was made."
            raise Refused(f"{said} {kept}".rstrip()) from error


def _looked_through(db: Database, part: Path, target: Path, on_check: OnProgress) -> int:
    engine = file_engine_for(part)
    try:
        conn = engine.open("writer")  # SQLite verifies no CHECK on a read-only connection
        try:
            found = problems_in(engine, conn, on_check)
        finally:
            engine.close(conn)
    except engine.unreadable as error:
        reason = type(error).__name__
    else:
        if not any(problem.damage for problem in found):
            return len(found)
        reason = found[0].said
    kept = f" {target} stays as it was." if target.exists() else ""
    raise DatabaseDamaged(f"No backup was made.{kept} {damaged(db.location, reason)}")


def _refuse_target(db: Database, target: Path) -> None:
    """Raise `Refused` if the target cannot take a backup."""
    try:
        if target.exists() and db.path.exists() and target.samefile(db.path):
            raise Refused(f"{target} is the database itself; name another file for the backup.")
        if target.is_dir():
            raise Refused(f"{target} is a folder; name a file in it.")
        if target.exists() and not (target.is_file() and _is_empty_or_ours(target)):
            raise Refused(f"{target} is not a thrumsg database; it was left as it is. No backup was made.")
        _finish_left_behind(target)
        for companion in file_engine_for(target).companions():
            if os.path.lexists(companion):
                raise Refused(
                    f"{target} is in use as a database ({companion.name} lies beside it): close it, or name another "
                    "file. No backup was made."
                )
        if Path(os.path.realpath(target)) in file_engine_for(db.path).companions():
            raise Refused(f"{target} belongs to the database; name another file for the backup.")
        refuse_own_file(db.path, target)
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror or error}. No backup was made.") from error


def _finish_left_behind(target: Path) -> None:
    """Write the log of an older backup into it, if whoever had it open was killed; while it is open, the log stays."""
    engine = file_engine_for(target)
    if target.exists() and any(os.path.lexists(companion) for companion in engine.companions()):
        with suppress(*engine.unreadable):
            conn = engine.open("writer")
            try:
                conn.execute("SELECT COUNT(*) FROM setting").fetchone()  # which reads the log
            finally:
                engine.close(conn)


def _is_empty_or_ours(target: Path) -> bool:
    return target.stat().st_size == 0 or file_engine_for(target).is_thrumsg()

"""A backup as a file: recognise it, copy it, and check the copy (`docs/rules.md 11.4`).

A backup is never opened itself: SQLite would make files beside it, and a check must not change it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from thrumsg_tui.domain.errors import DatabaseDamaged, Nothing, Refused, ThrumsgError
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import Problem, damage_in, rows_of_damage, wrong_figures_in
from thrumsg_tui.store.engines import file_engine_for
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.input_files import refuse_odd_file
from thrumsg_tui.store.output_files import part_beside, remove_part
from thrumsg_tui.store.phone_display import phone_display
from thrumsg_tui.store.progress import OnProgress, RowsRead, no_progress
from thrumsg_tui.store.queries.settings import settings
from thrumsg_tui.store.restore_files import copy_with_log
from thrumsg_tui.store.times import from_ms


@dataclass(frozen=True, slots=True)
class CheckedBackup:
    """A backup without damage, and what is in it.

    Attributes:
        as_of: The time of its last change; None if it has no events.
        practice: Whether it is one of a practice database.
        campaigns: How many campaigns it has.
        contacts: How many contacts.
        messages: How many messages, both ways.
        opted_out: How many numbers are opted out.
        wrong: Figures that are stored wrongly in it; `doctor --repair` corrects them after a restore.
        phones: How its settings show numbers.
    """

    as_of: datetime | None
    practice: bool
    campaigns: int
    contacts: int
    messages: int
    opted_out: int
    wrong: tuple[Problem, ...]
    phones: PhoneDisplay


def check_backup(source: Path, on_progress: OnProgress = no_progress) -> CheckedBackup:
    """Check a copy of a backup as a restore would, and compute its figures again; 30 µs a message.

    Raises:
        Refused: It is no thrumsg database, or being written to, or cannot be read or copied.
        DatabaseUnusable: It is damaged, or newer than this program.
    """
    refuse_no_backup(source)
    try:
        with _copied(source) as part, errors_naming(part, source):
            copy_with_log(source, part)
            refuse_damaged(part, on_progress=on_progress)
            db = Database(part, scratch=True, closed_too=True)
            try:
                with db.reading() as conn:
                    return _described(conn)
            finally:
                db.close()
    except OSError as error:
        raise Refused(f"{source} cannot be checked: {error.strerror}.") from error


def refuse_no_backup(source: Path, nothing: Nothing | None = None) -> None:
    """Raise `Refused` for a file that cannot be a backup, without opening it as a database."""
    try:
        status = source.stat()
        refuse_odd_file(source, status)
        if not status.st_size or not file_engine_for(source).is_thrumsg():
            raise Refused(f"{source} is not a thrumsg database.", nothing)
    except FileNotFoundError:
        raise Refused(f"There is no file {source}.", nothing) from None
    except OSError as error:
        raise Refused(f"{source} cannot be read: {error.strerror}.", nothing) from error


def refuse_damaged(copy: Path, nothing: str = "", on_progress: OnProgress = no_progress) -> None:
    """Raise `DatabaseDamaged` if a copy that nobody else has open is damaged; `nothing` ends the sentence."""
    if reason := damage_of(copy, on_progress):
        raise DatabaseDamaged(f"{copy} is damaged ({reason}). {nothing}".rstrip())


def damage_of(copy: Path, on_progress: OnProgress = no_progress) -> str | None:
    """Return the damage in a copy that nobody else has open, None if there is none."""
    engine = file_engine_for(copy)
    try:
        conn = engine.open("writer")  # SQLite verifies no CHECK on a read-only connection
        try:
            found = damage_in(engine, conn, RowsRead(on_progress, lambda: rows_of_damage(engine, conn)))
        finally:
            engine.close(conn)
    except engine.unreadable as error:
        return type(error).__name__
    return found[0].said if found else None


@contextmanager
def errors_naming(part: Path, source: Path) -> Iterator[None]:
    """Make errors name the backup instead of the copy that is checked."""
    try:
        yield
    except ThrumsgError as error:
        error.rename(str(part), str(source))
        raise


@contextmanager
def _copied(source: Path) -> Iterator[Path]:
    """Yield a place for a copy: beside the backup, or in the system's folder where nothing can be written there."""
    try:
        part = part_beside(Path(os.path.realpath(source)))
    except OSError:
        with TemporaryDirectory(prefix="thrumsg-") as folder:
            yield Path(folder) / "backup.db"
        return
    try:
        yield part
    finally:
        with suppress(OSError):
            remove_part(part)


def _described(conn: Connection) -> CheckedBackup:
    (newest,) = conn.execute("SELECT MAX(at) FROM event").fetchone()
    return CheckedBackup(
        as_of=None if newest is None else from_ms(newest),
        practice=settings(conn).practice_seed is not None,
        campaigns=_count(conn, "campaign"),
        contacts=_count(conn, "contact"),
        messages=_count(conn, "message"),
        opted_out=_count(conn, "opt_out"),
        wrong=tuple(wrong_figures_in(conn)),
        phones=phone_display(conn),
    )


def _count(conn: Connection, table: str) -> int:
    return int(conn.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])

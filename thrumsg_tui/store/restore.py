"""Restore a backup while apps are open (`docs/rules.md 11.4`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from thrumsg_tui.domain.campaign_facts import BackupRestored
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.domain.errors import DatabaseDamaged, Nothing, Refused, ThrumsgError
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.backup import copy_into
from thrumsg_tui.store.changes.settings import store_setting
from thrumsg_tui.store.database import Database, Transaction, overwrite, utc_now
from thrumsg_tui.store.doctor import damage_in
from thrumsg_tui.store.engines import engine_for
from thrumsg_tui.store.input_files import refuse_odd_file
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.output_files import PRIVATE, remove_part, to_disk
from thrumsg_tui.store.queries.settings import RESTORED, settings
from thrumsg_tui.store.queries.users import find_user
from thrumsg_tui.store.restore_files import copy_with_log, free_name, keep_bytes, part_for, put_in_place
from thrumsg_tui.store.times import from_ms


@dataclass(frozen=True, slots=True)
class Since:
    """Counts of opt-outs and messages after the backup, which the restore loses."""

    opted_out: int
    sent: int
    received: int


@dataclass(frozen=True, slots=True)
class Restored:
    """The result of a restore: the time of the backup's last change, and the copy of the previous state, if any.

    `as_of` is None if the backup has no events. `in_doubt` counts messages that may have been sent since. `since` is
    None if it is unknown: the previous state is damaged, or there was none.
    """

    as_of: datetime | None
    kept: Path | None
    in_doubt: int
    since: Since | None


def restore(
    path: Path,
    source: Path,
    login: str,
    acting_for: str | None = None,
    *,
    who: Identity | None,
    clock: Callable[[], datetime] = utc_now,
) -> Restored:
    """Replace the contents of a database with a backup, in one transaction, after keeping a copy of the present state.

    The backup itself is never changed. Nothing is changed if an error is raised.

    Args:
        path: The database.
        source: The backup.
        login: The person; the journal keeps it in the facts if the backup does not have this user.
        acting_for: For whom they act, if not for themselves.
        who: The person as the database has them; None if it is damaged or missing and cannot tell.
        clock: The present time, in UTC.

    Raises:
        NotPermitted: `who` may not maintain the database.
        Refused: The source is no thrumsg backup, or one of the other kind (practice or real), or a file is not
            accessible.
        DatabaseUnusable: The backup is damaged or newer than this program.
    """
    if who:
        who.require(Permission.MAINTAIN)
    _refuse_source(path, source)
    own = Path(os.path.realpath(path))
    part = part_for(own)
    try:
        with _errors_naming(part, source):
            copy_with_log(source, part)
            _refuse_damaged(part)
            db = Database(part, clock=clock)
            try:
                _refuse_other_kind(path, db, source)
                as_of, in_doubt = _prepare_copy(db, source, login, acting_for)
                before = _read_state(db)
            finally:
                db.close()
        if not own.exists() or not own.stat().st_size:
            put_in_place(part, own)
            return Restored(as_of, None, in_doubt, None)
        kept = free_name(own, clock())
        return Restored(as_of, kept, in_doubt, _replace(own, part, kept, before))
    except OSError as error:
        raise Refused(f"{error.filename or source}: {error.strerror}.", Nothing.RESTORED) from error
    finally:
        with suppress(OSError):
            remove_part(part)


def openable(path: Path) -> bool:
    """Whether a database has contents and can be opened; False if it is missing, empty or damaged.

    Raises `DatabaseUnusable` for a file that is not ours, newer than this program, or not readable.
    """
    if not path.exists() or (path.is_file() and not path.stat().st_size):
        return False
    engine = engine_for(path)
    if path.is_file() and not engine.is_thrumsg() and engine.was_thrumsg():
        return False
    engine.refuse_foreign()
    try:
        Database(path).close()
    except DatabaseDamaged:
        return False
    return True


# The backup


def _refuse_source(path: Path, source: Path) -> None:
    """Raise `Refused` for a file that cannot be a backup of this database, without opening it as one."""
    try:
        status = source.stat()
        refuse_odd_file(source, status)
        if path.exists() and source.samefile(path):
            raise Refused(f"{source} is the database itself.", Nothing.RESTORED)
        if not status.st_size or not engine_for(source).is_thrumsg():
            raise Refused(f"{source} is not a thrumsg database.", Nothing.RESTORED)
    except FileNotFoundError:
        raise Refused(f"There is no file {source}.", Nothing.RESTORED) from None
    except OSError as error:
        raise Refused(f"{source} cannot be read: {error.strerror}.", Nothing.RESTORED) from error


def _refuse_damaged(part: Path) -> None:
    if reason := _damage(part):
        raise DatabaseDamaged(f"{part} is damaged ({reason}). Nothing was restored; the database is as it was.")


def _damage(copy: Path) -> str | None:
    """Return the damage in a copy that nobody else has open, None if there is none."""
    engine = engine_for(copy)
    try:
        conn = engine.open("writer")
        try:
            found = damage_in(engine, conn)
        finally:
            engine.close(conn)
    except engine.unreadable as error:
        return type(error).__name__
    return found[0].said if found else None


def _refuse_other_kind(path: Path, backup: Database, source: Path) -> None:
    """Raise `Refused` if a practice database would replace a real one, or the other way round."""
    with backup.reading() as conn:
        practises = settings(conn).practice_seed is not None
    if not openable(path):
        return
    live = Database(path)
    try:
        with live.reading() as conn:
            same = practises == (settings(conn).practice_seed is not None)
    except DatabaseDamaged:
        return
    finally:
        live.close()
    if not same:
        kinds = ("practice database", "real one") if practises else ("real database", "practice one")
        raise Refused(f"{source} is a {kinds[0]}, and {path} a {kinds[1]}.", Nothing.RESTORED)


def _prepare_copy(db: Database, source: Path, login: str, acting_for: str | None) -> tuple[datetime | None, int]:
    """Update a copy of the backup; return the time of its last change and how many messages are in doubt."""
    with db.writing() as tx:
        (newest,) = tx.conn.execute("SELECT MAX(at) FROM event").fetchone()
        as_of = None if newest is None else from_ms(newest)
        in_doubt = tx.conn.execute(
            """
            UPDATE message SET state = :in_doubt, state_at = :now, leaves_at = NULL, error_code = NULL,
                               error_text = :why
            WHERE state IN ('queued', 'sending') OR (state = 'unsent' AND leaves_at <= :now)
            """,
            {"in_doubt": MessageState.IN_DOUBT, "now": tx.now_ms, "why": _MAY_HAVE_LEFT},
        ).rowcount
        tx.conn.execute("DELETE FROM presence")
        tx.conn.execute("UPDATE job SET seen_at = 0 WHERE finished_at IS NULL")  # the next start resumes it
        store_setting(tx, RESTORED, str(tx.now_ms))
        _record_restore(tx, source, as_of, in_doubt, login, acting_for)
    return as_of, in_doubt


_MAY_HAVE_LEFT = "A backup was restored, and it may have left since that was made."


def _record_restore(
    tx: Transaction, source: Path, as_of: datetime | None, in_doubt: int, login: str, acting_for: str | None
) -> None:
    """Journal the restore; a login that the backup does not have is kept in the facts."""
    who: Identity | None = None
    with suppress(ThrumsgError):
        who = Identity(find_user(tx.conn, acting_for or login), find_user(tx.conn, login))
    as_of_iso = None if as_of is None else as_of.isoformat()
    facts = BackupRestored(source.name, as_of_iso, stranger=None if who else login, in_doubt=in_doubt)
    record(tx, who, EventKind.RESTORE, facts)


# The database


def _replace(own: Path, part: Path, kept: Path, before: _State) -> Since | None:
    """Replace the contents of the database; return what happened since the backup, None if that is unknown."""
    since: Since | None = None

    def keep() -> None:
        nonlocal since
        live = Database(own)
        try:
            os.close(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE))
            copy_into(live, kept)
            to_disk(kept)
            with suppress(DatabaseDamaged):
                since = _count_since(live, before)
        except BaseException:
            remove_part(kept)
            raise
        finally:
            live.close()

    try:
        overwrite(own, part, keep)
    except DatabaseDamaged:
        keep_bytes(own, kept)
        put_in_place(part, own)
        return None
    return None if _damage(kept) else since


@dataclass(frozen=True, slots=True)
class _State:
    opted_out: frozenset[str]
    newest_message: int


def _read_state(db: Database) -> _State:
    with db.reading() as conn:
        opted_out = frozenset(row["phone"] for row in conn.execute("SELECT phone FROM opt_out"))
        (newest,) = conn.execute("SELECT COALESCE(MAX(id), 0) FROM message").fetchone()
        return _State(opted_out, newest)


def _count_since(live: Database, before: _State) -> Since:
    opted_out = len(_read_state(live).opted_out - before.opted_out)
    with live.reading() as conn:
        row = conn.execute(
            """
            SELECT COUNT(*) FILTER (WHERE direction = 'incoming') AS received,
                   COUNT(*) FILTER (WHERE direction = 'outgoing' AND state <> 'cancelled') AS sent
            FROM message WHERE id > ?
            """,
            (before.newest_message,),
        ).fetchone()
    return Since(opted_out, row["sent"], row["received"])


@contextmanager
def _errors_naming(part: Path, source: Path) -> Iterator[None]:
    """Make errors name the backup instead of the copy that is checked."""
    try:
        yield
    except ThrumsgError as error:
        error.rename(str(part), str(source))
        raise

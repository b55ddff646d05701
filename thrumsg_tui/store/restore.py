"""Restore a backup while apps are open (`docs/rules.md 11.4`)."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.errors import DatabaseDamaged, Nothing, Refused, ThrumsgError
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.backup import copy_into
from thrumsg_tui.store.backup_file import damage_of, errors_naming, refuse_damaged, refuse_no_backup
from thrumsg_tui.store.database import Database, overwrite, utc_now
from thrumsg_tui.store.engines import file_engine_for
from thrumsg_tui.store.output_files import part_beside, remove_part, to_disk
from thrumsg_tui.store.queries.settings import settings
from thrumsg_tui.store.restore_files import copy_with_log, free_name, keep_bytes, part_for, put_in_place
from thrumsg_tui.store.restored_copy import Prepared, RestoredCopy
from thrumsg_tui.store.since_backup import (
    Since,
    happened_since,
    present_drafts,
    present_opt_outs,
    salvaged_opt_outs,
    unsent_messages,
)


@dataclass(frozen=True, slots=True)
class Restored:
    """The result of a restore.

    Attributes:
        as_of: The time of the backup's last change; None if it has no events.
        kept: The copy of the previous state; None if there was none.
        in_doubt: How many messages may have been sent since.
        since: What it lost; None if that is unknown, since the previous state is damaged, or there was none.
        opted_out: How many numbers opted out since, and stay opted out.
        all_opt_outs: Whether the opt-outs of the previous state could all be read.
    """

    as_of: datetime | None
    kept: Path | None
    in_doubt: int
    since: Since | None
    opted_out: int
    all_opt_outs: bool


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

    Whoever has opted out since the backup stays opted out. The backup itself is never changed. Nothing is changed if an
    error is raised.

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
    _refuse_itself(path, source)
    refuse_no_backup(source, Nothing.RESTORED)
    own = Path(os.path.realpath(path))
    part = part_for(own)
    try:
        with errors_naming(part, source):
            copy_with_log(source, part, Nothing.RESTORED)
            refuse_damaged(part, "Nothing was restored; the database is as it was.")
            db = Database(part, clock=clock)
            try:
                unsent = _unsent_now(path, db, source)
                copy = RestoredCopy(part, source, login, acting_for, clock)
                prepared = copy.prepare(db, unsent)
            finally:
                db.close()
        if not own.exists() or not own.stat().st_size:
            put_in_place(part, own)
            return Restored(prepared.as_of, None, prepared.in_doubt, None, 0, all_opt_outs=True)
        return _replace(own, copy, prepared, clock())
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
    engine = file_engine_for(path)
    if path.is_file() and not engine.is_thrumsg() and engine.was_thrumsg():
        return False
    engine.refuse_foreign()
    try:
        Database(path).close()
    except DatabaseDamaged:
        return False
    return True


# The backup


def _refuse_itself(path: Path, source: Path) -> None:
    with suppress(OSError):
        if source.samefile(path):
            raise Refused(f"{source} is the database itself.", Nothing.RESTORED)


def _unsent_now(path: Path, backup: Database, source: Path) -> frozenset[MessageId] | None:
    """Return what is still scheduled in the database, None if it cannot tell; nothing of it leaves while we restore.

    Raises:
        Refused: A practice database would replace a real one, or the other way round.
    """
    if not openable(path):
        return None
    live = Database(path)
    try:
        return unsent_now(live, backup, source)
    except DatabaseDamaged:
        return None
    finally:
        live.close()


def unsent_now(live: Database, backup: Database, source: Path) -> frozenset[MessageId]:
    """Return what is still scheduled in a database; raise `Refused` if a backup of the other kind would replace it."""
    with backup.reading() as conn:
        practises = settings(conn).practice_seed is not None
    with live.reading() as conn:
        same = practises == (settings(conn).practice_seed is not None)
        unsent = unsent_messages(conn)
    if not same:
        kinds = ("practice database", "real one") if practises else ("real database", "practice one")
        raise Refused(f"{source} is a {kinds[0]}, and {live.location} a {kinds[1]}.", Nothing.RESTORED)
    return unsent


# The database


def _replace(own: Path, copy: RestoredCopy, prepared: Prepared, now: datetime) -> Restored:
    """Replace the contents of the database by the copy, after that got the opt-outs that came since."""
    kept = free_name(own, now)
    since: Since | None = None
    opted_out, all_opt_outs = 0, True

    def keep() -> None:
        nonlocal since, opted_out, all_opt_outs, kept
        kept = free_name(own, now)
        live, part = Database(own), part_beside(own.with_name(f"{own.stem}-before-restore{own.suffix}"))
        try:
            copy_into(live, part)
            to_disk(part)
            part.rename(kept)  # whole, or not there: whoever restores holds the lock, so nobody else takes the name
            to_disk(kept.parent)
            with live.reading() as conn:
                present, drafts = present_opt_outs(live.engine, conn), present_drafts(live.engine, conn)
            opted_out, all_opt_outs = copy.keep(present, drafts), present.whole
            with suppress(DatabaseDamaged), live.reading() as conn:
                since = happened_since(conn, prepared.state)
        except BaseException:
            remove_part(part)
            remove_part(kept)
            raise
        finally:
            live.close()

    try:
        overwrite(own, copy.path, keep)
    except DatabaseDamaged:
        keep_bytes(own, kept)
        present = salvaged_opt_outs(own)
        opted_out, all_opt_outs = opted_out + copy.keep(present), present.whole
        put_in_place(copy.path, own)
        return Restored(prepared.as_of, kept, prepared.in_doubt, None, opted_out, all_opt_outs)
    except ThrumsgError:  # nothing was replaced, and on a full disk the copy is in the way
        remove_part(kept)
        raise
    whole = since if damage_of(kept) is None else None
    return Restored(prepared.as_of, kept, prepared.in_doubt, whole, opted_out, all_opt_outs)

"""Restore a backup into a database of a server (`docs/rules.md 11.4`)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.backup import copy_rows_into
from thrumsg_tui.store.backup_file import errors_naming, refuse_damaged, refuse_no_backup
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.database_move.copy import Passed, copy_tables, count_rows
from thrumsg_tui.store.database_move.move import exclude_others
from thrumsg_tui.store.output_files import remove_part
from thrumsg_tui.store.progress import OnProgress, no_progress
from thrumsg_tui.store.queries.settings import RESTORED, restored_at
from thrumsg_tui.store.queries.users import has_users
from thrumsg_tui.store.restore import Restored, unsent_now
from thrumsg_tui.store.restore_files import copy_with_log, free_name
from thrumsg_tui.store.restored_copy import RestoredCopy
from thrumsg_tui.store.since_backup import happened_since, present_drafts, present_opt_outs


def restore_on_server(
    db: Database,
    source: Path,
    login: str,
    acting_for: str | None = None,
    *,
    who: Identity | None,
    on_progress: OnProgress = no_progress,
) -> Restored:
    """Replace the contents of a database of a server with a backup, in one transaction, after keeping a copy of them.

    Everybody else waits meanwhile. Arguments and errors are those of `thrumsg_tui.store.restore.restore`; `who` is None
    only for a database without users, of which nothing is kept.
    """
    if who:
        who.require(Permission.MAINTAIN)
    refuse_no_backup(source, Nothing.RESTORED)
    try:
        with TemporaryDirectory(prefix="thrumsg-", dir=db.path.parent) as folder:
            part = Path(folder) / "backup.db"
            with errors_naming(part, source):
                copy_with_log(source, part, Nothing.RESTORED)
                refuse_damaged(part, "Nothing was restored; the database is as it was.")
                return _restore(db, RestoredCopy(part, source, login, acting_for, db.clock), on_progress)
    except OSError as error:
        raise Refused(f"{error.filename or source}: {error.strerror}.", Nothing.RESTORED) from error


def _restore(db: Database, copy: RestoredCopy, on_progress: OnProgress) -> Restored:
    new = Database(copy.path, clock=copy.clock)
    with db.reading() as conn:
        kept = free_name(db.path.with_suffix(".db"), copy.clock()) if has_users(conn) else None
    may_be_stored = False
    try:
        prepared = copy.prepare(new, unsent_now(db, new, copy.source) if kept else None)
        with db.writing(bulk=True) as tx:
            exclude_others(tx, db.location)
            if kept:
                copy_rows_into(db, tx.conn, kept, no_progress)
            present = present_opt_outs(db.engine, tx.conn)
            opted_out = copy.keep(present, present_drafts(db.engine, tx.conn))
            since = happened_since(tx.conn, prepared.state) if kept else None
            with new.reading() as conn:
                passed = Passed(count_rows(conn), on_progress)
                copy_tables(new.engine, conn, db.engine, tx.conn, passed.more)
                tx.shown_by("SELECT 1 FROM setting WHERE key = ? AND value = ?", (RESTORED, restored_at(conn)))
            may_be_stored = True  # by a commit that gets no answer
    except BaseException:
        if kept and not may_be_stored:
            with suppress(OSError):
                remove_part(kept)
        raise
    finally:
        new.close()
    return Restored(prepared.as_of, kept, prepared.in_doubt, since, opted_out, present.whole)

"""The copy of a backup that a restore prepares before it becomes the database (`docs/rules.md 11.4`)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.organization_facts import BackupRestored
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.kept_drafts import keep_drafts
from thrumsg_tui.store.changes.kept_opt_outs import keep_opt_outs
from thrumsg_tui.store.changes.settings import store_setting
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import EverythingLock
from thrumsg_tui.store.queries.settings import RESTORED
from thrumsg_tui.store.queries.users import find_user
from thrumsg_tui.store.since_backup import BackupState, PresentOptOuts, StoredDraft, state_of_backup
from thrumsg_tui.store.times import from_ms

_MAY_HAVE_LEFT = "A backup was restored, and it may have left since that was made."


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the copy is once it is prepared: the time of its last change, and how many messages are in doubt.

    `as_of` is None if it has no events.
    """

    as_of: datetime | None
    in_doubt: int
    state: BackupState


@dataclass(frozen=True, slots=True)
class RestoredCopy:
    """A copy of a backup that nobody else has open.

    Attributes:
        path: The copy.
        source: The backup.
        login: Who restores it.
        acting_for: For whom they act, if not for themselves.
        clock: The present time, in UTC.
    """

    path: Path
    source: Path
    login: str
    acting_for: str | None
    clock: Callable[[], datetime]

    def prepare(self, db: Database, unsent: Collection[MessageId] | None) -> Prepared:
        """Put in doubt what may have left since the backup, end what was under way, and write the journal.

        Args:
            db: The copy.
            unsent: The messages that are still scheduled in the database that the copy replaces; None if that cannot
                tell.
        """
        with db.writing() as tx:
            tx.hold(EverythingLock())
            state = state_of_backup(tx.conn)
            (newest,) = tx.conn.execute("SELECT MAX(at) FROM event").fetchone()
            as_of = None if newest is None else from_ms(newest)
            in_doubt = _put_in_doubt(tx, unsent)
            tx.conn.execute("DELETE FROM presence")
            tx.conn.execute("UPDATE job SET seen_at = 0 WHERE finished_at IS NULL")  # the next start resumes it
            store_setting(tx, RESTORED, str(tx.now_ms))
            self._record(tx, as_of, in_doubt)
        return Prepared(as_of, in_doubt, state)

    def keep(self, present: PresentOptOuts, drafts: tuple[StoredDraft, ...] = ()) -> int:
        """Opt out the numbers that the backup does not have as opted out, and return how many; keep drafts too."""
        db = Database(self.path, clock=self.clock)
        try:
            with db.writing() as tx:
                tx.hold(EverythingLock())
                keep_drafts(tx, drafts)
                return keep_opt_outs(tx, self._who(tx), present)
        finally:
            db.close()

    def _record(self, tx: Transaction, as_of: datetime | None, in_doubt: int) -> None:
        """Journal the restore; a login that the backup does not have is kept in the facts."""
        who = self._who(tx)
        as_of_iso = None if as_of is None else as_of.isoformat()
        facts = BackupRestored(self.source.name, as_of_iso, stranger=None if who else self.login, in_doubt=in_doubt)
        record(tx, who, EventKind.RESTORE, facts)

    def _who(self, tx: Transaction) -> Identity | None:
        with suppress(ThrumsgError):
            return Identity(find_user(tx.conn, self.acting_for or self.login), find_user(tx.conn, self.login))
        return None


def _put_in_doubt(tx: Transaction, unsent: Collection[MessageId] | None) -> int:
    """Put in doubt what waited, unless it is scheduled for later and still was when the backup was restored."""
    rows = tx.conn.execute(
        "SELECT id, state, leaves_at FROM message WHERE state IN ('queued', 'sending', 'unsent')"
    ).fetchall()
    left = [
        row["id"]
        for row in rows
        if row["state"] != MessageState.UNSENT
        or row["leaves_at"] is None
        or row["leaves_at"] <= tx.now_ms
        or unsent is None
        or row["id"] not in unsent
    ]
    # What the carrier was found without before says nothing of what left since.
    tx.conn.execute("UPDATE message SET checked_at = NULL WHERE state = 'in_doubt'")
    tx.conn.executemany(
        """
        UPDATE message SET state = ?, state_at = ?, leaves_at = NULL, checked_at = NULL, error_code = NULL,
                           error_text = ?
        WHERE id = ?
        """,
        ((MessageState.IN_DOUBT, tx.now_ms, _MAY_HAVE_LEFT, each) for each in left),
    )
    return len(left)

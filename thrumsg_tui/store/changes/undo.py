"""Undo and redo of recorded changes (`docs/rules.md 4.9`)."""

from __future__ import annotations

from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.reassignment import Outcome
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.bulk_move_job import begin, finish
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.locks import EventLock
from thrumsg_tui.store.progress import OnProgress
from thrumsg_tui.store.queries.bulk_move_jobs import job_of
from thrumsg_tui.store.queries.undo_preview import change_to_undo


def undo(
    db: Database, who: Identity, event_id: EventId | None = None, on_progress: OnProgress | None = None
) -> Outcome:
    """Undo a change; undoing an undo is a redo.

    Conversations that were moved again since, or whose former sender has left, are skipped and listed.

    Args:
        db: The database.
        who: The person.
        event_id: The change; None for the person's own last one that can be undone and is not an undo.
        on_progress: Called with the number of conversations of a job moved or skipped so far, and of all.

    Returns:
        What was undone. Its `event` is None if nothing was left to undo, and then nothing is journalled.

    Raises:
        NotFound: If there is no such event.
        Refused: If the change cannot be undone, or was undone already.
    """
    begun = begin_undo(db, who, event_id)

    def tell(done: int) -> None:
        with db.reading() as conn:
            job = job_of(conn, begun.event) if begun.event else None
        if on_progress and job:
            on_progress(done, job.total)

    return finish(db, begun, tell if on_progress else None)


@change
def begin_undo(db: Database, who: Identity, event_id: EventId | None = None) -> Outcome:
    """Undo a change as `undo` does, but only begin a large one.

    The outcome of a large one is `under_way`; `bulk_move_job.step` or `finish` continues it.
    """
    who.require(Permission.WORK)
    with db.reading() as conn:
        found = change_to_undo(conn, who, event_id)
        large = found.bulk_plan(conn, db.pacing)  # it reads only, so that no writer waits
    with db.writing(bulk=True, keeps_references=found.keeps_references and large is None) as tx:
        tx.hold(EventLock(found.event.id), *found.locks(tx.conn))
        change = change_to_undo(tx.conn, who, found.event.id)  # somebody may have undone it before it was held
        if large is not None:
            outcome = begin(tx, who, large, kind=change.undo_kind, undoes=change.event.id)
        else:
            outcome = change.revert(tx, who)
        if outcome.event is not None:
            tx.conn.execute("UPDATE event SET undone_by = ? WHERE id = ?", (outcome.event, change.event.id))
        return outcome

"""Taking changes back, and an undo back again (`docs/rules.md 4.9`)."""

from __future__ import annotations

from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.people import Identity, Permission
from thrumsg_tui.domain.reassignment import Outcome
from thrumsg_tui.store.changes.bulk_move_job import begin, finish
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.undo_preview import change_to_undo


def undo(db: Database, who: Identity, event_id: EventId | None = None) -> Outcome:
    """Take back a change, by default the person's own last one that is not an undo.

    Conversations that were moved again since, or whose former sender has left, are skipped and listed. Raises
    `Refused` if the change cannot be taken back, or was already.
    """
    return finish(db, begin_undo(db, who, event_id))


def begin_undo(db: Database, who: Identity, event_id: EventId | None = None) -> Outcome:
    """Take back a change, or where it moved many only begin to: it is `under_way` then, and `step` goes on."""
    who.require(Permission.WORK)
    with db.reading() as conn:  # what is planned for a job keeps nobody waiting
        large = change_to_undo(conn, who, event_id).bulk_plan(conn, db.pacing)
    with db.writing() as tx:
        change = change_to_undo(tx.conn, who, event_id)
        if large is not None and large.as_of == change.event.id:
            outcome = begin(tx, who, large, kind=change.undo_kind, undoes=change.event.id)
        else:
            outcome = change.revert(tx, who)
        if outcome.event is not None:
            tx.conn.execute("UPDATE event SET undone_by = ? WHERE id = ?", (outcome.event, change.event.id))
        return outcome

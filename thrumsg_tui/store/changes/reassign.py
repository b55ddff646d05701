"""Reassigning conversations, in one transaction or, where they are too many for that, in steps (`docs/rules.md` 4)."""

from __future__ import annotations

from collections.abc import Callable

from thrumsg_tui.domain.campaigns import AssignmentId
from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.people import Identity, Permission
from thrumsg_tui.domain.reassignment import Outcome, Plan, Request, moved_sentence, net_gains, sides
from thrumsg_tui.store.changes.apply_moves import apply_moves
from thrumsg_tui.store.changes.bulk_move_job import begin, finish, is_long
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.queries.campaigns import campaign
from thrumsg_tui.store.queries.reassignment import at_most, plan, require_not_archived, still_possible


def reassign(db: Database, who: Identity, request: Request) -> Outcome:
    """Plan and apply at once; raises `Refused` in the cases of `docs/rules.md 4.6`."""
    who.require(Permission.REASSIGN)
    with db.reading() as conn:  # what is planned for a job keeps nobody waiting
        large = plan(conn, request, db.clock()) if db.pacing.too_many(at_most(conn, request)) else None
    if large and db.pacing.too_many(len(large.moves)):
        return apply_plan(db, who, large)
    with db.writing() as tx:
        return move(tx, who, plan(tx.conn, request, tx.now))


def apply_plan(db: Database, who: Identity, planned: Plan, on_progress: Callable[[int], None] | None = None) -> Outcome:
    """Apply exactly what was previewed; what changed hands since is skipped (`docs/rules.md 4.7`).

    `on_progress` is told how many were dealt with so far, in the thread that makes the change.
    """
    return finish(db, begin_plan(db, who, planned, on_progress), on_progress)


def begin_plan(db: Database, who: Identity, planned: Plan, on_progress: Callable[[int], None] | None = None) -> Outcome:
    """Apply a plan, or where it is large only begin with it: it is `under_way` then, and `paced.step` goes on."""
    who.require(Permission.REASSIGN)
    with db.reading() as conn:
        long = is_long(conn, planned, db.pacing)
    with db.writing() as tx:
        require_not_archived(campaign(tx.conn, planned.campaign_id))
        return begin(tx, who, planned) if long else move(tx, who, planned, on_progress=on_progress)


def move(
    tx: Transaction,
    who: Identity,
    planned: Plan,
    *,
    kind: EventKind = EventKind.REASSIGN,
    undoes: EventId | None = None,
    removed: AssignmentId | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> Outcome:
    """Move what still is where the plan found it, in one journal entry; nothing moved leaves none.

    `removed` is the assignment of a sender who leaves the campaign with this; it is put back by undo.
    """
    moves, skipped = still_possible(tx.conn, planned)
    skipped = [*planned.already_there, *skipped]
    sentence = moved_sentence(len(moves), *sides(moves, planned.names), len(skipped))
    if removed is not None:
        left = kind is not EventKind.UNDO
        what = "took {} off" if left else "put {} back on"
        sentence = f"{what.format(planned.names[removed])} the campaign; {sentence}"
    if not moves and removed is None:
        return Outcome(None, 0, tuple(skipped), {}, sentence)
    event_id = record(
        tx,
        who,
        kind,
        sentence,
        campaign_id=planned.campaign_id,
        details={"removed": removed, "skipped": len(skipped)},
        undoable=True,
        undoes=undoes,
    )
    apply_moves(tx, event_id, ((each.conversation_id, each.source, each.destination) for each in moves), on_progress)
    return Outcome(event_id, len(moves), tuple(skipped), net_gains(tuple(moves), planned.logins), sentence)

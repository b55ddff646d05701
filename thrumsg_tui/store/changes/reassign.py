"""Reassign conversations, in one transaction or, if they are too many, as a job of steps (`docs/rules.md` 4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Self

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversation_facts import Moved, SenderRemoved, SenderReturned
from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.event_sentences import summary
from thrumsg_tui.domain.events import Event, EventKind, UndoPreview
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.reassignment import Outcome, Plan, Request, net_gains, sides
from thrumsg_tui.domain.redaction import IN_FULL
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.apply_moves import apply_moves
from thrumsg_tui.store.changes.bulk_move_job import begin, finish, is_long
from thrumsg_tui.store.changes.undoable_change import Details, RecordedEvent, UndoableChange, read_entry
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import CampaignLock, Lock
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.store.progress import OnProgress, no_progress
from thrumsg_tui.store.queries.campaigns import get_campaign
from thrumsg_tui.store.queries.possible_moves import still_possible
from thrumsg_tui.store.queries.reassignment import at_most, plan, require_not_archived
from thrumsg_tui.store.queries.undo_plan import any_goes_back, count_moves, undo_plan


@change
def reassign(db: Database, who: Identity, request: Request, on_progress: OnProgress = no_progress) -> Outcome:
    """Plan a reassignment and apply it, without a preview in between.

    A large one is a job, and this returns when the job is finished.

    Args:
        db: The database.
        who: The person.
        request: What moves where.
        on_progress: Called with the number of conversations of a job moved or skipped so far, and of all.

    Raises:
        Refused: In the cases of `docs/rules.md 4.6`, if the campaign is archived (`docs/rules.md 4.10`), or if the
            reassignment needs a job while another one is under way in the campaign.
    """
    who.require(Permission.REASSIGN)
    with db.reading() as conn:  # planning a job reads only, so that no writer waits
        large = plan(conn, request, db.clock()) if db.pacing.too_many(at_most(conn, request)) else None
    if large and db.pacing.too_many(len(large.moves)):
        begun = begin_plan(db, who, large, is_new=True)
        return finish(db, begun, lambda done: on_progress(done, len(large.moves)))
    with db.writing(bulk=True, keeps_references=True) as tx:
        tx.hold(CampaignLock(request.campaign_id))
        return move(tx, who, plan(tx.conn, request, tx.now), is_present=True)


def apply_plan(db: Database, who: Identity, planned: Plan, on_progress: Callable[[int], None] | None = None) -> Outcome:
    """Apply a plan exactly as previewed; conversations that were moved since are skipped (`docs/rules.md 4.7`).

    A large one is a job, and this returns when the job is finished.

    Args:
        db: The database.
        who: The person.
        planned: The plan.
        on_progress: Called with the number of conversations moved or skipped so far, in the same thread.

    Raises:
        Refused: If the campaign is archived, or a job is needed while another one is under way in the campaign.
    """
    return finish(db, begin_plan(db, who, planned, on_progress), on_progress)


@change
def begin_plan(
    db: Database,
    who: Identity,
    planned: Plan,
    on_progress: Callable[[int], None] | None = None,
    *,
    is_new: bool = False,
) -> Outcome:
    """Apply a plan as `apply_plan` does, but only begin a large one; one that `is_new` was made just now.

    The outcome of a large one is `under_way`; `bulk_move_job.step` or `finish` continues it.
    """
    who.require(Permission.REASSIGN)
    if is_new:
        long = db.pacing.too_many(len(planned.moves))
    else:
        with db.reading() as conn:
            long = is_long(conn, planned, db.pacing)
    with db.writing(bulk=True, keeps_references=not long) as tx:  # a list for steps is looked at by these
        tx.hold(CampaignLock(planned.campaign_id))
        require_not_archived(get_campaign(tx.conn, planned.campaign_id))
        return begin(tx, who, planned) if long else move(tx, who, planned, on_progress=on_progress)


def move(
    tx: Transaction,
    who: Identity,
    planned: Plan,
    *,
    kind: EventKind = EventKind.REASSIGN,
    undoes: EventId | None = None,
    removed: AssignmentId | None = None,
    is_present: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> Outcome:
    """Make the moves of a plan that are still possible, in one transaction and under one event.

    The caller checks permissions.

    Args:
        tx: The transaction.
        who: The person.
        planned: The plan.
        kind: What the event is recorded as.
        undoes: The event that the moves undo, if they undo one.
        removed: The assignment of a sender who is removed from the campaign with the moves, or put back by their undo.
        is_present: Whether the plan was made in this transaction, so that all of it is possible.
        on_progress: Called with the number of conversations moved so far, in the same thread.

    Returns:
        What was moved. If nothing was, and no sender is `removed`, its `event` is None and nothing is journalled.
    """
    moves, skipped = ([*planned.moves], []) if is_present else still_possible(tx.conn, planned)
    skipped = [*planned.already_there, *skipped]
    sources, destinations = sides(moves, planned.names)
    moved = Moved(len(moves), tuple(sources), tuple(destinations), len(skipped))
    facts: Moved | SenderRemoved | SenderReturned = moved
    if removed is not None:
        name = planned.names[removed]
        facts = SenderReturned(name, moved) if kind is EventKind.UNDO else SenderRemoved(name, moved)
    sentence = summary(facts, IN_FULL)
    if not moves and removed is None:
        return Outcome(None, 0, tuple(skipped), {}, sentence)
    event_id = record(
        tx,
        who,
        kind,
        facts,
        campaign_id=planned.campaign_id,
        details={"removed": removed, "skipped": len(skipped)},
        undoable=True,
        undoes=undoes,
    )
    apply_moves(tx, event_id, (planned_move.way for planned_move in moves), on_progress)
    return Outcome(event_id, len(moves), tuple(skipped), net_gains(tuple(moves), planned.logins), sentence)


@dataclass(frozen=True, slots=True)
class Reassignment(UndoableChange):
    """Moves of conversations in a campaign, which are in `event_conversation`."""

    ends_with_campaign = True
    keeps_references = True

    campaign_id: CampaignId

    @classmethod
    def parse(cls, event: RecordedEvent, details: Details) -> Self | None:
        """Parse it from its event, unless a sender was removed with it."""
        if event.campaign_id is None or "removed" not in details or details["removed"] is not None:
            return None
        return cls(event, event.campaign_id)

    def require(self, conn: Connection, who: Identity) -> None:
        """Require the permission to reassign, and the campaign not to be archived."""
        who.require(Permission.REASSIGN)
        self.require_not_archived(conn)

    def is_effective(self, conn: Connection) -> bool:
        """Whether any conversation can go back; stop at the first one that can."""
        return any_goes_back(conn, self.campaign_id, self.event.id)

    def preview(self, conn: Connection, entry: Event) -> UndoPreview:
        """Count the conversations that would go back, and list those that would stay."""
        planned = undo_plan(conn, self.campaign_id, self.event.id)
        moves, skipped = still_possible(conn, planned)
        return UndoPreview(entry, bool(moves), len(moves), tuple(skipped), net_gains(tuple(moves), planned.logins))

    def bulk_plan(self, conn: Connection, pacing: Pacing) -> Plan | None:
        """Return the plan of the reversed moves if they need a job."""
        if not pacing.too_many(count_moves(conn, self.event.id)):
            return None
        planned = undo_plan(conn, self.campaign_id, self.event.id)
        return planned if is_long(conn, planned, pacing) else None

    def locks(self, conn: Connection) -> Sequence[Lock]:
        """The campaign."""
        return [CampaignLock(self.campaign_id)]

    def revert(self, tx: Transaction, who: Identity) -> Outcome:
        """Move back the conversations that were not moved again since."""
        planned = undo_plan(tx.conn, self.campaign_id, self.event.id)
        return move(tx, who, planned, kind=self.undo_kind, undoes=self.event.id)


@dataclass(frozen=True, slots=True)
class SenderRemoval(UndoableChange):
    """The removal of a sender from a campaign, with the moves of their conversations; as an undo, their return."""

    ends_with_campaign = True
    keeps_references = True

    campaign_id: CampaignId
    removed: AssignmentId

    @classmethod
    def parse(cls, event: RecordedEvent, details: Details) -> Self | None:
        """Parse it from its event."""
        if event.campaign_id is None or details.get("removed") is None:
            return None
        return cls(event, event.campaign_id, AssignmentId(details["removed"]))

    def require(self, conn: Connection, who: Identity) -> None:
        """Require the permissions to reassign and to manage people, and that the removal can be undone or redone.

        It cannot be undone after a later removal of the same sender, nor redone if the sender would keep conversations.
        """
        who.require(Permission.REASSIGN)
        self.require_not_archived(conn)
        who.require(Permission.MANAGE_PEOPLE)
        self._require_last_removal(conn)
        if self.is_undo:
            self._require_nothing_left(conn)

    def is_effective(self, conn: Connection) -> bool:
        """Always true: the sender returns even if no conversation does."""
        return True

    def preview(self, conn: Connection, entry: Event) -> UndoPreview:
        """Count the conversations that would go back, also to the returning sender, and list those that would stay."""
        planned = undo_plan(conn, self.campaign_id, self.event.id)
        moves, skipped = still_possible(conn, planned, returning=None if self.is_undo else self.removed)
        gains = net_gains(tuple(moves), planned.logins)
        return UndoPreview(entry, True, len(moves), tuple(skipped), gains)

    def locks(self, conn: Connection) -> Sequence[Lock]:
        """The campaign."""
        return [CampaignLock(self.campaign_id)]

    def revert(self, tx: Transaction, who: Identity) -> Outcome:
        """Put the sender back on the campaign or, for a redo, remove them, and move back what can be."""
        tx.conn.execute("UPDATE assignment SET active = ? WHERE id = ?", (int(not self.is_undo), self.removed))
        planned = undo_plan(tx.conn, self.campaign_id, self.event.id)
        return move(tx, who, planned, kind=self.undo_kind, undoes=self.event.id, removed=self.removed)

    def _require_last_removal(self, conn: Connection) -> None:
        """Raise `Refused` if a later change removed the same sender, and was not undone; by `event_of_campaign`."""
        rows = conn.execute(
            """
            SELECT id, action, campaign_id, details FROM event
            WHERE campaign_id = ? AND id > ? AND undone_by IS NULL AND action IN (?, ?) ORDER BY id DESC
            """,
            (self.campaign_id, self.event.id, EventKind.REMOVE_SENDER, EventKind.REDO),
        )
        for row in rows:
            later = SenderRemoval.parse(*read_entry(row))
            if later is not None and later.removed == self.removed:
                raise Refused(f"The same sender was removed again since, by change {later.event.id}: undo that first.")

    def _require_nothing_left(self, conn: Connection) -> None:
        """Raise `Refused` if a sender who is removed by a redo would keep conversations."""
        held = conn.execute("SELECT assigned FROM assignment WHERE id = ?", (self.removed,)).fetchone()
        planned = undo_plan(conn, self.campaign_id, self.event.id)
        moves, _ = still_possible(conn, planned)
        if left := held["assigned"] - len(moves):
            name = planned.names[self.removed]
            raise Refused(
                f"{name} would keep {pluralize(left, 'conversation')}. Remove {name} from the campaign again instead, "
                "and choose who gets the conversations."
            )

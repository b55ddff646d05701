"""Reassigning conversations, in one transaction or, where they are too many for that, in steps (`docs/rules.md` 4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversation_facts import Moved, SenderRemoved, SenderReturned
from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.event_sentences import summary
from thrumsg_tui.domain.events import Event, EventKind, UndoPreview
from thrumsg_tui.domain.people import Identity, Permission
from thrumsg_tui.domain.reassignment import Outcome, Plan, Request, net_gains, sides
from thrumsg_tui.domain.redaction import IN_FULL
from thrumsg_tui.store.changes.apply_moves import apply_moves
from thrumsg_tui.store.changes.bulk_move_job import begin, finish, is_long
from thrumsg_tui.store.changes.undoable_change import Details, RecordedEvent, UndoableChange, read_entry
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.base import Connection
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.store.queries.campaigns import get_campaign
from thrumsg_tui.store.queries.reassignment import at_most, plan, require_not_archived, still_possible
from thrumsg_tui.store.queries.undo_plan import any_goes_back, count_moves, undo_plan


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
    """Apply a plan; where it is large only begin with it: it is `under_way`, and `bulk_move_job.step` goes on."""
    who.require(Permission.REASSIGN)
    with db.reading() as conn:
        long = is_long(conn, planned, db.pacing)
    with db.writing() as tx:
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
    on_progress: Callable[[int], None] | None = None,
) -> Outcome:
    """Move what still is where the plan found it, in one journal entry; nothing moved leaves none.

    `removed` is the assignment of a sender who leaves the campaign with this; it is put back by undo.
    """
    moves, skipped = still_possible(tx.conn, planned)
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
    apply_moves(tx, event_id, (each.way for each in moves), on_progress)
    return Outcome(event_id, len(moves), tuple(skipped), net_gains(tuple(moves), planned.logins), sentence)


@dataclass(frozen=True, slots=True)
class Reassignment(UndoableChange):
    """Moves of conversations in a campaign; `event_conversation` has them."""

    ends_with_campaign = True

    campaign_id: CampaignId

    @classmethod
    def parse(cls, event: RecordedEvent, details: Details) -> Self | None:
        """Read it from its entry, unless a sender was removed with it."""
        if event.campaign_id is None or "removed" not in details or details["removed"] is not None:
            return None
        return cls(event, event.campaign_id)

    def require(self, conn: Connection, who: Identity) -> None:
        """Require the permission to reassign, and that the campaign is not archived."""
        who.require(Permission.REASSIGN)
        self.require_not_archived(conn)

    def is_effective(self, conn: Connection) -> bool:
        """Whether any conversation can go back; look no further than the first one that can."""
        return any_goes_back(conn, self.campaign_id, self.event.id)

    def preview(self, conn: Connection, entry: Event) -> UndoPreview:
        """Count what would go back, and list what would stay."""
        planned = undo_plan(conn, self.campaign_id, self.event.id)
        moves, skipped = still_possible(conn, planned)
        return UndoPreview(entry, bool(moves), len(moves), tuple(skipped), net_gains(tuple(moves), planned.logins))

    def bulk_plan(self, conn: Connection, pacing: Pacing) -> Plan | None:
        """Plan the way back where it is made in steps."""
        if not pacing.too_many(count_moves(conn, self.event.id)):
            return None
        planned = undo_plan(conn, self.campaign_id, self.event.id)
        return planned if is_long(conn, planned, pacing) else None

    def revert(self, tx: Transaction, who: Identity) -> Outcome:
        """Move back what still is where the change brought it."""
        planned = undo_plan(tx.conn, self.campaign_id, self.event.id)
        return move(tx, who, planned, kind=self.undo_kind, undoes=self.event.id)


@dataclass(frozen=True, slots=True)
class SenderRemoval(UndoableChange):
    """The removal of a sender from a campaign, with the moves of what they held; as an undo, their return."""

    ends_with_campaign = True

    campaign_id: CampaignId
    removed: AssignmentId

    @classmethod
    def parse(cls, event: RecordedEvent, details: Details) -> Self | None:
        """Read it from its entry."""
        if event.campaign_id is None or details.get("removed") is None:
            return None
        return cls(event, event.campaign_id, AssignmentId(details["removed"]))

    def require(self, conn: Connection, who: Identity) -> None:
        """Require the permissions to reassign and to manage people, and that the sender can come back, or go."""
        who.require(Permission.REASSIGN)
        self.require_not_archived(conn)
        who.require(Permission.MANAGE_PEOPLE)
        self._require_last_removal(conn)
        if self.is_undo:
            self._require_nothing_left(conn)

    def is_effective(self, conn: Connection) -> bool:
        """It always is: the sender comes back even where no conversation does."""
        return True

    def preview(self, conn: Connection, entry: Event) -> UndoPreview:
        """Count what would go back, to the sender who returns too, and list what would stay."""
        planned = undo_plan(conn, self.campaign_id, self.event.id)
        moves, skipped = still_possible(conn, planned, returning=None if self.is_undo else self.removed)
        gains = net_gains(tuple(moves), planned.logins)
        return UndoPreview(entry, True, len(moves), tuple(skipped), gains)

    def revert(self, tx: Transaction, who: Identity) -> Outcome:
        """Put the sender back on the campaign, or take them off again, and move back what can be."""
        tx.conn.execute("UPDATE assignment SET active = ? WHERE id = ?", (int(not self.is_undo), self.removed))
        planned = undo_plan(tx.conn, self.campaign_id, self.event.id)
        return move(tx, who, planned, kind=self.undo_kind, undoes=self.event.id, removed=self.removed)

    def _require_last_removal(self, conn: Connection) -> None:
        """Raise `Refused` where another change has removed the sender anew; by `event_of_campaign`."""
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
        """Raise `Refused` if a sender who is removed once more would keep any."""
        held = conn.execute("SELECT assigned FROM assignment WHERE id = ?", (self.removed,)).fetchone()
        planned = undo_plan(conn, self.campaign_id, self.event.id)
        moves, _ = still_possible(conn, planned)
        if left := held["assigned"] - len(moves):
            raise Refused(
                f"{planned.names[self.removed]} would keep {left} of theirs: remove them anew, and say where all go."
            )

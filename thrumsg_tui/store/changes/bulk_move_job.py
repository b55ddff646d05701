"""Jobs: moves too large for one transaction, made in steps that everyone can see (`docs/rules.md 4.8`).

`begin` writes the event and a list of the conversations to move. Each step is one transaction: it takes conversations
off the list, moves them under that event, and leaves every count right. So nothing is moved twice, whichever process
makes the step. A job without a step for `Pacing.stalled_after` is abandoned, and any process may finish it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversation_facts import MoveBegun, Moved
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.errors import DatabaseBusy, Nothing, Refused, ThrumsgError
from thrumsg_tui.domain.event_sentences import summary
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.reassignment import Outcome, Plan
from thrumsg_tui.domain.redaction import IN_FULL
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.apply_moves import apply_moves
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.journal import record, recorded_facts, rewrite
from thrumsg_tui.store.locks import CampaignLock
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.store.queries.bulk_move_jobs import Job, job_in, job_of, open_jobs
from thrumsg_tui.store.queries.possible_moves import next_moves, possible_among
from thrumsg_tui.store.queries.undo_plan import people_in

_AT_ONCE = 5000
"""How many moves `is_long` looks at before it asks whether they are too many."""


def is_long(conn: Connection, planned: Plan, pacing: Pacing) -> bool:
    """Whether so many moves of a plan are still possible that they need a job; 3 µs a move, up to that many."""
    possible = 0
    for start in range(0, len(planned.moves) if pacing.too_many(len(planned.moves)) else 0, _AT_ONCE):
        some = planned.moves[start : start + _AT_ONCE]
        possible += len(possible_among(conn, planned.campaign_id, planned.as_of, some))
        if pacing.too_many(possible):
            return True
    return False


def require_no_job(tx: Transaction, campaign_id: CampaignId) -> None:
    """Raise `Refused` if a job is under way in the campaign."""
    if job := job_in(tx.conn, campaign_id):
        raise Refused(f"{job.sentence} conversations in this campaign: wait until that is done.", Nothing.CHANGED)


def begin(
    tx: Transaction,
    who: Identity,
    planned: Plan,
    *,
    kind: EventKind = EventKind.REASSIGN,
    undoes: EventId | None = None,
) -> Outcome:
    """Journal a job with the list of its moves, and move nothing yet; 2 µs a move.

    Args:
        tx: The transaction.
        who: The person.
        planned: The moves.
        kind: What the event is recorded as.
        undoes: The event that the moves undo, if they undo one.

    Returns:
        An outcome that is `under_way`, for `finish` or repeated `step`.

    Raises:
        Refused: If another job is under way in the campaign.
    """
    require_no_job(tx, planned.campaign_id)
    sources, destinations = planned.sides
    facts = MoveBegun(len(planned.moves), tuple(sources), tuple(destinations))
    details = {"removed": None, "skipped": len(planned.already_there)}
    event_id = record(tx, who, kind, facts, campaign_id=planned.campaign_id, details=details, undoes=undoes)
    there = len(planned.already_there)
    tx.conn.execute(
        "INSERT INTO job (event_id, campaign_id, as_of, total, skipped, seen_at) VALUES (?, ?, ?, ?, ?, ?)",
        (event_id, planned.campaign_id, planned.as_of, len(planned.moves) + there, there, tx.now_ms),
    )
    tx.conn.executemany(
        """
        INSERT INTO job_conversation (event_id, skipped, conversation_id, from_assignment_id, to_assignment_id)
        VALUES (?, 0, ?, ?, ?)
        """,
        ((event_id, move.conversation_id, move.source, move.destination) for move in planned.moves),
    )
    tx.conn.executemany(
        "INSERT INTO job_conversation (event_id, skipped, conversation_id) VALUES (?, 1, ?)",
        ((event_id, each) for each in planned.already_there),
    )
    return Outcome(event_id, there, (), {}, summary(facts, IN_FULL), under_way=True)


def finish(db: Database, begun: Outcome, on_progress: Callable[[int], None] | None = None) -> Outcome:
    """Make all steps of a job and return what it did; return an outcome that is not `under_way` unchanged.

    If an exception or a signal ends it early, the job is released, so that another process can finish it at once.

    Args:
        db: The database.
        begun: The outcome of `begin` or `step`.
        on_progress: Called after each step with the number of conversations moved or skipped so far.
    """
    try:
        while begun.under_way:
            db.pacing.wait(db.pacing.pause)
            with suppress(DatabaseBusy):  # the step is tried again
                begun = step(db, begun)
            if on_progress:
                on_progress(begun.moved + len(begun.skipped))
    except BaseException:
        let_go(db, begun)
        raise
    return begun


@change
def step(db: Database, begun: Outcome) -> Outcome:
    """Make the next step of a job in one transaction, and return how far the job is.

    It makes no step if another process has made one since `begun`, or if the job is finished.

    Raises:
        Refused: If the job is gone, because the database was replaced.
    """
    if begun.event is None:
        return begun
    with db.writing(bulk=True, keeps_references=True) as tx:
        job = _hold(tx, begun.event)
        if job and not job.finished and job.passed == begun.moved:
            until = monotonic() + db.pacing.hold
            while _take_some(tx, job, db.pacing.step) and monotonic() < until:
                pass
    event = begun.event
    return db.read(lambda conn: outcome_of(conn, event))


def outcome_of(conn: Connection, event_id: EventId) -> Outcome:
    """Return what a job did, or how far it is; raise `Refused` if the job is gone."""
    job = job_of(conn, event_id)
    if job is None:
        raise Refused("The move is gone: somebody has replaced the whole database meanwhile, as a restore does.")
    sentence = summary(recorded_facts(conn, event_id), IN_FULL)
    if not job.finished:
        return Outcome(event_id, job.passed, (), {}, sentence, under_way=True)
    gains: dict[str, int] = {}
    _, logins = people_in(conn, job.campaign_id)
    for source, destination, moved in _flows(conn, event_id):
        for side, gain in ((destination, moved), (source, -moved)):
            gains[logins[side] or "unassigned"] = gains.get(logins[side] or "unassigned", 0) + gain
    rows = conn.execute(
        "SELECT conversation_id FROM job_conversation WHERE event_id = ? AND skipped = 1 ORDER BY conversation_id",
        (event_id,),
    )
    skipped = tuple(ConversationId(row["conversation_id"]) for row in rows)
    gains = {login: gain for login, gain in gains.items() if gain}
    return Outcome(event_id if job.done else None, job.done, skipped, gains, sentence)


@change
def let_go(db: Database, begun: Outcome) -> None:
    """Mark a job as abandoned, so that any process may finish it at once; if that fails, they wait until it stalls."""
    with suppress(ThrumsgError), db.writing() as tx:
        tx.conn.execute("UPDATE job SET seen_at = 0 WHERE event_id = ? AND finished_at IS NULL", (begun.event,))


def stands_still(job: Job, now: datetime, pacing: Pacing) -> bool:
    """Whether the last step of a job is so long ago that its process must have died."""
    return now - job.seen_at > timedelta(seconds=pacing.stalled_after)


def left_behind(db: Database) -> list[Job]:
    """List the abandoned jobs, by the clock."""
    with db.reading() as conn:
        return [job for job in open_jobs(conn) if stands_still(job, db.clock(), db.pacing)]


def finish_left_behind(db: Database) -> list[Outcome]:
    """Finish the abandoned jobs, and return what they did.

    It watches each other job until its process makes a step, and then leaves it alone. If there is no step within
    `Pacing.stalled_after` seconds, that job counts as abandoned too.
    """
    with db.reading() as conn:
        jobs = open_jobs(conn)
    watched = [_watched(db, job) for job in jobs]
    with db.reading() as conn:
        begun = [outcome_of(conn, job.event_id) for job in watched if job]
    return [finish(db, outcome) for outcome in begun]


def _watched(db: Database, job: Job) -> Job | None:
    """Watch a job: return it if it makes no step, None as soon as it makes one."""
    pacing = db.pacing
    until = monotonic() + pacing.stalled_after
    while not stands_still(job, db.clock(), pacing) and monotonic() < until:
        pacing.wait(pacing.pause)
        with db.reading() as conn:
            later = job_of(conn, job.event_id)
        if later is None or later.finished or later.passed != job.passed:
            return None
        job = later
    return job


def _hold(tx: Transaction, event_id: EventId) -> Job | None:
    """Hold the campaign of a job, and return the job; None if it is gone."""
    if job := job_of(tx.conn, event_id):
        tx.hold(CampaignLock(job.campaign_id))
    return job and job_of(tx.conn, event_id)


def _take_some(tx: Transaction, job: Job, size: int) -> bool:
    """Move the next conversations of the list, or end the job; return whether there may be more."""
    listed = next_moves(tx.conn, job, size)
    ways = [way for way, is_possible in listed if is_possible]
    skipped = [way.conversation_id for way, is_possible in listed if not is_possible]
    apply_moves(tx, job.event_id, ways)
    if listed:
        _cross_off(tx, job, listed[-1][0].conversation_id, skipped)
    tx.conn.execute(
        "UPDATE job SET done = done + ?, skipped = skipped + ?, seen_at = ? WHERE event_id = ?",
        (len(ways), len(skipped), tx.now_ms, job.event_id),
    )
    more = len(listed) == size
    if not more:
        _end(tx, job.event_id)
    return more


def _cross_off(tx: Transaction, job: Job, last: ConversationId, skipped: list[ConversationId]) -> None:
    """Delete from the list what was moved, and mark on it what was skipped."""
    tx.conn.executemany(
        "UPDATE job_conversation SET skipped = 1 WHERE event_id = ? AND skipped = 0 AND conversation_id = ?",
        ((job.event_id, each) for each in skipped),
    )
    tx.conn.execute(
        "DELETE FROM job_conversation WHERE event_id = ? AND skipped = 0 AND conversation_id <= ?",
        (job.event_id, last),
    )


def _end(tx: Transaction, event_id: EventId) -> None:
    """Finish a job: write in its event what was moved, and make it undoable if anything was.

    If it was an undo and moved nothing, the change that it undid counts as not undone.
    """
    job = job_of(tx.conn, event_id)
    if job is None:
        raise LookupError(event_id)
    names, _ = people_in(tx.conn, job.campaign_id)
    flows = _flows(tx.conn, event_id)
    sources = tuple(dict.fromkeys(names[source] for source, _, _ in flows))
    destinations = tuple(dict.fromkeys(names[destination] for _, destination, _ in flows))
    facts = Moved(job.done, sources, destinations, job.skipped)
    tx.conn.execute("UPDATE job SET finished_at = ? WHERE event_id = ?", (tx.now_ms, event_id))
    rewrite(tx, event_id, facts, details={"removed": None, "skipped": job.skipped}, undoable=job.done > 0)
    if not job.done:
        tx.conn.execute("UPDATE event SET undone_by = NULL WHERE undone_by = ?", (event_id,))


def _flows(conn: Connection, event_id: EventId) -> list[tuple[AssignmentId, AssignmentId, int]]:
    """Return (source, destination, number of moves) of an event, ordered by the smallest conversation id of each."""
    rows = conn.execute(
        """
        SELECT from_assignment_id, to_assignment_id, COUNT(*) AS moved
        FROM event_conversation WHERE event_id = ?
        GROUP BY from_assignment_id, to_assignment_id ORDER BY MIN(conversation_id)
        """,
        (event_id,),
    )
    return [
        (AssignmentId(row["from_assignment_id"]), AssignmentId(row["to_assignment_id"]), row["moved"]) for row in rows
    ]

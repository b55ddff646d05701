"""Check bulk moves in steps: their figures, and their events (`docs/rules.md 4.8`)."""

from __future__ import annotations

from collections.abc import Iterator

from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.doctor.problem import Problem
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.bulk_move_jobs import Job, jobs, wrong_figures
from thrumsg_tui.store.queries.history import get_event


def find(conn: Connection) -> Iterator[Problem]:
    """Find jobs whose figures contradict their recorded moves, or whose event contradicts their state."""
    for job, right in wrong_figures(conn):
        stored = f"{job.done} moved and {job.skipped} skipped of {job.total} is stored"
        yield Problem(named(job), f"{stored}, it is {right['done']} and {right['skipped']} of {right['total']}.")
    for job in jobs(conn):
        event = get_event(conn, job.event_id)
        if not job.finished and (event.undoable or event.undone_by):
            yield Problem(named(job), "is under way, and its entry says that it can be, or was, undone.")
        if job.finished and job.passed != job.total:
            yield Problem(named(job), f"has ended, with {job.passed} of {job.total} dealt with.")


def mend(tx: Transaction) -> Iterator[str]:
    """Recount their moves."""
    for job, figures in wrong_figures(tx.conn):
        right = "total = :total, done = :done, skipped = :skipped"
        tx.conn.execute(f"UPDATE job SET {right} WHERE event_id = :event_id", {**figures, "event_id": job.event_id})
        yield f"{named(job)} recounted"


def named(job: Job) -> str:
    """Return the name of a job in a sentence."""
    return f"the move of change {job.event_id}"

"""Moves that are under way in steps: whose, and how far (`docs/rules.md 4.8`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.people import UserId
from thrumsg_tui.store.engines.base import Connection, Row
from thrumsg_tui.store.times import from_ms

_JOB = """
    SELECT job.*, users.login AS by
    FROM job JOIN event ON event.id = job.event_id LEFT JOIN users ON users.id = event.actor_id
"""


@dataclass(frozen=True, slots=True)
class Job:
    """A move in steps: its entry in the journal, who began it, and how far it is; `as_of` is that of its plan."""

    event_id: EventId
    campaign_id: CampaignId
    by: str
    as_of: EventId
    total: int
    done: int
    skipped: int
    seen_at: datetime
    """When its last step was made."""
    finished: bool

    @property
    def passed(self) -> int:
        """How many conversations were moved or skipped so far."""
        return self.done + self.skipped

    @property
    def sentence(self) -> str:
        """Who moves how many, for everyone to see."""
        return f"{self.by} moves {self.passed:,} of {self.total:,}"


def jobs(conn: Connection) -> list[Job]:
    """List all that there ever were, oldest first."""
    return [_job_of(row) for row in conn.execute(f"{_JOB} ORDER BY job.event_id")]


def open_jobs(conn: Connection) -> list[Job]:
    """List what is under way in all campaigns; by `job_open`, 10 µs where there is nothing."""
    return [_job_of(row) for row in conn.execute(f"{_JOB} WHERE job.finished_at IS NULL")]


def job_in(conn: Connection, campaign_id: CampaignId) -> Job | None:
    """What is under way in a campaign; by `job_open`."""
    row = conn.execute(f"{_JOB} WHERE job.campaign_id = ? AND job.finished_at IS NULL", (campaign_id,)).fetchone()
    return None if row is None else _job_of(row)


def job_of(conn: Connection, event_id: EventId) -> Job | None:
    """The job that made a change, or still makes it; None for what was one transaction."""
    row = conn.execute(f"{_JOB} WHERE job.event_id = ?", (event_id,)).fetchone()
    return None if row is None else _job_of(row)


def begun_by(conn: Connection, user_id: UserId) -> EventId | None:
    """The last change of a person's that is under way and is not an undo; by `job_open`."""
    row = conn.execute(
        """
        SELECT MAX(job.event_id) AS id FROM job JOIN event ON event.id = job.event_id
        WHERE job.finished_at IS NULL AND event.user_id = ? AND event.action <> 'undo'
        """,
        (user_id,),
    ).fetchone()
    return None if row["id"] is None else EventId(row["id"])


def wrong_figures(conn: Connection) -> Iterator[tuple[Job, dict[str, int]]]:
    """Pair each job whose figures differ from what it has moved and has on its list with the right ones."""
    for job in jobs(conn):
        row = conn.execute(
            """
            SELECT (SELECT COUNT(to_assignment_id) FROM event_conversation WHERE event_id = :event_id) AS done,
                   COALESCE(SUM(skipped), 0) AS skipped, COUNT(*) AS listed
            FROM job_conversation WHERE event_id = :event_id
            """,
            {"event_id": job.event_id},
        ).fetchone()
        right = {"total": row["done"] + row["listed"], "done": row["done"], "skipped": row["skipped"]}
        if right != {"total": job.total, "done": job.done, "skipped": job.skipped}:
            yield job, right


def _job_of(row: Row) -> Job:
    return Job(
        event_id=EventId(row["event_id"]),
        campaign_id=CampaignId(row["campaign_id"]),
        by=row["by"] or "nobody",
        as_of=EventId(row["as_of"]),
        total=row["total"],
        done=row["done"],
        skipped=row["skipped"],
        seen_at=from_ms(row["seen_at"]),
        finished=row["finished_at"] is not None,
    )

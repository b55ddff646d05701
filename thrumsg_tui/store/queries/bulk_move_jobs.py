"""Jobs: bulk moves that are made in steps (`docs/rules.md 4.8`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.times import from_ms

if TYPE_CHECKING:
    from thrumsg_tui.domain.conversations import EventId
    from thrumsg_tui.domain.users import UserId
    from thrumsg_tui.store.engines.connection import Asked, Connection, Row

_JOB = """
    SELECT job.*, users.login AS by
    FROM job JOIN event ON event.id = job.event_id LEFT JOIN users ON users.id = event.actor_id
"""


@dataclass(frozen=True, slots=True)
class Job:
    """A bulk move in steps: its event, who began it, and its progress; `as_of` is that of its plan."""

    event_id: EventId
    campaign_id: CampaignId
    by: str
    as_of: EventId
    total: int
    done: int
    skipped: int
    seen_at: datetime
    """The time of its last step."""
    finished: bool

    @property
    def passed(self) -> int:
        """How many conversations were moved or skipped so far."""
        return self.done + self.skipped

    @property
    def sentence(self) -> str:
        """Its progress in words, with the login of who began it, for everyone to see."""
        return f"{self.by} moves {self.passed:,} of {self.total:,}"


def jobs(conn: Connection) -> list[Job]:
    """List all jobs, finished ones too, oldest first."""
    return [_job_of(row) for row in conn.execute(f"{_JOB} ORDER BY job.event_id")]


def open_jobs(conn: Connection) -> list[Job]:
    """List the unfinished jobs of all campaigns, in no order; by `job_open`, 10 µs if there are none."""
    return [_job_of(row) for row in conn.execute(f"{_JOB} WHERE job.finished_at IS NULL")]


def job_in(conn: Connection, campaign_id: CampaignId) -> Job | None:
    """Return the unfinished job of a campaign, or None; by `job_open`."""
    return ask_job_in(conn, campaign_id)()


def ask_job_in(conn: Connection, campaign_id: CampaignId) -> Asked[Job | None]:
    """Ask for `job_in`."""
    rows = conn.execute(f"{_JOB} WHERE job.campaign_id = ? AND job.finished_at IS NULL", (campaign_id,))
    return lambda: next(map(_job_of, rows), None)


def job_of(conn: Connection, event_id: EventId) -> Job | None:
    """Return the job of an event, finished or not; None for an event that was made in one transaction."""
    row = conn.execute(f"{_JOB} WHERE job.event_id = ?", (event_id,)).fetchone()
    return None if row is None else _job_of(row)


def begun_by(conn: Connection, user_id: UserId) -> EventId | None:
    """Return the newest unfinished bulk move that a person began and that is no undo, or None; by `job_open`."""
    row = conn.execute(  # CROSS JOIN: SQLite would read all that the person ever did
        """
        SELECT MAX(job.event_id) AS id FROM job CROSS JOIN event
        WHERE event.id = job.event_id AND job.finished_at IS NULL AND event.user_id = ? AND event.action <> 'undo'
        """,
        (user_id,),
    ).fetchone()
    from thrumsg_tui.domain.conversations import EventId

    return None if row["id"] is None else EventId(row["id"])


def wrong_figures(conn: Connection) -> Iterator[tuple[Job, dict[str, int]]]:
    """Yield each job whose stored figures differ from its recorded moves and its list, with the right figures."""
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
    from thrumsg_tui.domain.conversations import EventId  # there is hardly ever a job

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

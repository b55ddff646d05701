"""Bulk moves that are under way in steps (`docs/rules.md 4.8`)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.store.times import from_ms

_OPEN = """
    SELECT job.event_id, job.campaign_id, job.total, job.done, job.skipped, job.owner, job.seen_at,
           COALESCE(NULLIF(TRIM(users.first_name || ' ' || users.last_name), ''), users.login) AS by
    FROM job
    JOIN event ON event.id = job.event_id
    LEFT JOIN users ON users.id = event.user_id
    WHERE job.finished_at IS NULL
"""
"""By `job_open`."""


@dataclass(frozen=True, slots=True)
class Job:
    """A move under way: the journal's entry, whose it is, and how far it is; `owner` is the process that makes it."""

    event_id: EventId
    campaign_id: CampaignId
    by: str
    total: int
    done: int
    skipped: int
    owner: str
    seen_at: datetime

    @property
    def sentence(self) -> str:
        """Who moves how many, and how far that is."""
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.by} is moving {self.total} conversations, {self.done} so far{skipped}"


def open_jobs(conn: sqlite3.Connection) -> list[Job]:
    """List the jobs under way, in every campaign."""
    return [_job_of(row) for row in conn.execute(_OPEN)]


def job_in(conn: sqlite3.Connection, campaign_id: CampaignId) -> Job | None:
    """The job under way in a campaign, None without one."""
    row = conn.execute(f"{_OPEN} AND job.campaign_id = ?", (campaign_id,)).fetchone()
    return None if row is None else _job_of(row)


def _job_of(row: sqlite3.Row) -> Job:
    return Job(
        event_id=EventId(row["event_id"]),
        campaign_id=CampaignId(row["campaign_id"]),
        by=row["by"],
        total=row["total"],
        done=row["done"],
        skipped=row["skipped"],
        owner=row["owner"],
        seen_at=from_ms(row["seen_at"]),
    )

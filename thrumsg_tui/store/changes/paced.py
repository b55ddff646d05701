"""Moves that are too many for one transaction: a job in small steps, which everyone sees (`docs/rules.md 4.8`).

The journal's entry and all its moves are written first, in one transaction with the job. Each step is a transaction
that leaves every count right. A job whose process has died is finished by whoever comes next.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from time import monotonic, sleep
from uuid import uuid4

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.reassignment import Outcome
from thrumsg_tui.store.changes.handing_over import give
from thrumsg_tui.store.database import Connection, Database, Transaction
from thrumsg_tui.store.queries.jobs import Job, job_in, open_jobs
from thrumsg_tui.store.times import to_ms

PACED_ABOVE = 20_000
"""More moves than these hold others up: a transaction of 20,000 takes about a second here, one of 90,000 five."""

STEP = 1000
"""Conversations per transaction: some 40 ms."""

_STALE_AFTER = timedelta(seconds=20)
"""A job whose owner has not been heard of for so long is anybody's; it is heard of with every step."""

_OWNER = f"{os.getpid()} {uuid4().hex}"

_MOVED_OTHERWISE = """
    DELETE FROM event_conversation
    WHERE event_id = :event AND conversation_id BETWEEN :first AND :last
      AND NOT EXISTS (
        SELECT 1 FROM conversation
        JOIN assignment AS destination ON destination.id = event_conversation.to_assignment_id
        WHERE conversation.id = event_conversation.conversation_id AND destination.active = 1
          AND conversation.assignment_id = event_conversation.from_assignment_id
          AND NOT EXISTS (
            SELECT 1 FROM event_conversation AS later
            WHERE later.conversation_id = conversation.id AND later.event_id > :event
              AND later.to_assignment_id IS NOT NULL))
    RETURNING conversation_id
"""
"""Takes out of an event what somebody else has moved since, be it to and fro, or whose destination has left."""


def require_no_job(tx: Transaction, campaign_id: CampaignId) -> None:
    """Raise `Refused` while a job is under way in a campaign."""
    if job := job_in(tx.conn, campaign_id):
        raise Refused(f"{job.sentence[:1].upper()}{job.sentence[1:]}: wait until that is done. Nothing was changed.")


def begin(tx: Transaction, event_id: EventId, campaign_id: CampaignId, total: int) -> None:
    """Note that the moves of an event are to be made in steps, by this process."""
    tx.conn.execute(
        "INSERT INTO job (event_id, campaign_id, total, owner, seen_at) VALUES (?, ?, ?, ?, ?)",
        (event_id, campaign_id, total, _OWNER, tx.now_ms),
    )


def finish(db: Database, begun: Outcome, on_progress: Callable[[int], None] | None = None) -> Outcome:
    """Make the moves of a change that has only begun, and return what it did; any other outcome comes back as it is.

    `on_progress` is told how many conversations were dealt with so far; what it raises leaves the job to the next one.
    """
    if not begun.under_way or begun.event is None:
        return begun
    skipped = [*begun.skipped, *_work_off(db, begun.event, on_progress)]
    with db.reading() as conn:
        return _outcome(conn, begun.event, skipped)


def finish_abandoned(db: Database) -> int:
    """Finish the jobs whose process has died or says nothing any more; return how many there were."""
    taken = [job for job in abandoned_jobs(db) if _take_over(db, job)]
    for job in taken:
        _work_off(db, job.event_id, None)
    return len(taken)


def abandoned_jobs(db: Database) -> list[Job]:
    """The jobs that nobody works on any more."""
    with db.reading() as conn:
        return [job for job in open_jobs(conn) if _is_abandoned(db, job)]


def _is_abandoned(db: Database, job: Job) -> bool:
    if job.owner == _OWNER:
        return False
    if db.clock() - job.seen_at > _STALE_AFTER:
        return True
    try:
        os.kill(int(job.owner.split()[0]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _take_over(db: Database, job: Job) -> bool:
    """Make an abandoned job this process's own, unless another one was quicker."""
    with db.writing() as tx:
        taken = tx.conn.execute(
            "UPDATE job SET owner = ?, seen_at = ? WHERE event_id = ? AND owner = ? AND seen_at = ?",
            (_OWNER, tx.now_ms, job.event_id, job.owner, to_ms(job.seen_at)),
        )
        return bool(taken.rowcount)


def _work_off(db: Database, event_id: EventId, on_progress: Callable[[int], None] | None) -> list[ConversationId]:
    """Take step after step until there is none left, and return what was skipped."""
    skipped: list[ConversationId] = []
    dealt_with = 0
    while True:
        began = monotonic()
        with db.writing() as tx:
            step = _step(tx, event_id)
        if step is None:
            return skipped
        skipped += step[1]
        dealt_with += step[0]
        if on_progress:
            on_progress(dealt_with)
        sleep(min(monotonic() - began, 0.1))  # as long as the step took: SQLite gives no waiting writer its turn


def _step(tx: Transaction, event_id: EventId) -> tuple[int, list[ConversationId]] | None:
    """Move the next conversations; None once there is nothing left, or the job is another process's now."""
    row = tx.conn.execute(
        "SELECT last_id FROM job WHERE event_id = ? AND owner = ? AND finished_at IS NULL", (event_id, _OWNER)
    ).fetchone()
    if row is None:
        return None
    ids = tx.conn.execute(
        """
        SELECT conversation_id FROM event_conversation
        WHERE event_id = ? AND conversation_id > ? ORDER BY conversation_id LIMIT ?
        """,
        (event_id, row["last_id"], STEP),
    ).fetchall()
    if not ids:
        _end(tx, event_id)
        return None
    first, last = ids[0]["conversation_id"], ids[-1]["conversation_id"]
    rows = tx.conn.execute(_MOVED_OTHERWISE, {"event": event_id, "first": first, "last": last}).fetchall()
    give(tx, event_id, first, last)
    tx.conn.execute(
        "UPDATE job SET done = done + ?, skipped = skipped + ?, last_id = ?, seen_at = ? WHERE event_id = ?",
        (len(ids) - len(rows), len(rows), last, tx.now_ms, event_id),
    )
    return len(ids), [ConversationId(each["conversation_id"]) for each in rows]


def _end(tx: Transaction, event_id: EventId) -> None:
    """Say in the journal what was moved, which can be undone from now on."""
    tx.conn.execute("UPDATE job SET finished_at = ? WHERE event_id = ?", (tx.now_ms, event_id))
    row = tx.conn.execute(
        """
        SELECT job.done, job.skipped + json_extract(event.details, '$.skipped') AS skipped,
               json_extract(event.details, '$.way') AS way
        FROM job JOIN event ON event.id = job.event_id WHERE job.event_id = ?
        """,
        (event_id,),
    ).fetchone()
    noun = "conversation" if row["done"] == 1 else "conversations"
    sentence = f"moved {row['done']} {noun} {row['way']}" + (f"; {row['skipped']} skipped" if row["skipped"] else "")
    tx.conn.execute(
        "UPDATE event SET summary = ?, undoable = ? WHERE id = ?", (sentence, int(row["done"] > 0), event_id)
    )


def _outcome(conn: Connection, event_id: EventId, skipped: list[ConversationId]) -> Outcome:
    gains: dict[str, int] = {}
    for side, sign in (("to_assignment_id", 1), ("from_assignment_id", -1)):
        rows = conn.execute(
            f"""
            SELECT users.login, COUNT(*) AS moved
            FROM event_conversation AS touched
            JOIN assignment ON assignment.id = touched.{side}
            LEFT JOIN users ON users.id = assignment.user_id
            WHERE touched.event_id = ? GROUP BY assignment.id
            """,
            (event_id,),
        )
        for row in rows:
            login = row["login"] or "unassigned"
            gains[login] = gains.get(login, 0) + sign * row["moved"]
    row = conn.execute(
        "SELECT event.summary, job.done FROM event JOIN job ON job.event_id = event.id WHERE event.id = ?", (event_id,)
    ).fetchone()
    return Outcome(
        event_id, row["done"], tuple(skipped), {login: gain for login, gain in gains.items() if gain}, row["summary"]
    )

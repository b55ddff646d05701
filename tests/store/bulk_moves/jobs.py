"""Jobs in Spring: moves of all that Kim has, begun and looked at."""

from __future__ import annotations

from tests.store.arranging import assignment_of, senders
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.reassignment import FromAssignments, Outcome, Plan, Request, ToAssignments
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.bulk_move_job import step
from thrumsg_tui.store.changes.reassign import begin_plan
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.bulk_move_jobs import Job, job_in
from thrumsg_tui.store.queries.reassignment import plan

MANY, STEP = 50, 7


def to(db: Database, campaign: Campaign, *logins: str) -> Request:
    """All of Kim's to others."""
    destinations = tuple(assignment_of(db, campaign, login) for login in logins)
    return Request(campaign.id, FromAssignments((assignment_of(db, campaign, "kim"),)), ToAssignments(destinations))


def planned(db: Database, request: Request) -> Plan:
    with db.reading() as conn:
        return plan(conn, request, db.clock())


def begin(db: Database, who: Identity, request: Request, steps: int = 0) -> Outcome:
    """Begin a move, and make some of its steps."""
    begun = begin_plan(db, who, planned(db, request))
    for _ in range(steps):
        begun = step(db, begun)
    assert begun.under_way
    return begun


def held(db: Database, campaign: Campaign) -> dict[str | None, int]:
    return {login: each.assigned for login, each in senders(db, campaign).items() if each.assigned}


def job(db: Database, campaign: Campaign) -> Job | None:
    with db.reading() as conn:
        return job_in(conn, campaign.id)

"""Bulk moves in steps: seen by everyone, finished after a crash, never left half done (docs/rules.md 4.8)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

from tests.store.arranging import assignment_of, give, holders, journal, senders, take_in
from tests.store.conftest import Clock
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.people import Identity, Role
from thrumsg_tui.domain.reassignment import Plan, Request
from thrumsg_tui.domain.words import CampaignState
from thrumsg_tui.store.changes import paced
from thrumsg_tui.store.changes import reassign as reassigning
from thrumsg_tui.store.changes.campaigns import add_senders, change_state, remove_sender
from thrumsg_tui.store.changes.paced import abandoned_jobs, finish, finish_abandoned
from thrumsg_tui.store.changes.people import add_user
from thrumsg_tui.store.changes.reassign import apply_plan, begin_plan, reassign
from thrumsg_tui.store.changes.undo import begin_undo, undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine, repair
from thrumsg_tui.store.queries.jobs import job_in, open_jobs
from thrumsg_tui.store.queries.reassignment import plan

MANY = 50


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reassigning, "PACED_ABOVE", 20)
    monkeypatch.setattr(paced, "STEP", 7)


@pytest.fixture
def spring(db: Database, owner: Identity, spring: Campaign) -> Campaign:
    add_user(db, owner, "zed", "Zed", "Young", role=Role.SENDER)
    add_senders(db, owner, "Spring", ["zed"])
    return spring


@pytest.fixture
def many(db: Database, owner: Identity, spring: Campaign) -> list[ConversationId]:
    found = take_in(db, owner, "Spring", [f"P{nth}" for nth in range(MANY)])
    give(db, owner, spring, "kim", found)
    return found


def from_kim_to(db: Database, of: Campaign, *logins: str) -> Request:
    to = tuple(assignment_of(db, of, login) for login in logins)
    return Request(of.id, sources=(assignment_of(db, of, "kim"),), destinations=to)


def planned_from_kim(db: Database, of: Campaign, *logins: str) -> Plan:
    request = from_kim_to(db, of, *logins)
    with db.reading() as conn:
        return plan(conn, request, db.clock())


def held(db: Database, of: Campaign) -> dict[str | None, int]:
    return {login: each.assigned for login, each in senders(db, of).items() if each.assigned}


def dead_owner() -> str:
    """The name of a process that is no more."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    return f"{gone.pid} gone"


def disown(db: Database, owner: str) -> None:
    """Let a job belong to another process."""
    with db.writing() as tx:
        tx.conn.execute("UPDATE job SET owner = ? WHERE finished_at IS NULL", (owner,))


def break_off(db: Database, who: Identity, request: Request, steps: int) -> None:
    """Begin a move, and die after some of its steps."""

    class Died(Exception):
        pass

    told = 0

    def die(_: int) -> None:
        nonlocal told
        told += 1
        if told == steps:
            raise Died

    with db.reading() as conn:
        planned = plan(conn, request, db.clock())
    begun = begin_plan(db, who, planned)
    assert begun.under_way
    if steps:
        with pytest.raises(Died):
            finish(db, begun, die)
    disown(db, dead_owner())


def test_it_does_what_one_transaction_would_have_done(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    outcome = reassign(db, owner, from_kim_to(db, spring, "lee", "zed"))
    assert (outcome.moved, outcome.skipped) == (MANY, ())
    assert outcome.gains == {"kim": -MANY, "lee": 25, "zed": 25}
    assert outcome.sentence == "moved 50 conversations from Kim Alvarez to Lee Bishop and Zed Young"
    assert held(db, spring) == {"lee": 25, "zed": 25}
    assert journal(db)[0].undoable
    assert open_jobs_of(db) == []
    assert examine(db) == []


def open_jobs_of(db: Database) -> list[str]:
    with db.reading() as conn:
        return [job.sentence for job in open_jobs(conn)]


def test_small_moves_are_one_transaction_still(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    seen: list[int] = []
    to = assignment_of(db, spring, "lee")
    with db.reading() as conn:
        planned = plan(conn, Request(spring.id, conversations=tuple(many[:20]), destinations=(to,)), db.clock())
    assert not begin_plan(db, owner, planned, seen.append).under_way
    assert held(db, spring) == {"kim": 30, "lee": 20}


def test_every_step_keeps_the_counts_and_can_be_seen(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    seen: list[tuple[int, int]] = []

    def look(done: int) -> None:
        with db.reading() as conn:
            job = job_in(conn, spring.id)
        counts = held(db, spring)
        assert sum(counts.values()) == MANY
        assert counts.get("lee", 0) == done
        assert examine(db) == []
        if job:
            seen.append((job.done, job.total))

    planned = planned_from_kim(db, spring, "lee")
    apply_plan(db, owner, planned, look)
    assert seen == [(done, MANY) for done in (7, 14, 21, 28, 35, 42, 49, 50)]


def test_while_it_is_under_way_its_entry_says_so_and_nothing_large_comes_between(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    planned = planned_from_kim(db, spring, "lee")
    again = planned_from_kim(db, spring, "zed")
    begun = begin_plan(db, owner, planned)
    assert journal(db)[0].summary == "moving 50 conversations from Kim Alvarez to Lee Bishop, under way"
    with pytest.raises(Refused, match="Ana Ortiz is moving 50 conversations, 0 so far: undo it when that is done"):
        undo(db, owner, begun.event)
    with pytest.raises(Refused, match="wait until that is done"):
        change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    extra = take_in(db, owner, "Spring", [f"Q{nth}" for nth in range(30)], first=100)
    to = assignment_of(db, spring, "zed")
    with pytest.raises(Refused, match="is moving 50 conversations"):
        reassign(db, owner, Request(spring.id, conversations=tuple(extra), destinations=(to,)))
    assert apply_plan(db, owner, again).moved == 0, "what a job is moving was moved by somebody else meanwhile"
    assert finish(db, begun).moved == MANY
    assert change_state(db, owner, "Spring", CampaignState.ARCHIVED).state is CampaignState.ARCHIVED


def test_what_changes_hands_meanwhile_is_skipped_and_counted(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    planned = planned_from_kim(db, spring, "lee")
    begun = begin_plan(db, owner, planned)
    give(db, owner, spring, "zed", many[10:12])
    give(db, owner, spring, "zed", many[40:41])
    give(db, owner, spring, "kim", many[40:41])
    outcome = finish(db, begun)
    assert (outcome.moved, set(outcome.skipped)) == (47, {many[10], many[11], many[40]})
    assert outcome.sentence.endswith("; 3 skipped")
    assert held(db, spring) == {"kim": 1, "lee": 47, "zed": 2}
    assert undo(db, owner, outcome.event).moved == 47
    assert held(db, spring) == {"kim": 48, "zed": 2}
    assert examine(db) == []


def test_nobody_is_given_more_once_they_have_left(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    planned = planned_from_kim(db, spring, "lee", "zed")
    begun = begin_plan(db, owner, planned)
    remove_sender(db, owner, "Spring", "lee")
    outcome = finish(db, begun)
    assert (outcome.moved, len(outcome.skipped)) == (25, 25)
    assert held(db, spring) == {"kim": 25, "zed": 25}


def test_undo_and_redo_are_paced_too(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    moved = reassign(db, owner, from_kim_to(db, spring, "lee"))
    back = begin_undo(db, owner, moved.event)
    assert back.under_way
    assert finish(db, back).moved == MANY
    assert held(db, spring) == {"kim": MANY}
    assert undo(db, owner, back.event).moved == MANY
    assert held(db, spring) == {"lee": MANY}
    assert examine(db) == []


@pytest.mark.parametrize("steps", range(9))
def test_a_move_that_broke_off_is_finished_by_the_next_one_to_come(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId], steps: int
) -> None:
    break_off(db, owner, from_kim_to(db, spring, "lee"), steps)
    assert [problem.subject for problem in examine(db)] == ["a bulk move"]
    assert finish_abandoned(db) == 1
    assert held(db, spring) == {"lee": MANY}
    assert examine(db) == []
    assert finish_abandoned(db) == 0
    assert undo(db, owner).moved == MANY
    assert held(db, spring) == {"kim": MANY}


def test_the_doctor_finishes_it_too(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    break_off(db, owner, from_kim_to(db, spring, "lee"), 3)
    assert repair(db, owner) == ["1 bulk move finished"]
    assert held(db, spring) == {"lee": MANY}
    assert examine(db) == []


def test_a_job_whose_process_lives_is_left_to_it_unless_it_says_nothing_for_long(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId], clock: Clock
) -> None:
    break_off(db, owner, from_kim_to(db, spring, "lee"), 3)
    disown(db, f"{os.getppid()} somebody")
    assert abandoned_jobs(db) == []
    clock.forward(seconds=21)
    assert finish_abandoned(db) == 1
    assert held(db, spring) == {"lee": MANY}


def test_two_that_come_at_once_do_not_both_take_it(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    break_off(db, owner, from_kim_to(db, spring, "lee"), 3)
    (job,) = abandoned_jobs(db)
    assert paced._take_over(db, job)
    assert not paced._take_over(db, job)


def test_whoever_lost_a_job_moves_nothing_more(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    planned = planned_from_kim(db, spring, "lee")
    begun = begin_plan(db, owner, planned)

    def lose(done: int) -> None:
        if done == 14:
            disown(db, f"{os.getppid()} somebody")

    finish(db, begun, lose)
    assert held(db, spring) == {"kim": MANY - 14, "lee": 14}
    assert len(holders(db, spring)) == MANY

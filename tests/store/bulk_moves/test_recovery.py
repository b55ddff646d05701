"""Moves in steps are finished after a crash, and the doctor sees what is wrong with them (docs/rules.md 4.8)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.store.bulk_moves.jobs import MANY, STEP, begin, held, planned, to
from tests.store.processes import at_once
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import DatabaseBusy, Refused
from thrumsg_tui.domain.reassignment import Outcome
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.bulk_move_job import finish, finish_left_behind, left_behind, let_go, outcome_of, step
from thrumsg_tui.store.changes.reassign import apply_plan
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database, Transaction, overwrite
from thrumsg_tui.store.doctor import examine, repair
from thrumsg_tui.store.queries.bulk_move_jobs import open_jobs

STEPS = -(-MANY // STEP)


# When a process dies


@pytest.mark.parametrize("steps", range(STEPS))
def test_a_move_that_was_killed_at_any_step_is_finished_by_the_next_one_to_come(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId], steps: int
) -> None:
    with at_once(("move_in_steps", db.location, 20, STEP)) as [process]:
        for nth in range(steps + 1):
            assert process.hear() == f"dealt with {nth * STEP}"
            if nth < steps:
                process.start()
        process.kill()
    db.pacing = replace(db.pacing, stalled_after=0.02)
    half = {"kim": MANY - steps * STEP, "lee": steps * STEP}
    assert held(db, spring) == {login: number for login, number in half.items() if number}
    assert [each.moved for each in finish_left_behind(db)] == [MANY]
    assert held(db, spring) == {"lee": MANY}
    assert finish_left_behind(db) == []
    assert examine(db) == []
    assert undo(db, owner).moved == MANY
    assert held(db, spring) == {"kim": MANY}


def test_what_is_left_at_once_is_gone_on_with_at_once(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    class Stopped(Exception):
        pass

    def stop(done: int) -> None:
        if done == 2 * STEP:
            raise Stopped

    with pytest.raises(Stopped):
        apply_plan(db, owner, planned(db, to(db, spring, "lee")), stop)
    assert [each.sentence for each in left_behind(db)] == ["ana moves 14 of 50"]
    assert [each.moved for each in finish_left_behind(db)] == [MANY]


def test_what_gets_further_is_left_to_the_one_who_makes_it(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    begun = begin(db, owner, to(db, spring, "lee"), steps=1)
    own: list[Outcome] = []
    db.pacing = replace(db.pacing, wait=lambda _: own.append(step(db, begun)))  # the other process, meanwhile
    assert finish_left_behind(db) == []
    assert [each.moved for each in own] == [2 * STEP]


def test_two_that_come_at_once_move_everything_once(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    let_go(db, begin(db, owner, to(db, spring, "lee"), steps=1))
    with at_once(*[("finish_left", db.location, 20, 2)] * 3) as processes:
        said = [line for process in processes for line in process.end()]
    assert held(db, spring) == {"lee": MANY}
    assert set(said) <= {f"moved {MANY}"}
    assert said
    assert examine(db) == []
    assert undo(db, owner).moved == MANY


def test_who_was_away_for_long_and_comes_back_moves_nothing_twice(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    mine = theirs = begin(db, owner, to(db, spring, "lee"), steps=1)
    theirs = step(db, step(db, theirs))
    assert step(db, mine).moved == theirs.moved == 3 * STEP  # it only looks
    mine, theirs = finish(db, mine), finish(db, theirs)
    assert mine == theirs
    assert (mine.moved, held(db, spring)) == (MANY, {"lee": MANY})
    assert examine(db) == []


def test_a_step_that_does_not_get_its_turn_is_tried_again(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tried = db.writing, 0

    def hindered(**how: bool) -> AbstractContextManager[Transaction]:
        nonlocal tried
        tried += 1
        if tried in {1, 4, 5}:
            raise DatabaseBusy("somebody else")
        return real(**how)

    begun = begin(db, owner, to(db, spring, "lee"))
    monkeypatch.setattr(db, "writing", hindered)
    assert finish(db, begun).moved == MANY
    assert tried == STEPS + 3


@pytest.mark.only_sqlite("a file is replaced under those who have it open")
def test_where_the_database_was_replaced_the_move_is_gone(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId], tmp_path: Path
) -> None:
    new = tmp_path / "new.db"
    Database(new).close()
    begun = begin(db, owner, to(db, spring, "lee"), steps=1)
    overwrite(db.path, new)
    with pytest.raises(Refused, match="somebody has replaced the whole database"):
        finish(db, begun)


def test_two_jobs_in_a_campaign_are_impossible(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    begin(db, owner, to(db, spring, "lee"))
    with pytest.raises(db.engine.driver_error), db.writing() as tx:
        tx.conn.execute(
            "INSERT INTO job (event_id, campaign_id, as_of, total, seen_at) VALUES (1, ?, 0, 1, 0)", (spring.id,)
        )


# The doctor


def test_the_doctor_says_that_a_move_was_left_behind_and_finishes_it(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId], clock: Clock
) -> None:
    begun = begin(db, owner, to(db, spring, "lee"), steps=2)
    assert examine(db) == []
    clock.forward(seconds=4)
    [problem] = examine(db)
    assert problem.subject == f"the move of change {begun.event}"
    assert problem.sentence == "was left behind, at 14 of 50: whoever starts thrumsg next finishes it."
    [mended] = repair(db, owner)
    assert mended.endswith("(moved 50 conversations from Kim Alvarez to Lee Bishop)")
    assert held(db, spring) == {"lee": MANY}
    assert examine(db) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("done = done + 1", "8 moved and 0 skipped of 50 is stored, it is 7 and 0 of 50."),
        ("skipped = 3", "7 moved and 3 skipped of 50 is stored, it is 7 and 0 of 50."),
        ("total = 9", "7 moved and 0 skipped of 9 is stored, it is 7 and 0 of 50."),
    ],
)
def test_figures_that_contradict_what_was_moved_are_found_and_mended(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId], wrong: str, said: str
) -> None:
    begun = begin(db, owner, to(db, spring, "lee"), steps=1)
    with db.writing() as tx:
        tx.conn.execute(f"UPDATE job SET {wrong} WHERE finished_at IS NULL")
    [problem] = examine(db)
    assert (problem.subject, problem.sentence) == (f"the move of change {begun.event}", said)
    db.pacing = replace(db.pacing, wait=Mover(db, begun))
    assert repair(db, owner) == [f"the move of change {begun.event} recounted"]
    assert examine(db) == []


class Mover:
    """The process that makes the move, while the doctor looks at it."""

    def __init__(self, db: Database, begun: Outcome) -> None:
        assert begun.event is not None
        self._db, self._event = db, begun.event

    def __call__(self, _: float) -> None:
        with self._db.reading() as conn:
            now = outcome_of(conn, self._event)
        step(self._db, now)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE event SET undoable = 1 WHERE id = :event", "its entry says that it can be, or was, undone."),
        ("UPDATE job SET finished_at = 1 WHERE event_id = :event", "has ended, with 7 of 50 dealt with."),
    ],
)
def test_a_job_that_contradicts_its_entry_is_found(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId], statement: str, said: str
) -> None:
    begun = begin(db, owner, to(db, spring, "lee"), steps=1)
    with db.writing() as tx:
        tx.conn.execute(statement, {"event": begun.event})
    [problem] = examine(db)
    assert problem.sentence.endswith(said)


def test_no_job_is_under_way_where_there_is_none(db: Database, spring: Campaign) -> None:
    with db.reading() as conn:
        assert open_jobs(conn) == []
    assert finish_left_behind(db) == []

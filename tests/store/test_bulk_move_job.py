"""Moves in steps: seen by everyone, finished after a crash, never left half done (docs/rules.md 4.8)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.clock import Clock
from tests.store.arranging import assignment_of, give, holders, journal, look_at, senders, sentence_of, take_in
from tests.store.processes import at_once
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import DatabaseBusy, NotPermitted, Refused
from thrumsg_tui.domain.people import Identity, Role
from thrumsg_tui.domain.reassignment import (
    FromAssignments,
    FromConversations,
    FromEveryone,
    Outcome,
    Plan,
    Request,
    ToAssignments,
)
from thrumsg_tui.store.changes.bulk_move_job import finish, finish_left_behind, left_behind, let_go, outcome_of, step
from thrumsg_tui.store.changes.campaigns import add_senders, change_state, create_campaign, remove_sender
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.people import add_user
from thrumsg_tui.store.changes.reassign import apply_plan, begin_plan, reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import begin_undo, undo
from thrumsg_tui.store.database import Database, Transaction, overwrite
from thrumsg_tui.store.doctor import examine, repair
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.store.queries.bulk_move_jobs import Job, job_in, job_of, open_jobs
from thrumsg_tui.store.queries.people import identify
from thrumsg_tui.store.queries.reassignment import plan

MANY, STEP = 50, 7
STEPS = -(-MANY // STEP)


@pytest.fixture
def pacing() -> Pacing:
    """Small moves are made in steps, without a pause."""
    return Pacing(most_at_once=20, step=STEP, pause=0)


@pytest.fixture
def spring(db: Database, owner: Identity, spring: Campaign) -> Campaign:
    add_user(db, owner, "zed", "Zed", "Young", role=Role.SENDER)
    add_senders(db, owner, "Spring", ["zed"])
    return spring


@pytest.fixture
def many(db: Database, owner: Identity, spring: Campaign) -> list[ConversationId]:
    """Kim's conversations, more than one transaction may move."""
    found = take_in(db, owner, "Spring", [f"P{nth}" for nth in range(MANY)])
    give(db, owner, spring, "kim", found)
    return found


def to(db: Database, of: Campaign, *logins: str) -> Request:
    """All of Kim's to others."""
    destinations = tuple(assignment_of(db, of, login) for login in logins)
    return Request(of.id, FromAssignments((assignment_of(db, of, "kim"),)), ToAssignments(destinations))


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


def held(db: Database, of: Campaign) -> dict[str | None, int]:
    return {login: each.assigned for login, each in senders(db, of).items() if each.assigned}


def job(db: Database, of: Campaign) -> Job | None:
    with db.reading() as conn:
        return job_in(conn, of.id)


def figures(db: Database, begun: Outcome) -> tuple[int, int, int]:
    """How many a job has moved, skipped, and has to do in all."""
    assert begun.event is not None
    with db.reading() as conn:
        found = job_of(conn, begun.event)
    assert found is not None
    return found.done, found.skipped, found.total


# What it does


def test_it_does_what_one_transaction_would_have_done(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    outcomes, found = [], []
    for above in (20, MANY):
        db.pacing = replace(db.pacing, most_at_once=above)
        outcomes.append(reassign(db, owner, to(db, spring, "lee", "zed")))
        found.append(holders(db, spring))
        assert sentence_of(journal(db)[0]) == outcomes[-1].sentence
        undo(db, owner, outcomes[-1].event)
        assert held(db, spring) == {"kim": MANY}
    assert found[0] == found[1]
    assert outcomes[0].sentence == "moved 50 conversations from Kim Alvarez to Lee Bishop and Zed Young"
    first, second = ((each.moved, each.skipped, each.gains, each.sentence, each.under_way) for each in outcomes)
    assert first == second
    assert examine(db) == []


def test_up_to_that_size_a_move_is_one_transaction(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    lee = (assignment_of(db, spring, "lee"),)
    begun = [
        begin_plan(db, owner, planned(db, Request(spring.id, FromConversations(tuple(some)), ToAssignments(lee))))
        for some in (many[:20], many[20:41])
    ]
    assert [(each.under_way, each.moved) for each in begun] == [(False, 20), (True, 0)]


def test_a_count_keeps_a_move_small_however_much_there_is(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    some = Request(spring.id, FromEveryone(), ToAssignments((assignment_of(db, spring, "lee"),)), count=20)
    outcome = reassign(db, owner, some)
    assert outcome.moved == 20
    assert outcome.event is not None
    with db.reading() as conn:
        assert job_of(conn, outcome.event) is None


def test_after_every_step_all_counts_are_right_and_everyone_sees_how_far_it_is(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    for nth in (0, 9, 30, 49):
        send(db, owner, many[nth])
    receive(db, None, look_at(db, many[9]).phone, "ok")
    opt_out_number(db, owner, look_at(db, many[30]).phone)
    seen: list[str | None] = []

    def look(done: int) -> None:
        now = job(db, spring)
        seen.append(now.sentence if now else None)
        assert held(db, spring)["lee"] == done
        assert sum(held(db, spring).values()) == MANY
        assert examine(db) == []

    apply_plan(db, owner, planned(db, to(db, spring, "lee")), look)
    assert seen == [*(f"ana moves {done} of 50" for done in (7, 14, 21, 28, 35, 42, 49)), None]


def test_its_entry_says_that_it_is_under_way_and_then_what_was_moved(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    begun = begin(db, owner, to(db, spring, "lee"), steps=2)
    entry = journal(db)[0]
    assert sentence_of(entry) == "moving 50 conversations from Kim Alvarez to Lee Bishop"
    assert (entry.under_way, entry.undoable) == (True, False)
    finish(db, begun)
    entry = journal(db)[0]
    assert sentence_of(entry) == "moved 50 conversations from Kim Alvarez to Lee Bishop"
    assert (entry.under_way, entry.undoable) == (False, True)


def test_a_thread_tells_of_it_once_it_has_happened_there(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    begin(db, owner, to(db, spring, "lee"), steps=1)
    told = [[sentence_of(each) for each in look_at(db, many[place]).events] for place in (0, -1)]
    assert "reassigned from Kim Alvarez to Lee Bishop by Ana Ortiz" in told[0]
    assert "reassigned from Kim Alvarez to Lee Bishop by Ana Ortiz" not in told[1]


# What others do meanwhile


def test_nothing_else_that_is_large_begins_meanwhile_and_all_else_goes_on(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    extra = take_in(db, owner, "Spring", [f"Q{nth}" for nth in range(30)], first=100)
    begun = begin(db, owner, to(db, spring, "lee"), steps=2)
    other = Request(spring.id, FromConversations(tuple(extra)), ToAssignments((assignment_of(db, spring, "zed"),)))
    with pytest.raises(Refused, match="ana moves 14 of 50 conversations in this campaign: wait until that is done"):
        reassign(db, owner, other)
    with pytest.raises(Refused, match="ana moves 14 of 50 conversations"):
        change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    change_state(db, owner, "Spring", CampaignState.PAUSED)
    change_state(db, owner, "Spring", CampaignState.ACTIVE)
    give(db, owner, spring, "zed", extra[:20])
    send(db, owner, many[40])
    opt_out_number(db, owner, look_at(db, many[41]).phone)
    take_in(db, owner, "Spring", ["New"], first=200)
    assert finish(db, begun).moved == MANY
    assert reassign(db, owner, other).moved == 10
    assert examine(db) == []
    assert change_state(db, owner, "Spring", CampaignState.ARCHIVED).state is CampaignState.ARCHIVED


def test_in_another_campaign_another_one_begins(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    fall = create_campaign(db, owner, Setup("Fall", "Hi", hours=spring.hours))
    add_senders(db, owner, "Fall", ["lee"])
    people = take_in(db, owner, "Fall", [f"P{nth}" for nth in range(30)])
    first = begin(db, owner, to(db, spring, "lee"), steps=1)
    lee = (assignment_of(db, fall, "lee"),)
    second = begin(db, owner, Request(fall.id, FromConversations(tuple(people)), ToAssignments(lee)))
    second, first = finish(db, second), finish(db, first)
    assert (first.moved, second.moved) == (MANY, 30)
    assert examine(db) == []


def test_what_changes_hands_meanwhile_is_skipped_counted_and_never_overwritten(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    begun = begin(db, owner, to(db, spring, "lee"), steps=1)
    give(db, owner, spring, "zed", [many[0], many[10], many[40]])
    give(db, owner, spring, "kim", many[40:41])  # it was moved twice, and so it is not for the job to move
    give(db, owner, spring, "zed", many[45:46])
    undo(db, owner, journal(db)[0].id)  # moved and put back: its journal would go back in time
    outcome = finish(db, begun)
    assert (outcome.moved, outcome.skipped) == (47, (many[10], many[40], many[45]))
    assert outcome.sentence == "moved 47 conversations from Kim Alvarez to Lee Bishop; 3 skipped"
    with db.reading() as conn:
        row = conn.execute("SELECT details FROM event WHERE id = ?", (outcome.event,)).fetchone()
    assert json.loads(row["details"]) == {"removed": None, "skipped": 3}
    assert outcome.gains == {"kim": -47, "lee": 47}
    assert held(db, spring) == {"kim": 2, "lee": 46, "zed": 2}
    back = undo(db, owner, outcome.event)
    assert (back.moved, back.skipped) == (46, (many[0],))
    assert held(db, spring) == {"kim": 48, "zed": 2}
    assert examine(db) == []


def test_what_is_yet_to_be_moved_can_be_moved_by_a_plan_from_before(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    destination = (assignment_of(db, spring, "zed"),)
    small = planned(db, Request(spring.id, FromConversations((many[0], many[49])), ToAssignments(destination)))
    begun = begin(db, owner, to(db, spring, "lee"), steps=1)
    outcome = apply_plan(db, owner, small)
    assert (outcome.moved, outcome.skipped) == (1, (many[0],))
    assert finish(db, begun).skipped == (many[49],)


def test_those_that_were_there_already_count_as_skipped(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    give(db, owner, spring, "lee", many[:3])
    chosen = Request(spring.id, FromConversations(tuple(many)), ToAssignments((assignment_of(db, spring, "lee"),)))
    begun = begin(db, owner, chosen)
    assert figures(db, begun) == (0, 3, MANY)
    outcome = finish(db, begun)
    assert (outcome.moved, outcome.skipped) == (47, tuple(many[:3]))
    assert outcome.sentence.endswith("; 3 skipped")
    assert examine(db) == []


def test_nobody_is_given_more_once_they_have_left(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    begun = begin(db, owner, to(db, spring, "lee", "zed"), steps=1)
    remove_sender(db, owner, "Spring", "lee")
    outcome = finish(db, begun)
    assert (outcome.moved, len(outcome.skipped)) == (29, 21)
    assert held(db, spring) == {None: 4, "kim": 21, "zed": 25}
    assert outcome.sentence == "moved 29 conversations from Kim Alvarez to Lee Bishop and Zed Young; 21 skipped"
    assert examine(db) == []


def test_what_nothing_came_of_cannot_be_undone(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    begun = begin(db, owner, to(db, spring, "lee"))
    remove_sender(db, owner, "Spring", "lee")
    outcome = finish(db, begun)
    assert (outcome.event, outcome.moved, len(outcome.skipped)) == (None, 0, MANY)
    assert outcome.sentence == "nothing was moved; 50 skipped"
    assert begun.event is not None
    with pytest.raises(Refused, match="none that can be undone"):
        undo(db, owner, begun.event)
    assert examine(db) == []


def test_a_plan_of_which_nothing_is_possible_any_more_leaves_no_entry(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    old = planned(db, to(db, spring, "lee"))
    apply_plan(db, owner, old)
    entries = len(journal(db))
    again = apply_plan(db, owner, old)
    assert (again.event, again.moved, again.skipped) == (None, 0, tuple(many))
    assert len(journal(db)) == entries


def test_a_sender_is_removed_in_one_transaction_whatever_they_hold(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    removed = remove_sender(db, owner, "Spring", "kim")
    assert (removed.under_way, removed.moved) == (False, MANY)
    back = begin_undo(db, owner, removed.event)
    assert (back.under_way, back.moved) == (False, MANY)
    assert held(db, spring) == {"kim": MANY}


def test_who_may_not_reassign_may_not_do_it_in_steps(
    db: Database, owner: Identity, kim: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    large = planned(db, to(db, spring, "lee"))
    with pytest.raises(NotPermitted):
        begin_plan(db, kim, large)
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    with pytest.raises(Refused, match="archived"):
        begin_plan(db, owner, large)


@pytest.mark.parametrize("seed", range(15))
def test_whatever_happens_between_the_steps_nothing_is_lost_and_undo_takes_back_what_was_moved(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId], seed: int
) -> None:
    chance = Random(seed)
    before = holders(db, spring)
    begun = begin(db, owner, to(db, spring, "lee", "zed"))
    touched: set[ConversationId] = set()
    while begun.under_way:
        for _ in range(chance.randrange(3)):
            some = chance.sample(many, chance.randrange(1, 5))
            try:
                give(db, owner, spring, chance.choice([None, "kim", "lee", "zed"]), some)
            except Refused:
                continue  # they are there already
            touched |= set(some)
            if chance.random() < 0.4:
                undo(db, owner, journal(db)[0].id)
        begun = step(db, begun)
        assert sum(held(db, spring).values()) == MANY
        assert examine(db) == []
    assert begun.moved + len(begun.skipped) == MANY
    assert set(begun.skipped) <= touched
    undo(db, owner, begun.event)
    after = holders(db, spring)
    assert all(after[each] == before[each] for each in many if each not in touched)
    assert examine(db) == []


# Undo


def test_undo_and_redo_are_made_in_steps_too(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    event = reassign(db, owner, to(db, spring, "lee")).event
    for holder in ("kim", "lee", "kim"):
        begun = begin_undo(db, owner, event)
        assert begun.under_way
        outcome = finish(db, begun)
        assert (outcome.moved, outcome.skipped) == (MANY, ())
        assert held(db, spring) == {holder: MANY}
        event = outcome.event
    assert examine(db) == []


def test_what_is_under_way_is_undone_when_it_is_done(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    begun = begin(db, owner, to(db, spring, "lee"), steps=1)
    with pytest.raises(Refused, match=f"Change {begun.event} is still under way, ana moves 7 of 50: undo it when"):
        undo(db, owner, begun.event)
    finish(db, begun)
    back = begin_undo(db, owner, begun.event)
    with pytest.raises(Refused, match=f"undone already, by change {back.event}"):
        undo(db, owner, begun.event)
    with pytest.raises(Refused, match=f"Change {back.event} is still under way"):
        undo(db, owner, back.event)
    assert finish(db, back).moved == MANY


def test_a_persons_last_change_is_the_one_under_way_and_none_before(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    begun = begin(db, owner, to(db, spring, "lee"), steps=1)
    with pytest.raises(Refused, match=f"Change {begun.event} is still under way"):
        undo(db, owner)
    opt_out_number(db, owner, look_at(db, many[49]).phone)
    assert undo(db, owner).sentence == "P49 is opted in again"
    finish(db, begun)
    assert undo(db, owner).moved == MANY


def test_while_an_undo_is_under_way_a_persons_last_change_is_the_one_before(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    """docs/rules.md 4.9."""
    opt_out_number(db, owner, look_at(db, many[49]).phone)
    back = begin_undo(db, owner, reassign(db, owner, to(db, spring, "lee")).event)
    assert back.under_way
    assert undo(db, owner).sentence == "P49 is opted in again"


def test_of_two_moves_under_way_a_persons_last_change_is_the_later(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    """docs/rules.md 4.9."""
    autumn = create_campaign(db, owner, Setup("Autumn", "Hi", hours=spring.hours))
    add_senders(db, owner, "Autumn", ["kim", "lee"])
    give(db, owner, autumn, "kim", take_in(db, owner, "Autumn", [f"A{nth}" for nth in range(MANY)]))
    begin(db, owner, to(db, spring, "lee"))
    later = begin(db, owner, to(db, autumn, "lee"))
    with pytest.raises(Refused, match=f"Change {later.event} is still under way"):
        undo(db, owner)


def test_a_move_of_somebody_else_s_is_no_change_of_one_s_own(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    """docs/rules.md 4.9."""
    add_user(db, owner, "ann", "Ann", "Ames", role=Role.ADMIN)
    begin(db, owner, to(db, spring, "lee"), steps=1)
    with db.reading() as conn:
        other = identify(conn, "ann")
    with pytest.raises(Refused, match="There is nothing of yours to undo"):
        undo(db, other)


def test_an_undo_that_puts_nothing_back_was_none(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    moved = reassign(db, owner, to(db, spring, "lee"))
    back = begin_undo(db, owner, moved.event)
    remove_sender(db, owner, "Spring", "kim")
    assert finish(db, back).event is None
    assert held(db, spring) == {"lee": MANY}
    entries = {each.id: each for each in journal(db)}
    assert moved.event is not None
    assert (entries[moved.event].undone_by, entries[moved.event].undoable) == (None, True)
    assert examine(db) == []


# When a process dies


@pytest.mark.parametrize("steps", range(STEPS))
def test_a_move_that_was_killed_at_any_step_is_finished_by_the_next_one_to_come(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId], steps: int
) -> None:
    with at_once(("move_in_steps", db.path, 20, STEP)) as [process]:
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
    with at_once(*[("finish_left", db.path, 20, 2)] * 3) as processes:
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

    def hindered() -> AbstractContextManager[Transaction]:
        nonlocal tried
        tried += 1
        if tried in {1, 4, 5}:
            raise DatabaseBusy("somebody else")
        return real()

    begun = begin(db, owner, to(db, spring, "lee"))
    monkeypatch.setattr(db, "writing", hindered)
    assert finish(db, begun).moved == MANY
    assert tried == STEPS + 3


def test_where_the_database_was_replaced_the_move_is_gone(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId], new_file: Path
) -> None:
    begun = begin(db, owner, to(db, spring, "lee"), steps=1)
    overwrite(db.path, new_file)
    with pytest.raises(Refused, match="somebody put another in its place"):
        finish(db, begun)


def test_two_jobs_in_a_campaign_are_impossible(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    begin(db, owner, to(db, spring, "lee"))
    with pytest.raises(sqlite3.IntegrityError), db.writing() as tx:
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

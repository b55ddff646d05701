"""Moves in steps: what they do, what others do meanwhile, undo (docs/rules.md 4.8)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from tests.store.arranging import assignment_of, give, holders, journal, look_at, sentence_of, take_in
from tests.store.bulk_moves.jobs import MANY, STEP, begin, held, job, planned, to
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import NotPermitted, Refused
from thrumsg_tui.domain.reassignment import FromConversations, FromEveryone, Outcome, Request, ToAssignments
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.bulk_move_job import finish, step
from thrumsg_tui.store.changes.campaign_senders import add_senders, remove_sender
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.reassign import apply_plan, begin_plan, reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import begin_undo, undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.bulk_move_jobs import job_of


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


def test_who_asks_for_it_hears_how_far_a_move_in_steps_is(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    heard: list[tuple[int, int]] = []
    steps = [(min(done, MANY), MANY) for done in range(STEP, MANY + STEP, STEP)]
    moved = reassign(db, owner, to(db, spring, "lee"), lambda done, total: heard.append((done, total)))
    assert heard == steps
    undo(db, owner, moved.event, lambda done, total: heard.append((done, total)))
    assert heard == [*steps, *steps]


def test_a_step_takes_more_until_its_time_is_over(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    begun = begin(db, owner, to(db, spring, "lee", "zed"))
    begun = step(db, begun)
    assert (begun.under_way, begun.moved) == (True, STEP)
    db.pacing = replace(db.pacing, hold=3600)
    ended = step(db, begun)
    assert (ended.under_way, ended.moved) == (False, MANY)
    assert examine(db) == []


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
    details = json.loads(row["details"])
    facts = details.pop("facts")
    assert details == {"removed": None, "skipped": 3}
    assert (facts["moved"], facts["skipped"]) == (47, 3)
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
    with pytest.raises(Refused, match="cannot be undone"):
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

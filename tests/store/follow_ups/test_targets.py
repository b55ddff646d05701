"""Whom a follow-up is for (docs/rules.md 7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.clock import Clock
from tests.store.arranging import give, look_at, number, take_in
from tests.store.follow_ups.tabs import in_tab
from thrumsg_tui.domain.campaigns import AnswerCondition, Campaign, Question, Target
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import MessageKind, Status, Tab
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaigns import edit_campaign
from thrumsg_tui.store.changes.follow_ups import create_follow_up, end_follow_up
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.questions import add_question, edit_question, retire_question
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.skip_follow_up import skip_follow_up
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.follow_ups import Reach, follow_ups, reach


def with_first(asked: Question) -> Target:
    """Those who gave the first answer to a question."""
    return Target(answer=AnswerCondition(asked.id, asked.choices[0].id))


# Whom it is for


@pytest.mark.parametrize(
    ("named", "reached", "not_started"),
    [
        ((None, 0, True), [0], 1),
        ((None, 1, True), [1], 0),
        ((None, None, True), [0, 1], 1),
        ((None, None, False), [2], 0),
        ((None, 0, False), [1, 2], 0),
        ((True, None, True), [0], 0),
        ((False, 0, True), [], 1),
        ((True, 0, False), [2], 0),
    ],
)
def test_it_can_be_for_those_with_a_certain_answer(
    db: Database,
    owner: Identity,
    spring: Campaign,
    vote: Question,
    named: tuple[bool | None, int | None, bool],
    reached: list[int],
    not_started: int,
) -> None:
    replied, choice, answered = named
    target = Target(replied, AnswerCondition(vote.id, None if choice is None else vote.choices[choice].id, answered))
    with db.reading() as conn:
        before = reach(conn, spring.id, target)
    made = create_follow_up(db, owner, "Spring", "Reminder", "Vote!", target=target)
    assert made.reach == before == Reach(len(reached), 0, not_started)
    names = [look_at(db, each).first_name for each in in_tab(db, spring, Tab.FOLLOW_UPS)]
    assert names == [("Ann", "Bea", "Cy")[place] for place in reached]


def test_it_goes_with_an_answer_that_changes_and_comes_up_with_one(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId], vote: Question
) -> None:
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!", target=with_first(vote))
    event = record_answer(db, owner, four[0], vote.id, "No")
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == []
    record_answer(db, owner, four[1], vote.id, "Yes")
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == four[1:2]
    undo(db, owner, event)
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == four[:2]
    record_answer(db, owner, four[0], vote.id, None)
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == four[1:2]


def test_it_comes_up_for_who_replies_later(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!", target=Target(replied=True))
    receive(db, None, number(1), "yes?")
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == four[:3]


def test_it_goes_where_somebody_replies_whom_it_was_for_since_they_had_not(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!", target=Target(replied=False))
    receive(db, None, number(1), "I voted")
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == []
    with pytest.raises(Refused, match="no longer for this contact"):
        send(db, owner, four[1], kind=MessageKind.FOLLOW_UP)


def test_it_comes_up_in_conversations_that_start_later_imported_ones_too(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!", target=Target(replied=False))
    [eve] = take_in(db, owner, "Spring", ["Eve"], first=4)
    give(db, owner, spring, "kim", [eve])
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == [four[1]]
    send(db, owner, eve)
    send(db, owner, four[3])
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == [four[1], four[3], eve]


def test_it_goes_with_an_initial_that_is_cancelled(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId], clock: Clock
) -> None:
    clock.forward(hours=12)  # closed: the initial is held
    edit_campaign(db, owner, spring.id, replace(spring.setup, hours=DailyHours("UTC", 540, 1260)))
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!", target=Target(replied=False))
    send(db, owner, four[3])
    assert four[3] in in_tab(db, spring, Tab.FOLLOW_UPS)
    opt_out_number(db, owner, number(3))
    opt_in_number(db, owner, number(3))
    assert look_at(db, four[3]).status is Status.NOT_STARTED
    assert look_at(db, four[3]).follow_up_id is None


def test_what_was_sent_or_skipped_is_not_asked_again_of_who_matches_anew(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId], vote: Question
) -> None:
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!", target=with_first(vote))
    record_answer(db, owner, four[1], vote.id, "Yes")
    send(db, owner, four[0], kind=MessageKind.FOLLOW_UP)
    skip_follow_up(db, owner, four[1])
    for each in four[:2]:
        record_answer(db, owner, each, vote.id, "No")
        record_answer(db, owner, each, vote.id, "Yes")
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == []


def test_a_skip_is_taken_back_where_it_is_for_others_now_and_that_is_said(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId], vote: Question
) -> None:
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!", target=with_first(vote))
    event = skip_follow_up(db, owner, four[0])
    record_answer(db, owner, four[0], vote.id, "No")
    undone = undo(db, owner, event)
    assert undone.sentence == "the follow-up for Ann is no longer skipped, but this contact no longer matches it"
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == []
    again = undo(db, owner, undone.event)
    assert (again.event, again.sentence) == (
        None,
        "nothing to take back: the follow-up was sent or skipped since, or is not for this contact now",
    )
    record_answer(db, owner, four[0], vote.id, "Yes")
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == four[:1]


def test_one_that_has_ended_comes_up_for_nobody(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    made = create_follow_up(db, owner, "Spring", "Reminder", "Vote!", target=Target(replied=True))
    end_follow_up(db, owner, made.id)
    receive(db, None, number(1), "yes?")
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == []


def test_a_question_or_choice_that_says_whom_it_is_for_stays(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    asked = add_question(db, owner, spring.id, "A ride?", ["Yes", "No"])
    create_follow_up(db, owner, "Spring", "Rides", "When?", target=with_first(asked))
    with pytest.raises(Refused, match="A follow-up chooses its contacts by 'Yes', so it stays"):
        edit_question(db, owner, asked.id, "A ride?", [(asked.choices[1].id, "No")])
    assert retire_question(db, owner, asked.id)
    with db.reading() as conn:
        [follow_up] = follow_ups(conn, spring.id)
    assert follow_up.whom == "anybody texted, with the answer 'Yes' to 'A ride?'"

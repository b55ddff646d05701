"""Changing what contacts are asked, also while people answer (docs/rules.md 3.14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.arranging import ask_everyone, journal, look_at, sentence_of
from thrumsg_tui.domain.campaigns import Campaign, ChoiceId, Question, QuestionId, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import NotFound, NotPermitted, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.changes.questions import (
    ChosenText,
    add_question,
    edit_question,
    move_question,
    restore_question,
    retire_question,
)
from thrumsg_tui.store.changes.reorder import reordered
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.questions import questions
from thrumsg_tui.store.queries.survey_results import survey_results

NINE = "abcdefghi"
HOSTILE = [
    "[red]Yes[/red]",
    "\x1b[2JNo",
    "\u202eebyaM",
    "👩‍👩‍👧‍👦",
    "'; DROP TABLE choice; --",
    "%first_name%",
    "x" * 5000,
]


@pytest.fixture
def vote(db: Database, owner: Identity, spring: Campaign) -> Question:
    """The question `Will you vote?`, to be answered with Yes, No or Maybe."""
    return add_question(db, owner, spring.id, "Will you vote?", ["Yes", "No", "Maybe"])


def asked(db: Database, campaign: Campaign, *, retired: bool = False) -> list[Question]:
    with db.reading() as conn:
        return list(questions(conn, campaign.id, retired=retired))


def words(question: Question) -> list[str]:
    return [each.text for each in question.choices]


def texts(questions: list[Question]) -> list[str]:
    return [each.text for each in questions]


def as_they_are(question: Question) -> list[ChosenText]:
    return [(each.id, each.text) for each in question.choices]


# Adding


def test_a_question_is_asked_after_the_others(
    db: Database, owner: Identity, kim: Identity, spring: Campaign, ann: ConversationId, vote: Question
) -> None:
    added = add_question(db, owner, spring.id, " When? ", [" Early", "Late "])
    assert asked(db, spring) == [vote, added]
    assert (added.text, words(added)) == ("When?", ["Early", "Late"])
    record_answer(db, kim, ann, "When?", "Late")
    assert look_at(db, ann).answers == {added.id: added.choices[1].id}
    entry = journal(db)[1]
    assert (entry.kind, entry.by, entry.campaign, sentence_of(entry)) == (
        EventKind.EDIT_SURVEY,
        "ana",
        "Spring",
        "added the question 'When?'",
    )


@pytest.mark.parametrize(
    ("text", "choices", "reason"),
    [
        ("", ["Yes"], "needs its words"),
        (" \n ", ["Yes"], "needs its words"),
        ("Will you vote?", ["Yes"], "'Will you vote\\?' is asked already"),
        (" Will you vote? ", ["Yes"], "asked already"),
        ("When?", [], "1 to 9 choices"),
        ("When?", ["Early", " "], "none of them empty"),
        ("When?", [*NINE, "j"], "1 to 9 choices"),
        ("When?", ["Early", "Late", " Early"], "Two choices are the same"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_nothing_is_changed(
    db: Database, owner: Identity, spring: Campaign, vote: Question, text: str, choices: list[str], reason: str
) -> None:
    before = len(journal(db))
    with pytest.raises(Refused, match=reason):
        add_question(db, owner, spring.id, text, choices)
    assert asked(db, spring, retired=True) == [vote]
    assert len(journal(db)) == before


def test_one_to_nine_choices_can_be_given(db: Database, owner: Identity, spring: Campaign) -> None:
    assert words(add_question(db, owner, spring.id, "One?", ["Yes"])) == ["Yes"]
    assert words(add_question(db, owner, spring.id, "Nine?", NINE)) == list(NINE)


def test_words_are_stored_as_they_were_written(db: Database, owner: Identity, spring: Campaign) -> None:
    for each in HOSTILE:
        made = add_question(db, owner, spring.id, each, HOSTILE)
        assert (made.text, words(made)) == (each, HOSTILE)
    assert texts(asked(db, spring)) == HOSTILE


def test_another_campaign_may_ask_the_same(db: Database, owner: Identity, vote: Question) -> None:
    fall = create_campaign(db, owner, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)))
    assert add_question(db, owner, fall.id, "Will you vote?", ["Yes"]).id != vote.id


# Changing


def test_a_renamed_choice_keeps_its_answers_also_at_another_place(
    db: Database, owner: Identity, kim: Identity, spring: Campaign, ann: ConversationId, vote: Question
) -> None:
    record_answer(db, kim, ann, vote.id, "Maybe")
    yes, no, maybe = as_they_are(vote)
    after = edit_question(db, owner, vote.id, "Are you voting?", [(maybe[0], "Undecided"), yes, (None, "Never"), no])
    assert (after.text, words(after)) == ("Are you voting?", ["Undecided", "Yes", "Never", "No"])
    assert asked(db, spring) == [after]
    assert look_at(db, ann).answers == {vote.id: after.choices[0].id}


def test_two_choices_can_change_names_with_each_other(
    db: Database, owner: Identity, kim: Identity, ann: ConversationId, vote: Question
) -> None:
    record_answer(db, kim, ann, vote.id, "Yes")
    (yes, _), (no, _), maybe = as_they_are(vote)
    after = edit_question(db, owner, vote.id, vote.text, [(yes, "No"), (no, "Yes"), maybe])
    assert words(after) == ["No", "Yes", "Maybe"]
    assert look_at(db, ann).answers == {vote.id: yes}


def test_a_choice_that_was_never_recorded_can_be_taken_out(
    db: Database, owner: Identity, kim: Identity, ann: ConversationId, vote: Question
) -> None:
    record_answer(db, kim, ann, vote.id, "Yes")
    after = edit_question(db, owner, vote.id, vote.text, as_they_are(vote)[:2])
    assert words(after) == ["Yes", "No"]


def test_a_choice_that_is_an_answer_stays_and_it_is_said_of_how_many(
    db: Database, owner: Identity, kim: Identity, spring: Campaign, ann: ConversationId, vote: Question
) -> None:
    record_answer(db, kim, ann, vote.id, "Yes")
    with pytest.raises(Refused, match="'Yes' is the answer of 1 contact, so it stays"):
        edit_question(db, owner, vote.id, "Changed", as_they_are(vote)[1:])
    assert asked(db, spring) == [vote]


def test_a_choice_that_was_recorded_before_stays_for_undo(
    db: Database, owner: Identity, kim: Identity, ann: ConversationId, vote: Question
) -> None:
    record_answer(db, kim, ann, vote.id, "Yes")
    record_answer(db, kim, ann, vote.id, "No")
    with pytest.raises(Refused, match="'Yes' was an answer that undo may bring back"):
        edit_question(db, owner, vote.id, vote.text, as_they_are(vote)[1:])
    undo(db, kim)
    assert look_at(db, ann).answers == {vote.id: vote.choices[0].id}


def test_what_was_changed_meanwhile_is_not_overwritten(
    db: Database, owner: Identity, spring: Campaign, vote: Question
) -> None:
    changed = edit_question(db, owner, vote.id, vote.text, [*as_they_are(vote), (None, "Never")], seen=vote)
    with pytest.raises(Refused, match="Somebody has changed this question meanwhile"):
        edit_question(db, owner, vote.id, "Mine", as_they_are(vote), seen=vote)
    assert asked(db, spring) == [changed]


@pytest.mark.parametrize("twice", [True, False])
def test_a_choice_of_another_question_or_one_given_twice_is_not_found(
    db: Database, owner: Identity, spring: Campaign, vote: Question, twice: bool
) -> None:
    other = add_question(db, owner, spring.id, "When?", ["Early"])
    wrong = (vote.choices[0].id if twice else other.choices[0].id, "Late")
    with pytest.raises(NotFound):
        edit_question(db, owner, vote.id, vote.text, [*as_they_are(vote), wrong])
    with pytest.raises(NotFound):
        edit_question(db, owner, vote.id, vote.text, [(ChoiceId(999), "Late")])
    assert asked(db, spring) == [vote, other]


def test_nothing_different_is_not_journalled(db: Database, owner: Identity, vote: Question) -> None:
    before = len(journal(db))
    assert edit_question(db, owner, vote.id, f" {vote.text} ", as_they_are(vote)) == vote
    assert len(journal(db)) == before


def test_a_changed_question_may_not_become_a_second_one(
    db: Database, owner: Identity, spring: Campaign, vote: Question
) -> None:
    other = add_question(db, owner, spring.id, "When?", ["Early"])
    with pytest.raises(Refused, match="asked already"):
        edit_question(db, owner, other.id, "Will you vote?", as_they_are(other))


# Ordering


@pytest.mark.parametrize(
    ("place", "order"),
    [
        (1, ["C", "A", "B", "D"]),
        (2, ["A", "C", "B", "D"]),
        (3, ["A", "B", "C", "D"]),
        (4, ["A", "B", "D", "C"]),
        (99, ["A", "B", "D", "C"]),
        (0, ["C", "A", "B", "D"]),
        (-5, ["C", "A", "B", "D"]),
    ],
)
def test_a_question_is_moved_to_a_place(
    db: Database, owner: Identity, spring: Campaign, place: int, order: list[str]
) -> None:
    made = {text: add_question(db, owner, spring.id, text, ["Yes"]) for text in "ABCD"}
    before = len(journal(db))
    move_question(db, owner, made["C"].id, place)
    assert texts(asked(db, spring)) == order
    assert len(journal(db)) == before + (order != list("ABCD"))


def test_places_do_not_count_retired_questions(
    db: Database, owner: Identity, kim: Identity, spring: Campaign, ann: ConversationId
) -> None:
    made = {text: add_question(db, owner, spring.id, text, ["Yes"]) for text in "ABC"}
    record_answer(db, kim, ann, "A", "Yes")
    retire_question(db, owner, made["A"].id)
    move_question(db, owner, made["C"].id, 1)
    assert texts(asked(db, spring)) == ["C", "B"]
    with pytest.raises(Refused, match="'A' is retired: restore it first"):
        move_question(db, owner, made["A"].id, 1)


@given(st.lists(st.integers(), min_size=1, unique=True), st.data())
def test_reordering_moves_one_thing_and_keeps_the_order_of_the_others(order: list[int], data: st.DataObject) -> None:
    moved = data.draw(st.sampled_from(order))
    place = data.draw(st.integers(-3, len(order) + 3))
    after = reordered(order, moved, place)
    assert sorted(after) == sorted(order)
    assert [each for each in after if each != moved] == [each for each in order if each != moved]
    assert after.index(moved) == min(max(place, 1), len(order)) - 1


# Retiring


def test_an_answered_question_is_retired_with_its_answers(
    db: Database, owner: Identity, kim: Identity, spring: Campaign, ann: ConversationId, vote: Question
) -> None:
    record_answer(db, kim, ann, vote.id, "Yes")
    assert retire_question(db, owner, vote.id)
    assert asked(db, spring) == []
    [kept] = asked(db, spring, retired=True)
    assert (kept.id, kept.retired) == (vote.id, True)
    with db.reading() as conn:
        assert survey_results(conn, spring.id)[0].answered == 1
    with pytest.raises(NotFound):
        record_answer(db, kim, ann, vote.id, "No")


def test_one_that_was_answered_once_is_retired_for_undo(
    db: Database, owner: Identity, kim: Identity, ann: ConversationId, vote: Question
) -> None:
    record_answer(db, kim, ann, vote.id, "Yes")
    record_answer(db, kim, ann, vote.id, None)
    assert retire_question(db, owner, vote.id)
    undo(db, kim)
    assert look_at(db, ann).answers == {vote.id: vote.choices[0].id}


def test_one_that_never_had_an_answer_is_deleted(
    db: Database, owner: Identity, spring: Campaign, vote: Question
) -> None:
    assert not retire_question(db, owner, vote.id)
    assert asked(db, spring, retired=True) == []
    assert sentence_of(journal(db)[0]) == "deleted the question 'Will you vote?'"
    for change in (retire_question, restore_question):
        with pytest.raises(NotFound, match="deleted it meanwhile"):
            change(db, owner, vote.id)


def test_a_retired_question_can_be_asked_again_after_the_others(
    db: Database, owner: Identity, kim: Identity, spring: Campaign, ann: ConversationId, vote: Question
) -> None:
    record_answer(db, kim, ann, vote.id, "Yes")
    retire_question(db, owner, vote.id)
    with pytest.raises(Refused, match="retired already"):
        retire_question(db, owner, vote.id)
    with pytest.raises(Refused, match="retired: restore it"):
        add_question(db, owner, spring.id, "Will you vote?", ["Yes"])
    add_question(db, owner, spring.id, "When?", ["Early"])
    restore_question(db, owner, vote.id)
    assert texts(asked(db, spring)) == ["When?", "Will you vote?"]
    assert look_at(db, ann).answers == {vote.id: vote.choices[0].id}
    with pytest.raises(Refused, match="asked already"):
        restore_question(db, owner, vote.id)


def test_an_imported_question_and_an_added_one_are_the_same_kind(
    db: Database, owner: Identity, kim: Identity, spring: Campaign, ann: ConversationId, vote: Question
) -> None:
    record_answer(db, kim, ann, vote.id, "No")
    ask_everyone(db, owner, "Spring", Will_you_vote="Yes|Never", When="Early")
    imported, when = asked(db, spring)
    assert (imported.id, words(imported)) == (vote.id, ["Yes", "No", "Never"])
    assert (
        edit_question(db, owner, when.id, "When?", [*as_they_are(when), (None, "Late")]).choices[0] == when.choices[0]
    )


# Who may, and where


def test_it_takes_an_admin(db: Database, spring: Campaign, moderator: Identity, vote: Question) -> None:
    for change in (
        lambda: add_question(db, moderator, spring.id, "When?", ["Early"]),
        lambda: edit_question(db, moderator, vote.id, "When?", as_they_are(vote)),
        lambda: move_question(db, moderator, vote.id, 1),
        lambda: retire_question(db, moderator, vote.id),
        lambda: restore_question(db, moderator, vote.id),
    ):
        with pytest.raises(NotPermitted):
            change()
    assert asked(db, spring) == [vote]


def test_an_archived_campaign_asks_what_it_asked(
    db: Database, owner: Identity, spring: Campaign, vote: Question
) -> None:
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    for change in (
        lambda: add_question(db, owner, spring.id, "When?", ["Early"]),
        lambda: edit_question(db, owner, vote.id, "When?", as_they_are(vote)),
        lambda: move_question(db, owner, vote.id, 1),
        lambda: retire_question(db, owner, vote.id),
        lambda: restore_question(db, owner, vote.id),
    ):
        with pytest.raises(Refused, match="archived"):
            change()
    assert asked(db, spring) == [vote]


def test_a_question_that_there_is_not_is_not_found(db: Database, owner: Identity, spring: Campaign) -> None:
    with pytest.raises(NotFound):
        edit_question(db, owner, QuestionId(99), "When?", [(None, "Early")])
    with pytest.raises(NotFound):
        move_question(db, owner, QuestionId(99), 1)

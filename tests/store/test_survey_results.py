"""What the survey has found (docs/rules.md 3.14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.arranging import ask_everyone, give, number, take_in
from thrumsg_tui.domain.campaigns import Campaign, ChoiceId, Question, QuestionChoice, QuestionId, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaign_senders import add_senders, remove_sender
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.questions import retire_question
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.questions import questions
from thrumsg_tui.store.queries.survey_results import QuestionResult, SenderResult, survey_results


@pytest.fixture
def six(db: Database, owner: Identity, spring: Campaign) -> list[ConversationId]:
    """Kim holds two conversations, lee three, nobody the last; two questions are asked."""
    people = take_in(db, owner, "Spring", ["A", "B", "C", "D", "E", "F"])
    give(db, owner, spring, "kim", people[:2])
    give(db, owner, spring, "lee", people[2:5])
    ask_everyone(db, owner, "Spring", Will_you_vote="Yes|No|Maybe", When="Early|Late")
    return people


def answer(db: Database, who: Identity, question: str, **choices: list[ConversationId]) -> None:
    for choice, conversations in choices.items():
        for each in conversations:
            record_answer(db, who, each, question, choice)


def found(db: Database, campaign: Campaign, *, by_sender: bool = False) -> tuple[QuestionResult, ...]:
    with db.reading() as conn:
        return survey_results(conn, campaign.id, by_sender=by_sender)


def said(result: QuestionResult | SenderResult, question: Question) -> dict[str, int]:
    """The counts by the words of the choices; no zeros."""
    return {each.text: result.counts[each.id] for each in question.choices if result.counts.get(each.id)}


def test_every_choice_has_its_count_and_its_share_of_those_answered(
    db: Database, owner: Identity, spring: Campaign, six: list[ConversationId]
) -> None:
    answer(db, owner, "Will you vote?", Yes=six[:2], No=six[2:3])
    vote, when = found(db, spring)
    assert (said(vote, vote.question), vote.answered, vote.unanswered) == ({"Yes": 2, "No": 1}, 3, 3)
    assert [vote.share(each.id) for each in vote.question.choices] == [67, 33, 0]
    assert (when.answered, when.unanswered, when.share(when.question.choices[0].id)) == (0, 6, 0)


def test_they_follow_what_is_recorded_changed_and_cleared(
    db: Database, owner: Identity, spring: Campaign, six: list[ConversationId]
) -> None:
    for choice, expected in (("Yes", {"Yes": 1}), ("No", {"No": 1}), (None, {})):
        record_answer(db, owner, six[0], "Will you vote?", choice)
        vote = found(db, spring)[0]
        assert said(vote, vote.question) == expected


def test_opted_out_conversations_count_too(
    db: Database, owner: Identity, spring: Campaign, six: list[ConversationId]
) -> None:
    answer(db, owner, "Will you vote?", Yes=six[:1])
    opt_out_number(db, owner, number(0))
    opt_out_number(db, owner, number(1))
    vote = found(db, spring)[0]
    assert (vote.answered, vote.unanswered) == (1, 5)


def test_by_sender_they_go_by_who_holds_the_conversation_now(
    db: Database, owner: Identity, spring: Campaign, six: list[ConversationId]
) -> None:
    answer(db, owner, "Will you vote?", Yes=[six[0], six[5]], No=[six[1], six[2]])
    give(db, owner, spring, "lee", six[1:2])
    vote = found(db, spring, by_sender=True)[0]
    shown = [(each.login, each.name, said(each, vote.question), each.unanswered) for each in vote.by_sender]
    assert shown == [
        (None, "Unassigned", {"Yes": 1}, 0),
        ("kim", "Kim Alvarez", {"Yes": 1}, 0),
        ("lee", "Lee Bishop", {"No": 2}, 2),
    ]


def test_two_senders_of_one_name_stay_two(
    db: Database, owner: Identity, spring: Campaign, six: list[ConversationId]
) -> None:
    add_user(db, owner, "kim2", "Kim", "Alvarez", role=Role.SENDER)
    add_senders(db, owner, "Spring", ["kim2"])
    give(db, owner, spring, "kim2", six[1:2])
    answer(db, owner, "Will you vote?", Yes=six[:1], No=six[1:2])
    vote = found(db, spring, by_sender=True)[0]
    assert [(each.login, said(each, vote.question)) for each in vote.by_sender[1:3]] == [
        ("kim", {"Yes": 1}),
        ("kim2", {"No": 1}),
    ]


def test_somebody_who_has_left_the_campaign_is_not_shown(
    db: Database, owner: Identity, spring: Campaign, six: list[ConversationId]
) -> None:
    answer(db, owner, "Will you vote?", Yes=six[:2])
    remove_sender(db, owner, "Spring", "kim")
    vote = found(db, spring, by_sender=True)[0]
    assert [each.login for each in vote.by_sender] == [None, "lee"]
    assert vote.answered == 2


def test_retired_questions_come_last_with_their_answers(
    db: Database, owner: Identity, spring: Campaign, six: list[ConversationId]
) -> None:
    answer(db, owner, "Will you vote?", Yes=six[:1])
    with db.reading() as conn:
        vote = questions(conn, spring.id)[0]
    assert retire_question(db, owner, vote.id)
    when, retired = found(db, spring)
    assert (when.question.retired, retired.question.retired, retired.answered) == (False, True, 1)


def test_another_campaigns_answers_are_its_own(
    db: Database, owner: Identity, spring: Campaign, six: list[ConversationId]
) -> None:
    fall = create_campaign(db, owner, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)))
    take_in(db, owner, "Fall", ["A"])
    ask_everyone(db, owner, "Fall", Will_you_vote="Yes|No")
    answer(db, owner, "Will you vote?", Yes=six)
    [vote] = found(db, fall, by_sender=True)
    assert (vote.answered, vote.unanswered, [each.login for each in vote.by_sender]) == (0, 1, [None])


def test_a_campaign_that_asks_nothing_has_found_nothing(db: Database, spring: Campaign) -> None:
    assert found(db, spring) == found(db, spring, by_sender=True) == ()


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=9))
def test_shares_are_rounded_half_up_and_near_a_hundred_together(counts: list[int]) -> None:
    choices = tuple(QuestionChoice(ChoiceId(place), str(place)) for place in range(len(counts)))
    result = QuestionResult(
        Question(QuestionId(1), "?", choices), sum(counts), {each.id: counts[each.id] for each in choices}
    )
    shares = [result.share(each.id) for each in choices]
    if not result.answered:
        assert not any(shares)
        return
    assert abs(sum(shares) - 100) <= len(counts) / 2
    for each, share in zip(choices, shares, strict=True):
        exact = 100 * result.counts[each.id] / result.answered
        assert abs(share - exact) <= 0.5

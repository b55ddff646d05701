"""Follow-ups, and the tabs that they make (docs/rules.md 3.1, 3.3, 3.4, 5.7)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.clock import Clock
from tests.store.arranging import ask_everyone, give, journal, look_at, number, sentence_of, take_in
from thrumsg_tui.domain.campaigns import AnswerCondition, Campaign, FollowUpId, Question, Target
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState, MessageKind, MessageState, Status, Tab
from thrumsg_tui.domain.errors import NotFound, NotPermitted, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.people import Identity
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaigns import change_state, edit_campaign
from thrumsg_tui.store.changes.follow_ups import create_follow_up, edit_follow_up, end_follow_up
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.questions import add_question, edit_question, retire_question
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.scheduled_messages import anything_due, let_due
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.skip_follow_up import skip_follow_up
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.campaigns import assignments, questions
from thrumsg_tui.store.queries.conversations import ListRequest, ids
from thrumsg_tui.store.queries.follow_ups import Reach, follow_ups, reach
from thrumsg_tui.store.queries.messenger import visible_tabs


def with_first(asked: Question) -> Target:
    """Those who gave the first answer to a question."""
    return Target(answer=AnswerCondition(asked.id, asked.choices[0].id))


@pytest.fixture
def four(db: Database, owner: Identity, spring: Campaign) -> list[ConversationId]:
    """Ann answered, Bea was only texted, Cy wrote first, Di has not started; kim holds them all."""
    people = take_in(db, owner, "Spring", ["Ann", "Bea", "Cy", "Di"])
    give(db, owner, spring, "kim", people)
    for each in people[:2]:
        send(db, owner, each)
    receive(db, None, number(0), "ok")
    receive(db, None, number(2), "hello?")
    return people


def in_tab(db: Database, of: Campaign, tab: Tab) -> list[ConversationId]:
    with db.reading() as conn:
        kim = next(each for each in assignments(conn, of.id, db.clock()) if each.login == "kim")
        listed = ids(conn, ListRequest(of.id, kim.id, tab))
        counted = visible_tabs(kim, of, db.clock(), sent=True).get(tab, 0)
    assert counted == len(listed)
    return listed


def test_it_reaches_the_conversations_in_which_somebody_has_written(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    made = create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    assert made.reach == Reach(reaches=3, opted_out=0, not_started=1)
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == four[:3]


@pytest.mark.parametrize(("replied", "reached"), [(True, [0, 2]), (False, [1])])
def test_it_can_be_for_those_who_have_or_have_not_replied(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId], replied: bool, reached: list[int]
) -> None:
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!", target=Target(replied=replied))
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == [four[place] for place in reached]


def test_who_replied_and_has_one_pending_is_in_both_tabs(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!", target=Target(replied=True))
    for tab in (Tab.RESPONSES, Tab.FOLLOW_UPS):
        assert set(in_tab(db, spring, tab)) == {four[0], four[2]}


def test_who_was_only_texted_is_in_the_sent_tab_unless_one_is_pending(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    assert in_tab(db, spring, Tab.SENT) == [four[1]]
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    assert in_tab(db, spring, Tab.SENT) == []
    send(db, owner, four[1])
    assert in_tab(db, spring, Tab.SENT) == [four[1]]


def test_the_tab_is_hidden_when_there_are_none(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    with db.reading() as conn:
        kim = next(each for each in assignments(conn, spring.id, db.clock()) if each.login == "kim")
    assert Tab.FOLLOW_UPS not in visible_tabs(kim, spring, db.clock(), sent=False)


def test_sending_takes_it_off_and_the_next_one_comes_up(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    first = create_follow_up(db, owner, "Spring", "First", "One, %first_name%")
    second = create_follow_up(db, owner, "Spring", "Second", "Two, %first_name%")
    bodies = []
    for expected in (first, second):
        assert look_at(db, four[1]).follow_up_id == expected.id
        sent = send(db, owner, four[1])
        assert sent.kind is MessageKind.FOLLOW_UP
        bodies.append(sent.body)
    assert bodies == ["One, Bea", "Two, Bea"]
    assert look_at(db, four[1]).follow_up_id is None
    with db.reading() as conn:
        assert [(each.title, each.pending, each.sent) for each in follow_ups(conn, spring.id)] == [
            ("First", 2, 1),
            ("Second", 2, 1),
        ]


def test_a_reply_leaves_it_pending(db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]) -> None:
    made = create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    assert send(db, owner, four[0], body="Thanks!").kind is MessageKind.REPLY
    of = look_at(db, four[0])
    assert (of.status, of.follow_up_id) == (Status.ANSWERED, made.id)


def test_it_is_sent_once(db: Database, owner: Identity, four: list[ConversationId]) -> None:
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    send(db, owner, four[1], kind=MessageKind.FOLLOW_UP)
    with pytest.raises(Refused, match="sent or skipped meanwhile, or it has ended"):
        send(db, owner, four[1], body="Vote!", kind=MessageKind.FOLLOW_UP)


def test_an_opted_out_conversation_leaves_the_tab_and_comes_back(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    opt_out_number(db, owner, number(1))
    assert four[1] not in in_tab(db, spring, Tab.FOLLOW_UPS)
    opt_in_number(db, owner, number(1))
    assert four[1] in in_tab(db, spring, Tab.FOLLOW_UPS)


def test_it_ends_when_it_expires(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId], clock: Clock
) -> None:
    create_follow_up(db, owner, "Spring", "Soon over", "One", expires_at=clock.now + timedelta(hours=1))
    lasting = create_follow_up(db, owner, "Spring", "Lasting", "Two")
    clock.forward(minutes=59)
    assert not anything_due(db)
    clock.forward(minutes=1)
    assert anything_due(db)
    let_due(db)
    assert not anything_due(db)
    assert look_at(db, four[0]).follow_up_id == lasting.id
    with db.reading() as conn:
        assert [each.active for each in follow_ups(conn, spring.id)] == [False, True]


def test_an_expired_one_is_not_sent(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId], clock: Clock
) -> None:
    create_follow_up(db, owner, "Spring", "Soon over", "One", expires_at=clock.now + timedelta(hours=1))
    clock.forward(hours=1)
    let_due(db)
    with pytest.raises(Refused, match="has ended"):
        send(db, owner, four[1], kind=MessageKind.FOLLOW_UP)


@pytest.mark.parametrize(("title", "text"), [("", "Vote!"), ("Reminder", " ")])
def test_it_needs_a_title_and_a_text(db: Database, owner: Identity, spring: Campaign, title: str, text: str) -> None:
    with pytest.raises(Refused, match="needs a title and a text"):
        create_follow_up(db, owner, "Spring", title, text)


def test_a_moment_that_has_passed_and_an_archived_campaign_are_refused(
    db: Database, owner: Identity, spring: Campaign, clock: Clock
) -> None:
    with pytest.raises(Refused, match="expired already"):
        create_follow_up(db, owner, "Spring", "Reminder", "Vote!", expires_at=clock.now)
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    with pytest.raises(Refused, match="archived"):
        create_follow_up(db, owner, "Spring", "Reminder", "Vote!")


def test_making_one_needs_an_admin(db: Database, spring: Campaign, moderator: Identity) -> None:
    with pytest.raises(NotPermitted):
        create_follow_up(db, moderator, "Spring", "Reminder", "Vote!")


def test_making_one_is_in_the_journal(db: Database, owner: Identity, four: list[ConversationId]) -> None:
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    entry = journal(db)[0]
    assert (entry.kind, entry.by) == (EventKind.CREATE_FOLLOW_UP, "ana")
    assert "3 conversations" in sentence_of(entry)


def test_one_that_is_no_more_up_is_not_sent_in_place_of_the_next(
    db: Database, owner: Identity, four: list[ConversationId]
) -> None:
    first = create_follow_up(db, owner, "Spring", "First", "One")
    second = create_follow_up(db, owner, "Spring", "Second", "Two")
    end_follow_up(db, owner, first.id)
    with pytest.raises(Refused, match="has ended"):
        send(db, owner, four[1], body="One", kind=MessageKind.FOLLOW_UP, follow_up_id=first.id)
    send(db, owner, four[1], body="Two", kind=MessageKind.FOLLOW_UP, follow_up_id=second.id)
    assert look_at(db, four[1]).messages[-1].body == "Two"


# Whom it is for


@pytest.fixture
def vote(db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]) -> Question:
    """Ann answered Yes and Bea No, Di said Yes elsewhere, Cy was not asked."""
    ask_everyone(db, owner, "Spring", Will_you_vote="Yes|No", When="Early|Late")
    for each, choice in ((four[0], "Yes"), (four[1], "No"), (four[3], "Yes")):
        record_answer(db, owner, each, "Will you vote?", choice)
    with db.reading() as conn:
        return questions(conn, spring.id)[0]


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
    assert undone.sentence == "the follow-up for Ann is skipped no more, but is not for them now"
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
    with pytest.raises(Refused, match="'Yes' says whom a follow-up is for, so it stays"):
        edit_question(db, owner, asked.id, "A ride?", [(asked.choices[1].id, "No")])
    assert retire_question(db, owner, asked.id)
    with db.reading() as conn:
        [of] = follow_ups(conn, spring.id)
    assert of.whom == "anybody texted, with the answer 'Yes' to 'A ride?'"


# Changing it


def test_title_text_and_end_are_changed_until_the_first_is_sent(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId], clock: Clock
) -> None:
    made = create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    until = clock.now + timedelta(hours=1)
    assert edit_follow_up(db, owner, made.id, " Last call ", "Vote today, %first_name%!", until)
    assert not edit_follow_up(db, owner, made.id, "Last call", "Vote today, %first_name%!", until)
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == four[:3]
    assert send(db, owner, four[1], kind=MessageKind.FOLLOW_UP).body == "Vote today, Bea!"
    with pytest.raises(Refused, match="'Last call' was sent to 1 contact already"):
        edit_follow_up(db, owner, made.id, "Last call", "Vote!", None)
    entry = next(each for each in journal(db) if each.kind is EventKind.CHANGE_FOLLOW_UP)
    assert sentence_of(entry) == (
        "changed the follow-up 'Reminder': title is 'Last call', was 'Reminder'; "
        "text is 'Vote today, %first_name%!', was 'Vote!'; end is 2026-03-03 19:00 UTC, was none"
    )


def test_one_that_is_held_counts_as_sent_until_it_is_cancelled(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId], clock: Clock
) -> None:
    edit_campaign(db, owner, spring.id, replace(spring.setup, hours=DailyHours("UTC", 540, 1020)))
    made = create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    assert send(db, owner, four[1], kind=MessageKind.FOLLOW_UP).state is MessageState.UNSENT
    with pytest.raises(Refused, match="was sent to 1 contact already"):
        edit_follow_up(db, owner, made.id, "Reminder", "Other", None)
    opt_out_number(db, owner, number(1))  # which cancels it
    assert edit_follow_up(db, owner, made.id, "Reminder", "Other", None)


def test_the_end_is_changed_to_a_later_one_and_holds(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId], clock: Clock
) -> None:
    made = create_follow_up(db, owner, "Spring", "R", "Vote!", expires_at=clock.now + timedelta(hours=1))
    edit_follow_up(db, owner, made.id, "R", "Vote!", clock.now + timedelta(hours=2))
    clock.forward(hours=1)
    let_due(db)
    assert len(in_tab(db, spring, Tab.FOLLOW_UPS)) == 3
    clock.forward(hours=1)
    with pytest.raises(Refused, match="has ended"):  # although nobody has looked at the time yet
        edit_follow_up(db, owner, made.id, "R", "Vote!", None)


def test_the_second_of_two_who_change_it_is_told(db: Database, owner: Identity, spring: Campaign) -> None:
    made = create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    with db.reading() as conn:
        [seen] = follow_ups(conn, spring.id)
    edit_follow_up(db, owner, made.id, "Reminder", "Vote today!", None, seen=seen)
    with pytest.raises(Refused, match="Somebody has changed this follow-up meanwhile"):
        edit_follow_up(db, owner, made.id, "Reminder", "Vote now!", None, seen=seen)
    with db.reading() as conn:
        assert [each.text for each in follow_ups(conn, spring.id)] == ["Vote today!"]


def test_it_is_changed_by_an_admin_to_something_that_could_be_made(
    db: Database, owner: Identity, spring: Campaign, moderator: Identity, clock: Clock
) -> None:
    made = create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    with pytest.raises(NotPermitted):
        edit_follow_up(db, moderator, made.id, "Other", "Vote!", None)
    with pytest.raises(Refused, match="needs a title and a text"):
        edit_follow_up(db, owner, made.id, " ", "Vote!", None)
    with pytest.raises(Refused, match="expired already"):
        edit_follow_up(db, owner, made.id, "Other", "Vote!", clock.now)
    with pytest.raises(NotFound):
        edit_follow_up(db, owner, FollowUpId(99), "Other", "Vote!", None)
    end_follow_up(db, owner, made.id)
    with pytest.raises(Refused, match="'Reminder' has ended, so it stays as it is"):
        edit_follow_up(db, owner, made.id, "Other", "Vote!", None)
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    with pytest.raises(Refused, match="archived"):
        edit_follow_up(db, owner, made.id, "Other", "Vote!", None)


# Opted out


def test_opted_out_contacts_are_counted_apart_and_get_it_if_they_opt_in(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId], vote: Question
) -> None:
    for nth in (0, 3):
        opt_out_number(db, owner, number(nth))
    made = create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    assert made.reach == Reach(reaches=2, opted_out=2, not_started=0)
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == four[1:3]
    for nth in (0, 3):
        opt_in_number(db, owner, number(nth))
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == four[:3]


def test_what_is_said_to_be_unsent_is_what_is_in_the_tab(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    def unsent() -> int:
        with db.reading() as conn:
            return follow_ups(conn, spring.id)[0].pending

    made = create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    assert made.reach.reaches == unsent() == len(in_tab(db, spring, Tab.FOLLOW_UPS)) == 3
    opt_out_number(db, owner, number(0))
    assert unsent() == len(in_tab(db, spring, Tab.FOLLOW_UPS)) == 2
    skip_follow_up(db, owner, four[1])
    assert unsent() == len(in_tab(db, spring, Tab.FOLLOW_UPS)) == 1
    opt_in_number(db, owner, number(0))
    assert unsent() == len(in_tab(db, spring, Tab.FOLLOW_UPS)) == 2


# Ending it


def test_one_that_is_ended_leaves_the_tab_and_the_next_comes_up(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    first = create_follow_up(db, owner, "Spring", "First", "One")
    second = create_follow_up(db, owner, "Spring", "Second", "Two", target=Target(replied=True))
    send(db, owner, four[1])
    assert end_follow_up(db, owner, first.id) == 2
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == [four[0], four[2]]
    assert look_at(db, four[0]).follow_up_id == second.id
    entry = journal(db)[0]
    assert (entry.kind, sentence_of(entry)) == (
        EventKind.END_FOLLOW_UP,
        "ended the follow-up 'First', unsent in 2 conversations",
    )


def test_ending_counts_those_that_stand_behind_another_one_too(
    db: Database, owner: Identity, four: list[ConversationId]
) -> None:
    create_follow_up(db, owner, "Spring", "First", "One")
    second = create_follow_up(db, owner, "Spring", "Second", "Two")
    opt_out_number(db, owner, number(0))
    assert end_follow_up(db, owner, second.id) == 2


def test_what_was_sent_of_it_still_leaves(db: Database, owner: Identity, four: list[ConversationId]) -> None:
    made = create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    send(db, owner, four[1])
    end_follow_up(db, owner, made.id)
    assert look_at(db, four[1]).messages[-1].state is MessageState.QUEUED


def test_one_that_is_ended_does_not_come_back_with_an_opt_in(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    made = create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    opt_out_number(db, owner, number(0))
    end_follow_up(db, owner, made.id)
    opt_in_number(db, owner, number(0))
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == []


def test_it_is_ended_once_by_an_admin_and_not_in_an_archived_campaign(
    db: Database, owner: Identity, spring: Campaign, moderator: Identity
) -> None:
    made, other = (create_follow_up(db, owner, "Spring", title, "Vote!") for title in ("One", "Two"))
    with pytest.raises(NotPermitted):
        end_follow_up(db, moderator, made.id)
    end_follow_up(db, owner, made.id)
    with pytest.raises(Refused, match="has ended already"):
        end_follow_up(db, owner, made.id)
    with pytest.raises(NotFound):
        end_follow_up(db, owner, FollowUpId(99))
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    with pytest.raises(Refused, match="archived"):
        end_follow_up(db, owner, other.id)


# Skipping it


def test_a_skipped_one_is_off_the_tab_and_the_thread_says_by_whom(
    db: Database, kim: Identity, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    event = skip_follow_up(db, kim, four[1])
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == [four[0], four[2]]
    assert sentence_of(look_at(db, four[1]).events[-1]) == "follow-up 'Reminder' skipped by Kim Alvarez"
    entry = journal(db)[0]
    assert (entry.id, entry.kind, entry.undoable) == (event, EventKind.SKIP_FOLLOW_UP, True)
    with db.reading() as conn:
        [of] = follow_ups(conn, spring.id)
    assert (of.pending, of.sent, of.skipped) == (2, 0, 1)


def test_the_next_one_is_up_when_one_is_skipped(db: Database, owner: Identity, four: list[ConversationId]) -> None:
    create_follow_up(db, owner, "Spring", "First", "One")
    second = create_follow_up(db, owner, "Spring", "Second", "Two")
    skip_follow_up(db, owner, four[1])
    assert look_at(db, four[1]).follow_up_id == second.id


def test_undo_puts_it_back_and_redo_skips_it_again(
    db: Database, owner: Identity, kim: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    made = create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    skip_follow_up(db, kim, four[1])
    undone = undo(db, kim)
    assert look_at(db, four[1]).follow_up_id == made.id
    assert "up again, by Kim Alvarez" in sentence_of(look_at(db, four[1]).events[-1])
    undo(db, kim, undone.event)
    assert look_at(db, four[1]).follow_up_id is None
    assert in_tab(db, spring, Tab.FOLLOW_UPS) == [four[0], four[2]]


def test_undo_puts_it_back_before_one_that_was_made_later(
    db: Database, owner: Identity, four: list[ConversationId]
) -> None:
    first = create_follow_up(db, owner, "Spring", "First", "One")
    create_follow_up(db, owner, "Spring", "Second", "Two")
    skip_follow_up(db, owner, four[1])
    undo(db, owner)
    assert look_at(db, four[1]).follow_up_id == first.id


def test_a_skip_of_one_that_has_ended_is_not_taken_back(
    db: Database, owner: Identity, four: list[ConversationId]
) -> None:
    made = create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    event = skip_follow_up(db, owner, four[1])
    end_follow_up(db, owner, made.id)
    outcome = undo(db, owner, event)
    assert (outcome.event, outcome.sentence) == (None, "nothing to take back: the follow-up has ended since")


def test_a_redo_skips_nothing_that_was_sent_since(db: Database, owner: Identity, four: list[ConversationId]) -> None:
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    skip_follow_up(db, owner, four[1])
    undone = undo(db, owner)
    send(db, owner, four[1])
    assert undo(db, owner, undone.event).event is None
    assert look_at(db, four[1]).messages[-1].kind is MessageKind.FOLLOW_UP


def test_a_sender_skips_and_takes_back_in_their_own_conversations_only(
    db: Database, owner: Identity, spring: Campaign, kim: Identity, four: list[ConversationId]
) -> None:
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    event = skip_follow_up(db, kim, four[1])
    give(db, owner, spring, "lee", four)
    with pytest.raises(Refused, match="Lee Bishop's now"):
        skip_follow_up(db, kim, four[0])
    with pytest.raises(Refused, match="Lee Bishop's now"):
        undo(db, kim, event)
    undo(db, owner, event)
    assert look_at(db, four[1]).follow_up_id is not None


@pytest.mark.parametrize("place", [1, 3])
def test_there_is_nothing_to_skip_where_none_is_up(
    db: Database, owner: Identity, four: list[ConversationId], place: int
) -> None:
    with pytest.raises(Refused, match="no follow-up to skip"):
        skip_follow_up(db, owner, four[place])
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    opt_out_number(db, owner, number(place))
    with pytest.raises(Refused, match="no follow-up to skip"):
        skip_follow_up(db, owner, four[place])


def test_nothing_is_skipped_or_put_back_in_an_archived_campaign(
    db: Database, owner: Identity, four: list[ConversationId]
) -> None:
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!")
    event = skip_follow_up(db, owner, four[1])
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    with pytest.raises(Refused, match="archived"):
        skip_follow_up(db, owner, four[0])
    with pytest.raises(Refused, match="archived"):
        undo(db, owner, event)

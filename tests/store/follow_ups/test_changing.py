"""Changing, ending and skipping follow-ups (docs/rules.md 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.clock import Clock
from tests.store.arranging import give, journal, look_at, number, sentence_of
from tests.store.follow_ups.tabs import in_tab
from thrumsg_tui.domain.campaigns import Campaign, FollowUpId, Question, Target
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState, MessageKind, MessageState, Tab
from thrumsg_tui.domain.errors import NotFound, NotPermitted, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import change_state, edit_campaign
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.follow_ups import create_follow_up, edit_follow_up, end_follow_up
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.skip_follow_up import skip_follow_up
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.follow_ups import Reach, follow_ups

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
    with pytest.raises(Refused, match="must end in the future"):
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
        [follow_up] = follow_ups(conn, spring.id)
    assert (follow_up.pending, follow_up.sent, follow_up.skipped) == (2, 0, 1)


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

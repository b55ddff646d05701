"""Follow-ups, and the tabs that they make (docs/rules.md 3.1, 3.3, 3.4, 5.7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.clock import Clock
from tests.store.arranging import journal, look_at, number, sentence_of
from tests.store.follow_ups.tabs import in_tab
from thrumsg_tui.domain.campaigns import Campaign, Target
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState, MessageKind, Status, Tab
from thrumsg_tui.domain.errors import NotPermitted, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.follow_ups import create_follow_up, end_follow_up
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.assignments import assignments
from thrumsg_tui.store.queries.due import anything_due
from thrumsg_tui.store.queries.follow_ups import Reach, follow_ups
from thrumsg_tui.store.queries.messenger import visible_tabs


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
    conversation = look_at(db, four[0])
    assert (conversation.status, conversation.follow_up_id) == (Status.ANSWERED, made.id)


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
    with pytest.raises(Refused, match="must end in the future"):
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

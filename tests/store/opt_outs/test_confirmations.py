"""What was on its way when somebody opts out, and what they are told (docs/rules.md 5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.clock import Clock
from tests.store.arranging import journal, look_at, number, sentence_of, take_in
from tests.store.carrier import leave
from tests.store.opt_outs.stored import ANN, CONFIRMATION, bodies
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.delivery import NotNow, Scope
from thrumsg_tui.domain.enums import CampaignState, MessageKind, MessageState, Status
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.delivery_outcomes import record_outcomes
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.opt_out_message import told_by_hand
from thrumsg_tui.store.queries.undo_preview import preview_undo


@pytest.fixture
def held(db: Database, owner: Identity, spring: Campaign, clock: Clock) -> ConversationId:
    """A conversation whose initial is held overnight."""
    create_campaign(db, owner, Setup("Hours", "Hi", hours=DailyHours("UTC", 9 * 60, 21 * 60)))
    [bea] = take_in(db, owner, "Hours", ["Bea"], first=1)
    clock.now = datetime(2026, 3, 3, 22, tzinfo=UTC)
    send(db, owner, bea)
    return bea


def test_a_held_message_is_cancelled_by_an_opt_out(db: Database, owner: Identity, held: ConversationId) -> None:
    done = opt_out_number(db, owner, number(1))
    conversation = look_at(db, held)
    assert [message.state for message in conversation.messages] == [MessageState.CANCELLED]
    assert conversation.status is Status.NOT_STARTED  # what never left was not written
    assert not done.confirmation_sent


def test_who_has_written_and_whose_reply_is_held_is_told_nothing(
    db: Database, owner: Identity, held: ConversationId, clock: Clock
) -> None:
    receive(db, None, number(1), "Who is this?")
    send(db, owner, held, body="It is Ana")
    with db.reading() as conn:
        assert told_by_hand(conn, number(1), clock()) == ""
    assert not opt_out_number(db, owner, number(1)).confirmation_sent
    assert CONFIRMATION not in bodies(db, held)


def test_a_confirmation_that_is_announced_leaves_though_another_message_is_held(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId, held: ConversationId, clock: Clock
) -> None:
    send(db, owner, ann)
    leave(db)
    clock.forward(minutes=1)
    [same_person] = take_in(db, owner, "Hours", ["Ann Otieno"])
    send(db, owner, same_person)
    with db.reading() as conn:
        assert told_by_hand(conn, ANN, clock()) == CONFIRMATION
    assert opt_out_number(db, owner, ANN).confirmation_sent
    assert [(each.conversation_id, each.body) for each in leave(db)] == [(ann, CONFIRMATION)]


def test_a_cancelled_message_never_leaves(db: Database, owner: Identity, held: ConversationId, clock: Clock) -> None:
    opt_out_number(db, owner, number(1))
    opt_in_number(db, owner, number(1))
    clock.forward(hours=12)
    let_due(db)
    assert take_queued(db) == []
    assert look_at(db, held).messages[0].state is MessageState.CANCELLED


def test_a_queued_message_does_not_get_through_and_who_never_was_texted_is_told_nothing(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    send(db, owner, ann)
    opt_out_number(db, owner, ANN)
    assert take_queued(db) == []
    conversation = look_at(db, ann)
    assert [message.state for message in conversation.messages] == [MessageState.CANCELLED, MessageState.CANCELLED]
    assert conversation.status is Status.NOT_STARTED
    why = "message cancelled: the contact was opted out before it could leave"
    assert [sentence_of(each) for each in conversation.events][-2:] == [why, why]
    assert [sentence_of(each) for each in journal(db)].count(why) == 2
    assert examine(db) == []


def test_who_was_texted_is_told_though_a_later_message_is_cancelled(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    send(db, owner, ann)
    leave(db)
    send(db, owner, ann, body="Are you there?")
    opt_out_number(db, owner, ANN)
    assert [message.kind for message in take_queued(db)] == [MessageKind.OPT_OUT_CONFIRMATION]


def test_a_confirmation_of_what_was_taken_back_is_withdrawn(db: Database, owner: Identity, ann: ConversationId) -> None:
    send(db, owner, ann)
    leave(db)
    opt_out_number(db, owner, ANN)
    undo(db, owner)
    assert take_queued(db) == []
    why = "message cancelled: the contact was opted in again before it could leave"
    assert sentence_of(look_at(db, ann).events[-1]) == why
    assert examine(db) == []


def test_a_flag_comes_back_with_what_took_it_away(db: Database, owner: Identity, ann: ConversationId) -> None:
    receive(db, None, ANN, "please stop")
    opted_out = opt_out_number(db, owner, ANN)
    opted_in = opt_in_number(db, owner, ANN)
    assert not look_at(db, ann).flagged
    undo(db, owner, opted_in.event)
    undo(db, owner, opted_out.event)
    assert look_at(db, ann).flagged


def test_taking_an_opt_out_back_says_when_the_contact_was_told_of_it(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    send(db, owner, ann)
    leave(db)
    event = opt_out_number(db, owner, ANN).event
    assert event
    with db.reading() as conn:
        assert not preview_undo(conn, owner, event).told
    leave(db)
    with db.reading() as conn:
        assert preview_undo(conn, owner, event).told
    assert undo(db, owner).sentence == "Ann Otieno is opted in again, though they were told that they are opted out"


def test_taking_a_contacts_own_opt_out_back_says_so_before_and_after(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    receive(db, None, ANN, "STOP")
    wish = next(entry.id for entry in journal(db) if entry.kind is EventKind.OPT_OUT)
    with db.reading() as conn:
        assert preview_undo(conn, owner, wish).asked_for
    assert undo(db, owner, wish).sentence == "Ann Otieno is opted in again, though they asked to be opted out"


def test_a_stop_is_confirmed_where_it_was_said_and_never_by_a_draft(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId
) -> None:
    create_campaign(db, owner, Setup("Draft", "Hi", hours=DailyHours("UTC", 0, 1440)), draft=True)
    [in_draft] = take_in(db, owner, "Draft", ["Ann"])
    receive(db, None, ANN, "STOP", campaign_id=spring.id)
    assert bodies(db, ann) == ["STOP", CONFIRMATION]
    assert bodies(db, in_draft) == []
    opt_in_number(db, owner, ANN)
    receive(db, None, ANN, "STOP", campaign_id=look_at(db, in_draft).campaign_id)
    assert bodies(db, in_draft) == ["STOP"]
    assert bodies(db, ann)[-1] == CONFIRMATION


def test_an_archived_campaign_lets_no_confirmation_go(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId
) -> None:
    receive(db, None, ANN, "STOP")
    change_state(db, owner, spring.id, CampaignState.ARCHIVED)
    assert take_queued(db) == []


@pytest.mark.parametrize("texted", [True, False])
def test_who_was_opted_out_before_and_asks_is_told_once(
    db: Database, owner: Identity, ann: ConversationId, texted: bool
) -> None:
    if texted:
        send(db, owner, ann)
    opt_out_number(db, owner, ANN)
    for _ in range(5):
        receive(db, None, ANN, "STOP")
    assert bodies(db, ann).count(CONFIRMATION) == 1


def test_out_in_and_out_again_is_confirmed_once(db: Database, owner: Identity, ann: ConversationId) -> None:
    send(db, owner, ann)
    leave(db)
    opt_out_number(db, owner, ANN)
    undo(db, owner)
    opt_out_number(db, owner, ANN)
    assert len(take_queued(db)) == 1


def test_where_nothing_else_was_written_the_newest_confirmation_is_the_last_word(
    db: Database, owner: Identity, spring: Campaign, clock: Clock
) -> None:
    """docs/rules.md 1.1; the doctor compares it with the messages."""
    (cy,) = take_in(db, owner, spring.name, ["Cy Park"], first=7)
    initial = send(db, owner, cy)
    opt_out_number(db, owner, number(7))
    undo(db, owner, initial.event)
    opt_in_number(db, owner, number(7))
    clock.forward(minutes=10)
    opt_out_number(db, owner, number(7))
    told = [message.kind for message in look_at(db, cy).messages if message.state is not MessageState.CANCELLED]
    assert told == [MessageKind.OPT_OUT_CONFIRMATION] * 2
    assert examine(db) == []


def test_where_nothing_is_done_by_itself_nobody_is_told_by_itself(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    change_setting(db, owner, "auto_opt_out", "off")
    opt_out_number(db, owner, ANN)
    receive(db, None, ANN, "STOP")
    assert CONFIRMATION not in bodies(db, ann)


def test_the_confirmation_is_held_back_by_neither_hours_nor_a_pause(
    db: Database, owner: Identity, spring: Campaign, clock: Clock
) -> None:
    create_campaign(db, owner, Setup("Hours", "Hi", hours=DailyHours("UTC", 9 * 60, 21 * 60)))
    [bea] = take_in(db, owner, "Hours", ["Bea"], first=1)
    send(db, owner, bea)
    leave(db)
    clock.forward(hours=6)
    change_state(db, owner, "Hours", CampaignState.PAUSED)
    receive(db, None, number(1), "STOP")
    [confirmation] = take_queued(db)
    assert (confirmation.kind, confirmation.body) == (MessageKind.OPT_OUT_CONFIRMATION, CONFIRMATION)


def test_an_archived_campaign_sends_no_confirmation(db: Database, owner: Identity, ann: ConversationId) -> None:
    send(db, owner, ann)
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    received = receive(db, None, ANN, "STOP")
    assert (received.conversation_id, received.opted_out) == (None, True)
    assert len(bodies(db, ann)) == 1


# Five minutes (10.9)


def confirmation_states(db: Database, conversation_id: ConversationId) -> list[MessageState]:
    return [
        message.state
        for message in look_at(db, conversation_id).messages
        if message.kind is MessageKind.OPT_OUT_CONFIRMATION
    ]


def test_a_confirmation_leaves_in_the_last_moment_of_its_five_minutes(
    db: Database, owner: Identity, ann: ConversationId, clock: Clock
) -> None:
    send(db, owner, ann)
    leave(db)
    receive(db, None, ANN, "STOP")
    clock.forward(minutes=5, milliseconds=-1)
    assert [(each.kind, each.valid_for) for each in take_queued(db)] == [
        (MessageKind.OPT_OUT_CONFIRMATION, timedelta(minutes=5))
    ]


def test_a_confirmation_is_not_sent_after_five_minutes_and_the_thread_says_so(
    db: Database, owner: Identity, ann: ConversationId, clock: Clock
) -> None:
    send(db, owner, ann)
    leave(db)
    receive(db, None, ANN, "STOP")
    clock.forward(minutes=5)
    assert take_queued(db) == []
    assert confirmation_states(db, ann) == [MessageState.CANCELLED]
    told = [sentence_of(each) for each in look_at(db, ann).events]
    assert told[-1] == "confirmation cancelled: it could not leave within five minutes"
    assert look_at(db, ann).opted_out
    assert examine(db) == []


def test_a_carrier_that_puts_a_confirmation_off_does_not_prolong_its_five_minutes(
    db: Database, owner: Identity, ann: ConversationId, clock: Clock
) -> None:
    send(db, owner, ann)
    leave(db)
    receive(db, None, ANN, "STOP")
    clock.forward(minutes=4)
    [claimed] = take_queued(db)
    later = NotNow(timedelta(minutes=2), Scope.GATEWAY, "busy")
    record_outcomes(db, "practice", [(claimed, later)], retry=lambda _: timedelta(0))
    clock.forward(minutes=2)
    assert take_queued(db) == []
    assert confirmation_states(db, ann) == [MessageState.CANCELLED]


def test_each_opt_out_is_confirmed_once_however_often_it_is_said(
    db: Database, owner: Identity, ann: ConversationId, clock: Clock
) -> None:
    send(db, owner, ann)
    leave(db)
    for words in ("STOP", "stop", "STOPALL"):
        receive(db, None, ANN, words)
        clock.forward(seconds=1)
    assert confirmation_states(db, ann) == [MessageState.QUEUED]
    leave(db)
    receive(db, None, ANN, "START")
    clock.forward(seconds=1)
    receive(db, None, ANN, "STOP")
    leave(db)
    assert confirmation_states(db, ann) == [MessageState.SENT] * 2


def test_where_the_carrier_confirms_we_do_not(db: Database, owner: Identity, ann: ConversationId) -> None:
    send(db, owner, ann)
    leave(db)
    receive(db, None, ANN, "STOP", confirmed=True)
    assert look_at(db, ann).opted_out
    assert confirmation_states(db, ann) == []


def test_who_asked_to_stop_may_stay_blocked_at_the_carrier_when_opted_in_by_hand(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    receive(db, None, ANN, "STOP")
    assert opt_in_number(db, owner, ANN).caution == "The carrier may block the number until it texts START."
    opt_out_number(db, owner, ANN)
    assert opt_in_number(db, owner, ANN).caution == ""

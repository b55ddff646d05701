"""Taking in what contacts write (docs/rules.md 1.5, 3.5, 5.6, 6.1, 8.1)."""

from datetime import timedelta

import pytest

from tests.clock import Clock
from tests.store.arranging import journal, known_as, look_at, number, take_in
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState, Direction, MessageState, Status, UnmatchedReason
from thrumsg_tui.domain.errors import NotPermitted
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.campaigns import totals
from thrumsg_tui.store.queries.lookup import look_up
from thrumsg_tui.store.queries.unmatched import unmatched_messages

ANN = number(0)
STRANGER = "+14155559999"


@pytest.fixture
def ann_in_fall(db: Database, owner: Identity, ann: ConversationId) -> ConversationId:
    """The same contact in a second, newer campaign; nobody has written in either."""
    create_campaign(db, owner, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)))
    return take_in(db, owner, "Fall", ["Ann Otieno"])[0]


def test_an_answer_belongs_to_the_conversation_that_was_texted_last(
    db: Database, owner: Identity, ann: ConversationId, ann_in_fall: ConversationId, clock: Clock
) -> None:
    send(db, owner, ann_in_fall)
    clock.forward(minutes=1)
    send(db, owner, ann)
    assert receive(db, None, ANN, "yes").conversation_id == ann
    clock.forward(minutes=1)
    send(db, owner, ann_in_fall, body="And in fall?")
    assert receive(db, None, ANN, "yes").conversation_id == ann_in_fall


def test_an_archived_campaign_takes_no_answer(
    db: Database, owner: Identity, ann: ConversationId, ann_in_fall: ConversationId, clock: Clock
) -> None:
    send(db, owner, ann)
    clock.forward(minutes=1)
    send(db, owner, ann_in_fall)
    change_state(db, owner, "Fall", CampaignState.ARCHIVED)
    assert receive(db, None, ANN, "yes").conversation_id == ann
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    late = receive(db, None, ANN, "still there?")
    assert (late.conversation_id, late.status) == (None, None)
    with db.reading() as conn:
        assert look_up(conn, ANN).unmatched == 1


def test_somebody_who_was_never_texted_writes_to_the_newest_conversation(
    db: Database, ann: ConversationId, ann_in_fall: ConversationId
) -> None:
    received = receive(db, None, ANN, "hello?")
    assert (received.conversation_id, received.status) == (ann_in_fall, Status.NEEDS_REPLY)
    assert look_at(db, ann).status is Status.NOT_STARTED


def test_a_campaign_that_was_named_takes_the_message(
    db: Database, spring: Campaign, ann: ConversationId, ann_in_fall: ConversationId
) -> None:
    assert receive(db, None, ANN, "hello?", campaign_id=spring.id).conversation_id == ann


def test_where_the_campaign_that_was_named_cannot_take_it_another_does(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId, ann_in_fall: ConversationId
) -> None:
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    received = receive(db, None, ANN, "hello?", campaign_id=spring.id)
    assert (received.conversation_id, received.rerouted) == (ann_in_fall, True)


def test_where_no_campaign_can_take_it_it_is_kept_unmatched(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId
) -> None:
    stranger = receive(db, None, STRANGER, "hello?", campaign_id=spring.id)
    assert (stranger.unmatched, stranger.rerouted) == (UnmatchedReason.UNKNOWN, True)
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    received = receive(db, None, ANN, "hello?", campaign_id=spring.id)
    assert (received.conversation_id, received.unmatched) == (None, UnmatchedReason.ARCHIVED)


def test_why_a_message_is_unmatched_stays_as_it_was_when_it_came(
    db: Database, owner: Identity, ann: ConversationId, clock: Clock
) -> None:
    """Nobody knew a number that was imported after the message was there, whatever the message's stamp says."""
    receive(db, None, number(1), "early")
    clock.forward(hours=1)
    take_in(db, owner, "Spring", ["Bea"], first=1)
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    receive(db, None, number(1), "late", at=clock.now - timedelta(hours=2))
    with db.reading() as conn:
        found = look_up(conn, number(1))
    assert {each.body: each.reason for each in found.messages} == {
        "early": UnmatchedReason.UNKNOWN,
        "late": UnmatchedReason.ARCHIVED,
    }
    assert dict(found.reasons) == {UnmatchedReason.ARCHIVED: 1, UnmatchedReason.UNKNOWN: 1}


@pytest.mark.parametrize("sender", ["68849", "INFO", "", "+0", "415-220-XXXX", "\x1b[2J", "a" * 5000, "\ud800x"])
@pytest.mark.parametrize("body", ["hello", "STOP", "START", "please stop", ""])
def test_whatever_a_carrier_gives_as_a_sender_is_kept_and_opts_nobody_out(
    db: Database, ann: ConversationId, sender: str, body: str
) -> None:
    received = receive(db, None, sender, body, provider_id="S1")
    assert (received.conversation_id, received.opted_out) == (None, False)
    assert received.unmatched is UnmatchedReason.NO_NUMBER
    assert receive(db, None, sender, body, provider_id="S1").duplicate
    with db.reading() as conn:
        [kept] = unmatched_messages(conn)
        assert conn.execute("SELECT COUNT(*) FROM opt_out").fetchone()[0] == 0
    assert kept.body == body
    assert kept.phone == sender.replace("\ud800", "\ufffd")[:100]


@pytest.mark.parametrize("body", ["\udcff", "a\x00b", "x" * 200_000, "\ufdd0\u202e"])
def test_no_words_are_refused_and_what_cannot_be_stored_is_replaced(
    db: Database, ann: ConversationId, body: str
) -> None:
    assert receive(db, None, ANN, body, provider_id="\udcfe").status is Status.NEEDS_REPLY
    assert look_at(db, ann).messages[0].body == body.replace("\udcff", "\ufffd").replace("\0", "\ufffd")
    assert receive(db, None, ANN, body, provider_id="\udcfe").duplicate


def test_a_message_of_a_number_that_nobody_knows_is_kept(db: Database, owner: Identity, spring: Campaign) -> None:
    received = receive(db, None, STRANGER, "who is this?")
    assert (received.conversation_id, received.status, received.opted_out) == (None, None, False)
    with db.reading() as conn:
        found = look_up(conn, STRANGER)
        assert (found.name, found.unmatched) == (None, 1)
        assert [row["body"] for row in conn.execute("SELECT body FROM unmatched")] == ["who is this?"]


def test_a_message_of_a_number_that_nobody_knows_is_in_the_journal(
    db: Database, owner: Identity, spring: Campaign
) -> None:
    receive(db, owner, STRANGER, "who is this?")
    assert journal(db)[0].kind is EventKind.RECEIVE


def test_what_came_in_is_stored_as_it_came(db: Database, spring: Campaign, ann: ConversationId) -> None:
    body = " \u202eSTOP\x1b[31m? [bold]%first_name% "
    receive(db, None, ANN, body)
    [message] = look_at(db, ann).messages
    assert (message.body, message.direction, message.state) == (body, Direction.INCOMING, MessageState.RECEIVED)


@pytest.mark.parametrize("phone", [ANN, STRANGER])
def test_a_message_that_the_provider_repeats_is_stored_once(db: Database, ann: ConversationId, phone: str) -> None:
    first = receive(db, None, phone, "yes", provider_id="SM1")
    again = receive(db, None, phone, "yes", provider_id="SM1")
    assert (first.duplicate, again.duplicate) == (False, True)
    assert (again.conversation_id, again.status) == (first.conversation_id, first.status)
    with db.reading() as conn:
        stored = "SELECT (SELECT COUNT(*) FROM message) + (SELECT COUNT(*) FROM unmatched)"
        assert conn.execute(stored).fetchone()[0] == 1


def test_a_repeated_stop_opts_out_once(db: Database, owner: Identity, ann: ConversationId) -> None:
    send(db, owner, ann)
    for _ in range(3):
        receive(db, None, ANN, "STOP", provider_id="SM1")
    assert [entry.kind for entry in journal(db)].count(EventKind.OPT_OUT) == 1
    assert len(look_at(db, ann).messages) == 3  # the initial, the STOP, one confirmation


def test_the_same_words_without_a_provider_id_are_two_messages(db: Database, ann: ConversationId) -> None:
    for _ in range(2):
        receive(db, None, ANN, "yes")
    assert len(look_at(db, ann).messages) == 2


@pytest.mark.parametrize("body", ["", " \n "])
def test_a_message_without_words_is_a_message(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId, body: str
) -> None:
    """docs/rules.md 1.5: it was a picture."""
    send(db, owner, ann)
    received = receive(db, None, ANN, body)
    assert (received.status, received.opted_out, received.flagged) == (Status.NEEDS_REPLY, False, False)
    message = look_at(db, ann).messages[-1]
    assert (message.body, message.direction) == (body, Direction.INCOMING)
    with db.reading() as conn:
        assert totals(conn, spring.id).needs_reply == 1
    assert examine(db) == []


def test_a_message_without_words_from_a_number_that_is_out_waits_for_nobody(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    opt_out_number(db, owner, ANN)
    assert receive(db, None, ANN, "").opted_out


def test_waiting_counts_from_the_first_message_that_nobody_answered(
    db: Database, kim: Identity, ann: ConversationId, clock: Clock
) -> None:
    send(db, kim, ann)
    clock.forward(minutes=5)
    first = clock.now
    receive(db, None, ANN, "hello?")
    clock.forward(minutes=5)
    receive(db, None, ANN, "anybody?")
    with db.reading() as conn:
        [row] = conn.execute("SELECT waiting_since FROM conversation WHERE id = ?", (ann,)).fetchall()
    assert row["waiting_since"] == int(first.timestamp() * 1000)


def test_a_message_that_comes_late_takes_its_place_in_the_thread_and_still_needs_a_reply(
    db: Database, kim: Identity, ann: ConversationId, clock: Clock
) -> None:
    send(db, kim, ann)
    clock.forward(minutes=10)
    send(db, kim, ann, body="Still there?")
    received = receive(db, None, ANN, "yes", at=clock.now - timedelta(minutes=5))
    assert received.status is Status.NEEDS_REPLY  # nobody has read it
    assert [message.body for message in look_at(db, ann).messages][1] == "yes"


def test_a_time_that_is_still_to_come_counts_as_now(
    db: Database, kim: Identity, ann: ConversationId, clock: Clock
) -> None:
    receive(db, None, ANN, "from the future", at=clock.now + timedelta(days=400))
    assert look_at(db, ann).messages[0].at == clock.now
    assert send(db, kim, ann, body="hello").kind is not None
    assert look_at(db, ann).status is Status.ANSWERED


def test_messages_come_in_at_any_hour_and_while_paused(db: Database, owner: Identity, clock: Clock) -> None:
    create_campaign(db, owner, Setup("Hours", "Hi", hours=DailyHours("UTC", 9 * 60, 10 * 60)))
    [bea] = take_in(db, owner, "Hours", ["Bea"])
    change_state(db, owner, "Hours", CampaignState.PAUSED)
    assert receive(db, None, ANN, "hello?").conversation_id == bea


def test_who_writes_after_opting_out_stays_opted_out_and_does_not_wait(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId
) -> None:
    send(db, owner, ann)
    opt_out_number(db, owner, ANN)
    received = receive(db, None, ANN, "are you still there?")
    assert (received.opted_out, received.flagged) == (True, False)
    assert look_at(db, ann).messages[-1].body == "are you still there?"
    with db.reading() as conn:
        counted = totals(conn, spring.id)
    assert (counted.needs_reply, counted.opted_out) == (0, 1)


def test_a_received_message_is_in_the_journal_with_who_entered_it(
    db: Database, moderator: Identity, ann: ConversationId
) -> None:
    before = len(journal(db))
    receive(db, moderator, ANN, "yes")
    receive(db, None, ANN, "yes")
    by_gateway, by_hand = journal(db)[:-before]
    assert (by_hand.kind, by_hand.by, by_hand.campaign) == (EventKind.RECEIVE, "mo", "Spring")
    assert by_gateway.by == ""


def test_a_sender_puts_no_words_into_a_contacts_mouth(db: Database, ann: ConversationId) -> None:
    with pytest.raises(NotPermitted):
        receive(db, known_as(db, "kim"), ANN, "yes")
    assert look_at(db, ann).messages == ()

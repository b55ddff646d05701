"""Sending one message (docs/rules.md 1.4, 3.11 to 3.13, 3.18, 4.11, 6.1, 6.3, 6.4, 7.1, 7.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from tests.clock import Clock
from tests.store.arranging import give, journal, known_as, look_at, number, take_in
from tests.store.carrier import report
from thrumsg_tui.domain.campaigns import Campaign, FollowUpId, Setup
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.enums import CampaignState, MessageKind, MessageState, Status
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.follow_ups import create_follow_up
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.drafts import draft

NEW_YORK = "America/New_York"

Arrange = Callable[..., ConversationId]


@pytest.fixture
def at_hours(db: Database, owner: Identity, spring: Campaign) -> Arrange:
    """Make a campaign that is open from 09:00 to 21:00 in New York, with a contact whom kim holds."""

    def make(*, starts: date | None = None, ends: date | None = None) -> ConversationId:
        hours = DailyHours(NEW_YORK, 9 * 60, 21 * 60)
        campaign = create_campaign(db, owner, Setup("Hours", "Hi %first_name%", hours=hours, starts=starts, ends=ends))
        add_senders(db, owner, "Hours", ["kim"])
        [conversation_id] = take_in(db, owner, "Hours", ["Ann Otieno"])
        give(db, owner, campaign, "kim", [conversation_id])
        return conversation_id

    return make


def eastern(clock: Clock, hour: int, minute: int = 0, *, day: int = 3) -> None:
    """Set the clock to a time of March 2026 in New York, five hours behind UTC until the 8th."""
    clock.now = datetime(2026, 3, day, hour + 5 if hour < 19 else hour - 19, minute, tzinfo=UTC)
    if hour >= 19:
        clock.forward(days=1)


# What it changes


def test_a_message_counts_as_sent_once_the_outbox_has_it(db: Database, kim: Identity, ann: ConversationId) -> None:
    assert send(db, kim, ann).state is MessageState.QUEUED
    assert look_at(db, ann).status is Status.SENT


def test_an_initial_that_failed_is_still_sent(db: Database, kim: Identity, ann: ConversationId) -> None:
    sent = send(db, kim, ann)
    take_queued(db)
    report(db, sent.message_id, MessageState.FAILED)
    assert look_at(db, ann).messages[0].state is MessageState.FAILED
    assert look_at(db, ann).status is Status.SENT


def test_the_author_of_a_reply_is_who_wrote_it_and_the_conversation_stays(
    db: Database, owner: Identity, kim: Identity, ann: ConversationId
) -> None:
    send(db, kim, ann)
    receive(db, None, number(0), "who is this?")
    send(db, owner, ann, body="We are neighbors.")
    conversation = look_at(db, ann)
    assert [message.author_login for message in conversation.messages] == ["kim", None, "ana"]
    assert (conversation.sender_login, conversation.status) == ("kim", Status.ANSWERED)


def test_acting_for_somebody_makes_them_the_author(db: Database, owner: Identity, ann: ConversationId) -> None:
    send(db, known_as(db, "ana", "kim"), ann)
    assert look_at(db, ann).messages[0].author_login == "kim"
    entry = journal(db)[0]
    assert (entry.kind, entry.by, entry.acting_for) == (EventKind.SEND, "ana", "kim")


def test_sending_deletes_the_authors_draft_and_nobody_elses(
    db: Database, owner: Identity, kim: Identity, ann: ConversationId
) -> None:
    for who in (kim, owner):
        keep_draft(db, who, ann, f"by {who.user.login}")
    send(db, kim, ann)
    with db.reading() as conn:
        assert draft(conn, kim.user.id, ann) is None
        assert draft(conn, owner.user.id, ann) == "by ana"


def test_a_refused_message_stays_as_a_draft(db: Database, kim: Identity, ann: ConversationId) -> None:
    keep_draft(db, kim, ann, "Hello %first_name%")
    with pytest.raises(Refused):
        send(db, kim, ann, body="Hello %first_name%")
    with db.reading() as conn:
        assert draft(conn, kim.user.id, ann) == "Hello %first_name%"


def test_a_draft_outlives_the_program(db: Database, kim: Identity, ann: ConversationId) -> None:
    keep_draft(db, kim, ann, "to be continued")
    again = Database(db.location)
    with again.reading() as conn:
        assert draft(conn, kim.user.id, ann) == "to be continued"
    again.close()
    keep_draft(db, kim, ann, None)
    with db.reading() as conn:
        assert draft(conn, kim.user.id, ann) is None


def test_a_send_is_in_the_journal_once_and_can_be_undone_until_it_is_taken(
    db: Database, kim: Identity, ann: ConversationId
) -> None:
    before = len(journal(db))
    send(db, kim, ann)
    [entry] = journal(db)[:-before]
    assert (entry.kind, entry.by, entry.undoable, entry.campaign) == (EventKind.SEND, "kim", True, "Spring")
    take_queued(db)
    assert not journal(db)[0].undoable


def test_the_initial_is_not_sent_a_second_time(
    db: Database, owner: Identity, kim: Identity, ann: ConversationId
) -> None:
    send(db, kim, ann, kind=MessageKind.INITIAL)
    with pytest.raises(Refused, match="initial message was sent meanwhile"):
        send(db, owner, ann, body="Hi Ann, it's Kim. Will you vote?", kind=MessageKind.INITIAL)
    assert len(look_at(db, ann).messages) == 1


def test_there_is_no_initial_any_more_once_the_contact_wrote_first(
    db: Database, kim: Identity, ann: ConversationId
) -> None:
    receive(db, None, number(0), "hello?")
    with pytest.raises(Refused, match="the contact wrote first"):
        send(db, kim, ann, kind=MessageKind.INITIAL)


# What prevents it


def test_nothing_is_sent_to_an_opted_out_number(
    db: Database, owner: Identity, kim: Identity, ann: ConversationId
) -> None:
    opt_out_number(db, owner, number(0))
    for who in (owner, kim):
        with pytest.raises(Refused, match="opted out"):
            send(db, who, ann)
    assert look_at(db, ann).messages == ()


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.ARCHIVED])
def test_nothing_is_sent_in_a_campaign_that_is_not_active(
    db: Database, owner: Identity, ann: ConversationId, state: CampaignState
) -> None:
    change_state(db, owner, "Spring", state)
    with pytest.raises(Refused, match=f"Campaign is currently closed: it is {state}"):
        send(db, owner, ann)


def test_nothing_is_sent_in_a_draft_campaign(db: Database, owner: Identity) -> None:
    create_campaign(db, owner, Setup("Later", "Hi", hours=DailyHours("UTC", 0, 1440)), draft=True)
    [bea] = take_in(db, owner, "Later", ["Bea"])
    with pytest.raises(Refused, match="not been launched yet"):
        send(db, owner, bea)


@pytest.mark.parametrize("body", [None, "", "Hi %first_name%", "x" * 2000])
@pytest.mark.parametrize("begun", ["nothing", "sent", "answered", "follow-up"])
@pytest.mark.parametrize("stands", ["opted out", "it is paused", "it is archived"])
def test_what_stands_in_the_way_of_any_words_is_named_before_the_words(
    db: Database, owner: Identity, ann: ConversationId, stands: str, begun: str, body: str | None
) -> None:
    """docs/rules.md 3.18."""
    if begun != "nothing":
        send(db, owner, ann)
    if begun == "answered":
        receive(db, None, number(0), "ok")
    if begun == "follow-up":
        create_follow_up(db, owner, "Spring", "Reminder", "Vote at %place%")
    if stands == "opted out":
        opt_out_number(db, owner, number(0))
    else:
        to = CampaignState.PAUSED if stands == "it is paused" else CampaignState.ARCHIVED
        change_state(db, owner, "Spring", to)
    for kind in (None, MessageKind.INITIAL, MessageKind.FOLLOW_UP, MessageKind.REPLY):
        with pytest.raises(Refused, match=stands):
            send(db, owner, ann, body=body, kind=kind, follow_up_id=FollowUpId(99), read_to=MessageId(99))


def test_of_two_reasons_the_one_that_stays_is_named(
    db: Database, owner: Identity, kim: Identity, at_hours: Arrange, clock: Clock
) -> None:
    ended = at_hours(ends=date(2026, 3, 3))
    eastern(clock, 22, day=4)
    with pytest.raises(Refused, match="window is over"):  # and not: closed until tomorrow
        send(db, kim, ended)
    opt_out_number(db, owner, number(0))
    change_state(db, owner, "Hours", CampaignState.PAUSED)
    with pytest.raises(Refused, match="opted out"):
        send(db, kim, ended)


def test_a_sender_at_night_is_told_the_hours_and_not_that_words_are_missing(
    db: Database, kim: Identity, at_hours: Arrange, clock: Clock
) -> None:
    ann = at_hours()
    eastern(clock, 12)
    send(db, kim, ann)
    eastern(clock, 22)
    for body in (None, "", "Hi %first_name%"):
        with pytest.raises(Refused, match="it opens tomorrow"):
            send(db, kim, ann, body=body)


def test_a_sender_whose_conversation_was_reassigned_is_told_to_whom(
    db: Database, owner: Identity, spring: Campaign, kim: Identity, ann: ConversationId
) -> None:
    keep_draft(db, kim, ann, "I was just about to")
    give(db, owner, spring, "lee", [ann])
    with pytest.raises(Refused, match="This conversation is Lee Bishop's now"):
        send(db, kim, ann, body="I was just about to")
    with db.reading() as conn:
        assert draft(conn, kim.user.id, ann) == "I was just about to"


def test_that_comes_before_what_became_of_it_since(
    db: Database, owner: Identity, spring: Campaign, kim: Identity, ann: ConversationId
) -> None:
    give(db, owner, spring, "lee", [ann])
    send(db, owner, ann)
    opt_out_number(db, owner, look_at(db, ann).phone)
    for body in (None, "Hello"):
        with pytest.raises(Refused, match="This conversation is Lee Bishop's now"):
            send(db, kim, ann, body=body, kind=MessageKind.INITIAL, read_to=MessageId(0))


def test_an_admin_sends_although_the_conversation_was_reassigned(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId
) -> None:
    give(db, owner, spring, "lee", [ann])
    assert send(db, owner, ann, body="Hello").state is MessageState.QUEUED


# Hours and the initial window


@pytest.mark.parametrize(("hour", "minute", "is_open"), [(8, 59, False), (9, 0, True), (20, 59, True), (21, 0, False)])
def test_the_opening_minute_belongs_to_the_hours_and_the_closing_minute_does_not(
    db: Database, at_hours: Arrange, clock: Clock, hour: int, minute: int, is_open: bool
) -> None:
    conversation_id = at_hours()
    eastern(clock, hour, minute)
    sent = send(db, known_as(db, "ana"), conversation_id)
    assert sent.state is (MessageState.QUEUED if is_open else MessageState.UNSENT)


def test_outside_the_hours_a_sender_is_refused_and_told_when_it_opens(
    db: Database, at_hours: Arrange, clock: Clock
) -> None:
    conversation_id = at_hours()
    eastern(clock, 22)
    with pytest.raises(Refused, match=r"09:00–21:00 America/New_York; it opens tomorrow 09:00"):
        send(db, known_as(db, "kim"), conversation_id)


def test_an_admin_acting_for_a_sender_is_refused_like_the_sender(db: Database, at_hours: Arrange, clock: Clock) -> None:
    conversation_id = at_hours()
    eastern(clock, 22)
    with pytest.raises(Refused, match="currently closed"):
        send(db, known_as(db, "ana", "kim"), conversation_id)


def test_a_moderators_message_is_held_until_the_opening(
    db: Database, at_hours: Arrange, clock: Clock, moderator: Identity
) -> None:
    conversation_id = at_hours()
    eastern(clock, 22)
    sent = send(db, moderator, conversation_id)
    assert sent.leaves_at == datetime(2026, 3, 4, 14, tzinfo=UTC)
    assert look_at(db, conversation_id).status is Status.SENT
    clock.now = datetime(2026, 3, 4, 13, 59, tzinfo=UTC)
    let_due(db)
    assert look_at(db, conversation_id).messages[0].state is MessageState.UNSENT
    clock.forward(minutes=1)
    let_due(db)
    message = look_at(db, conversation_id).messages[0]
    assert (message.state, message.leaves_at) == (MessageState.QUEUED, None)


def test_a_held_message_stays_while_the_campaign_is_paused(db: Database, at_hours: Arrange, clock: Clock) -> None:
    conversation_id = at_hours()
    ana = known_as(db, "ana")
    eastern(clock, 22)
    send(db, ana, conversation_id)
    change_state(db, ana, "Hours", CampaignState.PAUSED)
    eastern(clock, 10, day=4)
    let_due(db)
    assert look_at(db, conversation_id).messages[0].state is MessageState.UNSENT
    change_state(db, ana, "Hours", CampaignState.ACTIVE)
    let_due(db)
    assert look_at(db, conversation_id).messages[0].state is MessageState.QUEUED


def test_an_initial_before_the_start_date_is_held_until_its_opening(
    db: Database, at_hours: Arrange, clock: Clock
) -> None:
    conversation_id = at_hours(starts=date(2026, 3, 6))
    eastern(clock, 12)
    assert send(db, known_as(db, "kim"), conversation_id).leaves_at == datetime(2026, 3, 6, 14, tzinfo=UTC)


def test_a_reply_before_the_start_date_leaves_at_once(db: Database, at_hours: Arrange, clock: Clock) -> None:
    conversation_id = at_hours(starts=date(2026, 3, 6))
    eastern(clock, 12)
    receive(db, None, number(0), "hello?")
    assert send(db, known_as(db, "kim"), conversation_id, body="hello!").state is MessageState.QUEUED


def test_the_end_date_is_the_last_day_for_initials(db: Database, at_hours: Arrange, clock: Clock) -> None:
    conversation_id = at_hours(ends=date(2026, 3, 3))
    eastern(clock, 20, 59)
    assert send(db, known_as(db, "kim"), conversation_id).state is MessageState.QUEUED


def test_in_the_evening_of_the_end_date_the_hours_are_past(db: Database, at_hours: Arrange, clock: Clock) -> None:
    conversation_id = at_hours(ends=date(2026, 3, 3))
    eastern(clock, 21, 30)
    with pytest.raises(Refused, match="window is over: the hours of 2026-03-03, its last day, are past"):
        send(db, known_as(db, "ana"), conversation_id)


def test_after_the_end_date_initials_are_refused(db: Database, at_hours: Arrange, clock: Clock) -> None:
    conversation_id = at_hours(ends=date(2026, 3, 3))
    eastern(clock, 9, day=4)
    for login in ("kim", "ana"):
        with pytest.raises(Refused, match="initial window is over: its last day was 2026-03-03"):
            send(db, known_as(db, login), conversation_id)


def test_after_the_end_date_replies_go_on(db: Database, at_hours: Arrange, clock: Clock) -> None:
    conversation_id = at_hours(ends=date(2026, 3, 3))
    eastern(clock, 9, day=4)
    receive(db, None, number(0), "am I late?")
    assert send(db, known_as(db, "kim"), conversation_id, body="no").state is MessageState.QUEUED


def test_an_initial_that_could_only_leave_after_the_end_date_is_refused(
    db: Database, at_hours: Arrange, clock: Clock
) -> None:
    conversation_id = at_hours(ends=date(2026, 3, 3))
    eastern(clock, 22)
    with pytest.raises(Refused, match="window"):
        send(db, known_as(db, "ana"), conversation_id)

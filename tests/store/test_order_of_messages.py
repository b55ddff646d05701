"""The messages of one conversation leave in their order, also behind a scheduled one (docs/rules.md 3.1, 6.4, 10.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.clock import Clock
from tests.store.arranging import look_at, number, take_in
from tests.store.carrier import leave
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import MessageKind, MessageState
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.gateway.dry_run import what_would_leave
from thrumsg_tui.store.changes.campaigns import create_campaign, edit_campaign
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.follow_ups import create_follow_up
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database

TOMORROW = datetime(2026, 3, 4, tzinfo=UTC)
SETUP = Setup("Later", "Hi %first_name%, script", hours=DailyHours("UTC", 0, 1440), starts=TOMORROW.date())


@pytest.fixture
def later(db: Database, owner: Identity) -> Campaign:
    """A campaign that is open day and night and begins tomorrow."""
    return create_campaign(db, owner, SETUP)


@pytest.fixture
def bea(db: Database, owner: Identity, later: Campaign) -> ConversationId:
    [conversation_id] = take_in(db, owner, later.name, ["Bea Lund"])
    return conversation_id


def states(db: Database, conversation_id: ConversationId) -> list[MessageState]:
    return [message.state for message in look_at(db, conversation_id).messages]


def left(db: Database) -> list[str]:
    """What leaves now, after what has come due was queued."""
    let_due(db)
    return [message.body for message in leave(db)]


def begin(db: Database, owner: Identity, campaign: Campaign, starts: date | None) -> None:
    """Set another start date."""
    edit_campaign(db, owner, campaign.id, replace(SETUP, starts=starts))


@pytest.mark.parametrize("from_box", [False, True])
def test_a_reply_waits_for_the_initial_that_waits_for_its_start_date(
    db: Database, clock: Clock, owner: Identity, bea: ConversationId, *, from_box: bool
) -> None:
    send(db, owner, bea)
    reply = send(db, owner, bea, body="As I wrote", from_box=from_box)
    assert (reply.state, reply.leaves_at) == (MessageState.UNSENT, TOMORROW)
    assert left(db) == []
    clock.now = TOMORROW
    assert left(db) == ["Hi Bea, script", "As I wrote"]


def test_the_thread_says_what_a_reply_waits_for(db: Database, owner: Identity, bea: ConversationId) -> None:
    send(db, owner, bea)
    send(db, owner, bea, body="As I wrote")
    shown = look_at(db, bea)
    assert [shown.waits_for(each) for each in shown.messages] == ["", "after the initial"]


def test_a_reply_that_comes_as_the_initial_is_due_does_not_overtake_it(
    db: Database, clock: Clock, owner: Identity, bea: ConversationId
) -> None:
    send(db, owner, bea)
    clock.now = TOMORROW + timedelta(seconds=1)
    send(db, owner, bea, body="As I wrote")
    assert leave(db) == []  # nobody has queued what is due
    assert left(db) == ["Hi Bea, script", "As I wrote"]


def test_a_follow_up_waits_until_the_initial_is_no_longer_scheduled(
    db: Database, clock: Clock, owner: Identity, later: Campaign, bea: ConversationId
) -> None:
    send(db, owner, bea)
    create_follow_up(db, owner, later.name, "F", "As I wrote, %first_name%")
    with pytest.raises(Refused, match=r"The initial leaves tomorrow 00:00 UTC; a follow-up can be sent after that\."):
        send(db, owner, bea)
    clock.now = TOMORROW
    let_due(db)
    assert send(db, owner, bea).kind is MessageKind.FOLLOW_UP
    assert left(db) == ["Hi Bea, script", "As I wrote, Bea"]


def test_a_queued_initial_that_is_put_off_puts_off_the_reply_behind_it(
    db: Database, clock: Clock, owner: Identity, later: Campaign, bea: ConversationId
) -> None:
    begin(db, owner, later, None)
    send(db, owner, bea)
    begin(db, owner, later, TOMORROW.date())
    send(db, owner, bea, body="As I wrote")
    assert states(db, bea) == [MessageState.QUEUED, MessageState.QUEUED]
    assert left(db) == []
    assert [(each.state, each.leaves_at) for each in look_at(db, bea).messages] == [(MessageState.UNSENT, TOMORROW)] * 2
    clock.now = TOMORROW
    assert left(db) == ["Hi Bea, script", "As I wrote"]


def test_a_reply_that_an_earlier_version_queued_leaves_after_its_initial(
    db: Database, clock: Clock, owner: Identity, bea: ConversationId
) -> None:
    send(db, owner, bea)
    reply = send(db, owner, bea, body="As I wrote")
    with db.writing() as tx:
        tx.conn.execute("UPDATE message SET state = 'queued', leaves_at = NULL WHERE id = ?", (reply.message_id,))
    forecast = what_would_leave(db)
    assert (forecast.leaving, forecast.closed) == ((), 1)
    assert left(db) == []
    assert states(db, bea) == [MessageState.UNSENT, MessageState.UNSENT]
    clock.now = TOMORROW
    assert left(db) == ["Hi Bea, script", "As I wrote"]


@pytest.mark.parametrize(("starts", "leaves"), [(None, ["Hi Bea, script", "As I wrote"]), (date(2026, 3, 5), [])])
def test_another_start_date_moves_both(
    db: Database,
    clock: Clock,
    owner: Identity,
    later: Campaign,
    bea: ConversationId,
    starts: date | None,
    leaves: list[str],
) -> None:
    send(db, owner, bea)
    send(db, owner, bea, body="As I wrote")
    begin(db, owner, later, starts)
    assert len({(each.state, each.leaves_at) for each in look_at(db, bea).messages}) == 1
    assert left(db) == leaves
    clock.now = TOMORROW + timedelta(hours=1)
    assert left(db) == []
    clock.now = TOMORROW + timedelta(days=1)
    assert left(db) == ([] if leaves else ["Hi Bea, script", "As I wrote"])


def test_an_initial_that_is_taken_back_holds_nothing(db: Database, owner: Identity, bea: ConversationId) -> None:
    initial = send(db, owner, bea)
    receive(db, None, number(0), "Who is this?")
    undo(db, owner, initial.event)
    assert send(db, owner, bea, body="It is Ana").state is MessageState.QUEUED
    assert left(db) == ["It is Ana"]


def test_an_initial_that_is_cancelled_as_its_window_ends_holds_nothing(
    db: Database, owner: Identity, later: Campaign, bea: ConversationId
) -> None:
    send(db, owner, bea)
    receive(db, None, number(0), "Who is this?")
    send(db, owner, bea, body="It is Ana")
    edit_campaign(db, owner, later.id, replace(SETUP, starts=None, ends=date(2026, 3, 2)))
    assert left(db) == ["It is Ana"]


def test_what_one_campaign_has_scheduled_holds_nothing_in_another(
    db: Database, owner: Identity, spring: Campaign, bea: ConversationId
) -> None:
    send(db, owner, bea)
    [same_person] = take_in(db, owner, spring.name, ["Bea Lund"])
    send(db, owner, same_person, body="From another campaign")
    assert left(db) == ["From another campaign"]


def test_the_confirmation_of_an_opt_out_waits_for_nothing(db: Database, owner: Identity, bea: ConversationId) -> None:
    send(db, owner, bea)
    receive(db, None, number(0), "STOP")
    assert left(db) == ["You are now opted-out and will receive no further messages."]

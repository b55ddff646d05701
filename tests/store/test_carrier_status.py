"""What waits, what failed and who delivers is read from the tables that keep it (docs/rules.md 10)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.clock import Clock
from tests.store.arranging import take_in
from tests.store.carrier import GATEWAY, leave
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.carrier import CarrierStatus, Delivery, ListenerStanding, StoppedNumber, WithoutNumber
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.our_numbers import NumberKind, NumberState
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.gateway_numbers import add_number, change_number_state
from thrumsg_tui.store.changes.gateway_state import expect_listener, listener_ended, listener_seen
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.renumber import replace_number
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.carrier_figures import CarrierFigures, Failures, carrier_figures
from thrumsg_tui.store.queries.carrier_status import carrier_status
from thrumsg_tui.store.times import to_ms


@pytest.fixture
def people(db: Database, owner: Identity, spring: Campaign) -> list[ConversationId]:
    """Five contacts; a message to each of the first four is queued."""
    taken = take_in(db, owner, "Spring", ["Ann A", "Bea B", "Cy C", "Dee D", "Eve E"])
    for each in taken[:4]:
        send(db, owner, each)
    return taken


def change(db: Database, sql: str, *parameters: object) -> None:
    with db.writing() as tx:
        tx.conn.execute(sql, parameters)


def status(db: Database) -> CarrierStatus:
    with db.reading() as conn:
        return carrier_status(conn, db.clock())


def figures(db: Database) -> CarrierFigures:
    with db.reading() as conn:
        return carrier_figures(conn, db.clock())


def gateway(db: Database, name: str, seen_at: datetime, state: str = "ready", reason: str = "") -> None:
    change(
        db,
        "INSERT INTO gateway (name, state, reason, changed_at, seen_at, pace) VALUES (?, ?, ?, ?, ?, 4)",
        *(name, state, reason, to_ms(seen_at), to_ms(seen_at)),
    )


def test_messages_wait_until_they_are_sent_and_their_segments_with_them(
    db: Database, spring: Campaign, people: list[ConversationId]
) -> None:
    [waiting] = status(db).campaigns
    assert (waiting.campaign_id, waiting.messages, waiting.segments) == (spring.id, 4, 4)
    change(db, "UPDATE message SET state = 'sending' WHERE id = 1")
    assert status(db).waiting == 4
    change(db, "UPDATE message SET state = 'in_doubt' WHERE id = 1")
    change(db, "UPDATE message SET state = 'sent' WHERE id = 2")
    assert (status(db).waiting, status(db).segments, status(db).in_doubt) == (2, 2, 1)
    change(db, "UPDATE message SET state = 'queued' WHERE id = 1")
    assert (status(db).waiting, status(db).in_doubt) == (3, 0)
    change(db, "DELETE FROM message WHERE id = 4")
    assert status(db).waiting == 2


def test_a_pause_holds_what_waits_and_an_archived_campaign_has_nothing_that_will_ever_leave(
    db: Database, owner: Identity, people: list[ConversationId]
) -> None:
    change_state(db, owner, "Spring", CampaignState.PAUSED)
    assert (status(db).waiting, status(db).held) == (0, 4)
    assert figures(db).oldest is None
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    assert (status(db).waiting, status(db).held) == (0, 0)


def test_the_gateway_that_was_seen_last_is_the_one_that_counts(db: Database, clock: Clock) -> None:
    assert status(db).delivery(clock.now) is Delivery.NEVER
    gateway(db, "twilio", clock.now - timedelta(days=3), "stopped", "refused")
    assert status(db).delivery(clock.now) is Delivery.STOPPED
    gateway(db, "command", clock.now)
    found = status(db).gateway
    assert found is not None
    assert (found.name, found.pace, found.seen_at) == ("command", 4.0, clock.now)
    assert status(db).delivery(clock.now) is Delivery.RUNNING
    clock.now += timedelta(seconds=61)
    assert status(db).delivery(clock.now) is Delivery.SILENT


def test_numbers_that_a_person_withdrew_are_not_called_stopped(db: Database, clock: Clock) -> None:
    for number, state in (("+1415555010", "stopped"), ("+1415555011", "ready"), ("+1415555012", "withdrawn")):
        change(
            db,
            "INSERT INTO gateway_number (number, gateway, kind, mps, state, reason, changed_at)"
            " VALUES (?, 'twilio', 'long', 1, ?, 'unregistered', ?)",
            *(number, state, to_ms(clock.now)),
        )
    assert status(db).stopped_numbers == (StoppedNumber("+1415555010", "unregistered", clock.now),)


def test_numbers_of_which_none_is_ready_are_told_from_one_that_stopped(
    db: Database, owner: Identity, clock: Clock
) -> None:
    frisco, oakland = "+14155550010", "+15105550010"
    gateway(db, "twilio", clock.now)
    assert not status(db).numbers_stopped, "the carrier chooses the number"
    for number in (frisco, oakland):
        add_number(db, owner, "twilio", number, NumberKind.LONG, 1)
    change_number_state(db, owner, frisco, NumberState.STOPPED)
    assert not status(db).numbers_stopped
    change_number_state(db, owner, oakland, NumberState.WITHDRAWN)
    assert status(db).numbers_stopped
    change_number_state(db, owner, frisco, NumberState.WITHDRAWN)
    assert not status(db).numbers_stopped, "withdrawn numbers are counted by what waits for another"
    add_number(db, owner, "command", "+12125550010", NumberKind.LONG, 1)
    change_number_state(db, owner, frisco, NumberState.STOPPED)
    assert status(db).numbers_stopped, "numbers of another gateway do not help"


def test_a_listener_is_missed_where_the_carrier_calls_us(db: Database, clock: Clock) -> None:
    gateway(db, "twilio", clock.now)
    assert status(db).listener is None
    expect_listener(db, "twilio", expected=True)
    assert status(db).listener == ListenerStanding(None, None)
    listener_seen(db, "twilio")
    expect_listener(db, "twilio", expected=True)
    with db.reading() as conn:
        host = conn.execute("SELECT host FROM listener").fetchone()["host"]
    assert status(db).listener == ListenerStanding(clock.now, None, host)
    seen = clock.now
    clock.now += timedelta(seconds=30)
    listener_ended(db, "twilio")
    assert status(db).listener == ListenerStanding(seen, clock.now, host)
    listener_seen(db, "twilio")
    with db.reading() as conn:
        host = conn.execute("SELECT host FROM listener").fetchone()["host"]
    assert status(db).listener == ListenerStanding(clock.now, None, host)
    expect_listener(db, "twilio", expected=False)
    assert status(db).listener is None


def test_a_listener_of_another_gateway_is_not_missed(db: Database, clock: Clock) -> None:
    listener_seen(db, "twilio")
    assert status(db).delivery(clock.now) is Delivery.NEVER, "a listener is no deliverer"
    gateway(db, "command", clock.now)
    assert status(db).listener is None


def test_failures_are_counted_by_code_for_a_day(db: Database, clock: Clock, people: list[ConversationId]) -> None:
    fail = "UPDATE message SET state = 'failed', state_at = ?, error_code = ?, error_text = ? WHERE id = ?"
    change(db, fail, to_ms(clock.now), "30003", "The phone is off", 1)
    change(db, fail, to_ms(clock.now), "30003", "The phone is off", 2)
    change(db, fail, to_ms(clock.now), None, None, 3)
    change(db, fail, to_ms(clock.now - timedelta(hours=25)), "30006", "A landline", 4)
    assert status(db).failed == 3
    assert figures(db).failures == (Failures("30003", "The phone is off", 2), Failures(None, None, 1))


def test_the_figures_of_the_minute(db: Database, clock: Clock, people: list[ConversationId]) -> None:
    begun = clock.now
    clock.now += timedelta(minutes=5)
    change(db, "UPDATE message SET state = 'sent', tried_at = ? WHERE id = 1", to_ms(clock.now - timedelta(minutes=2)))
    change(db, "UPDATE message SET state = 'delivered', tried_at = ? WHERE id = 2", to_ms(clock.now))
    change(db, "UPDATE message SET state = 'sending', tried_at = ? WHERE id = 3", to_ms(clock.now))
    receive(db, None, "+14155550101", "hello")
    came = clock.now
    clock.now += timedelta(seconds=30)
    found = figures(db)
    assert (found.sent_last_minute, found.last_inbound, found.queued, found.sending) == (1, came, 1, 1)
    assert found.oldest is not None
    assert begun <= found.oldest <= begun + timedelta(minutes=1)


def test_what_waits_for_a_number_is_counted(
    db: Database, owner: Identity, clock: Clock, people: list[ConversationId]
) -> None:
    frisco, oakland = "+14155550010", "+15105550010"
    add_number(db, owner, GATEWAY, frisco, NumberKind.LONG, 1)
    leave(db)
    for each in people[:2]:
        send(db, owner, each, body="Will you vote?")
    send(db, owner, people[4])
    assert status(db).without_number is None
    change_number_state(db, owner, frisco, NumberState.WITHDRAWN)
    assert status(db).without_number == WithoutNumber(3, (frisco,), other_ready=False)
    assert status(db).all_without_number
    add_number(db, owner, GATEWAY, oakland, NumberKind.LONG, 1)
    assert status(db).without_number == WithoutNumber(2, (frisco,), other_ready=True)
    assert not status(db).all_without_number
    replace_number(db, owner, frisco)
    assert status(db).without_number is None

"""Settling doubts, and taking in what the carrier tells (docs/rules.md 10.2, 10.6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from tests.gateway.delivering import (
    LATER,
    NUMBER,
    OTHER,
    PATIENCE,
    Seconds,
    delivering,
    later,
    queue,
    settle_down,
    states,
)
from tests.gateway.scripted import ScriptedGateway
from tests.store.world import World, phone_of
from thrumsg_tui.domain.delivery import Accepted, Doubt, Incoming, NotNow, Outcome, Outgoing, Report, Scope
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.domain.errors import DatabaseUnusable
from thrumsg_tui.domain.our_numbers import NumberState
from thrumsg_tui.gateway.configuration import ConfiguredNumber, DoubtPolicy, Doubts
from thrumsg_tui.gateway.missed_reports import FIRST_LOOK, SECOND_LOOK
from thrumsg_tui.store.changes.gateway_numbers import change_number_state
from thrumsg_tui.store.queries.gateway_state import gateway_state


def in_doubt(world: World, gateway: ScriptedGateway, *, is_taken: bool) -> None:
    """Have a message of which the answer was lost."""

    def lost(message: Outgoing) -> Outcome:
        if is_taken:
            gateway.accept(message)
        return Doubt("The answer was lost.")

    queue(world, 1)
    gateway.answers.append(lost)
    with delivering(world, gateway) as deliverer:
        deliverer.drain()
    assert states(world) == ["in_doubt"]


def look(world: World, gateway: ScriptedGateway, after: timedelta, policy: DoubtPolicy = DoubtPolicy.SETTLE) -> None:
    """Let a deliverer look once, some time later."""
    world.clock.now += after
    with delivering(world, gateway, clock=Seconds(), doubts=Doubts(policy=policy)) as deliverer:
        settle_down(deliverer)


def test_a_doubt_that_the_carrier_has_is_sent(world: World) -> None:
    gateway = ScriptedGateway()
    in_doubt(world, gateway, is_taken=True)
    look(world, gateway, timedelta(minutes=1))
    assert states(world) == ["in_doubt"]
    look(world, gateway, timedelta(minutes=1))
    assert states(world) == ["sent"]
    assert len(gateway.sent) == 1


def test_a_doubt_that_the_carrier_lacks_twice_is_sent_again(world: World) -> None:
    gateway = ScriptedGateway()
    in_doubt(world, gateway, is_taken=False)
    look(world, gateway, timedelta(minutes=2))
    assert (states(world), len(gateway.looks)) == (["in_doubt"], 1)
    look(world, gateway, timedelta(seconds=30))
    assert (states(world), len(gateway.looks)) == (["in_doubt"], 1)
    look(world, gateway, timedelta(seconds=30))
    assert len(gateway.looks) == 2
    assert (states(world), len(gateway.sent)) == (["sent"], 2)
    assert gateway.sent[0].key == gateway.sent[1].key


@pytest.mark.parametrize(
    "answer",
    [Doubt("The answer was lost."), NotNow(timedelta(0), Scope.MESSAGE, "Never left.")],
    ids=["doubt", "not now"],
)
def test_what_never_left_takes_another_number_where_its_own_was_withdrawn(world: World, answer: Outcome) -> None:
    def withdrawn(message: Outgoing) -> Outcome:
        may_withdraw.set()
        assert is_withdrawn.wait(PATIENCE)
        return answer

    queue(world, 1)
    may_withdraw, is_withdrawn = Event(), Event()
    gateway, clock = ScriptedGateway(withdrawn), Seconds()
    numbers = (ConfiguredNumber(NUMBER), ConfiguredNumber(OTHER))
    with delivering(world, gateway, clock=clock, numbers=numbers) as deliverer:
        deliverer.turn()
        assert may_withdraw.wait(PATIENCE)
        [first] = gateway.sent
        assert first.our_number is not None
        change_number_state(world.db, world.who["ana"], first.our_number, NumberState.WITHDRAWN)
        is_withdrawn.set()
        settle_down(deliverer)
        for _ in range(3):
            later(world, deliverer, clock, timedelta(minutes=2))
    assert states(world) == ["sent"]
    assert [each.our_number for each in gateway.sent] == [
        first.our_number,
        ({NUMBER, OTHER} - {first.our_number}).pop(),
    ]


def test_where_a_person_decides_nothing_is_sent_again(world: World) -> None:
    gateway = ScriptedGateway()
    in_doubt(world, gateway, is_taken=False)
    for _ in range(3):
        look(world, gateway, timedelta(minutes=5), policy=DoubtPolicy.ASK)
    assert (states(world), len(gateway.sent)) == (["in_doubt"], 1)


def test_what_a_restored_backup_has_is_sent_again_by_a_person_alone(world: World) -> None:
    queue(world, 2)
    gateway = ScriptedGateway()
    with world.db.writing() as tx:  # as restore does it
        tx.conn.execute("UPDATE message SET state = 'in_doubt', state_at = ?", (tx.now_ms,))
    [had, _] = world.rows("SELECT id FROM message ORDER BY id")
    gateway.found_by_text = {had["id"]: "id-1"}
    for _ in range(4):
        look(world, gateway, timedelta(minutes=3))
    assert (states(world), gateway.sent) == (["sent", "in_doubt"], [])


def test_a_carrier_without_a_list_settles_nothing(world: World) -> None:
    gateway = ScriptedGateway()
    gateway.has_list = False
    in_doubt(world, gateway, is_taken=True)
    for _ in range(3):
        look(world, gateway, timedelta(minutes=10))
    assert (states(world), len(gateway.sent)) == (["in_doubt"], 1)


def test_a_doubt_does_not_get_older_while_nobody_asks_the_carrier(world: World) -> None:
    """The machine was off: the carrier can be asked all the same, and the contact has got nothing yet."""
    gateway = ScriptedGateway()
    in_doubt(world, gateway, is_taken=False)
    look(world, gateway, timedelta(hours=20))
    assert states(world) == ["in_doubt"]
    look(world, gateway, timedelta(hours=20))
    assert (states(world), len(gateway.sent)) == (["sent"], 2)


@pytest.mark.parametrize(("minutes", "then"), [(14, "sent"), (16, "in_doubt")])
def test_a_carrier_that_could_not_tell_for_a_quarter_of_an_hour_leaves_it_to_a_person(
    world: World, minutes: int, then: str
) -> None:
    gateway, clock = ScriptedGateway(), Seconds()
    in_doubt(world, gateway, is_taken=False)
    gateway.has_list = False
    with delivering(world, gateway, clock=clock) as deliverer:
        later(world, deliverer, clock, timedelta(minutes=2))
        for _ in range(minutes - 1):
            later(world, deliverer, clock, timedelta(minutes=1))
        asked = len(gateway.looks)
        gateway.has_list = True
        for _ in range(4):
            later(world, deliverer, clock, timedelta(minutes=1))
    assert asked == minutes
    assert states(world) == [then]
    if then == "in_doubt":
        gateway.found_by_text = {gateway.sent[0].id: "id-1"}
        look(world, gateway, timedelta(minutes=1))
        assert states(world) == ["sent"], "what the carrier has is taken all the same"


# What the carrier tells


def test_what_the_carrier_tells_by_itself_is_stored(world: World) -> None:
    queue(world, 1)
    gateway = ScriptedGateway()
    with delivering(world, gateway) as deliverer:
        deliverer.drain()
        gateway.telling = [
            Report(None, gateway.sent[0].key, MessageState.DELIVERED),
            Incoming("in-1", phone_of(0), NUMBER, "Yes"),
        ]
        deliverer.turn()
    assert states(world) == ["delivered"]
    assert [row["body"] for row in world.rows("SELECT body FROM message WHERE direction = 'incoming'")] == ["Yes"]


def test_a_report_that_comes_before_its_answer_is_kept(world: World) -> None:
    queue(world, 1)
    clock, may_go = Seconds(), Event()

    def slowly(message: Outgoing) -> Outcome:
        assert may_go.wait(PATIENCE)
        return Accepted("sid-1")

    gateway = ScriptedGateway(always=slowly)
    with delivering(world, gateway, clock=clock) as deliverer:
        deliverer.turn()
        gateway.telling = [Report("sid-1", None, MessageState.DELIVERED)]
        deliverer.turn()
        may_go.set()
        settle_down(deliverer)
        clock.now += 5
        deliverer.turn()
    assert states(world) == ["delivered"]


def test_incoming_messages_that_were_missed_are_fetched(world: World) -> None:
    queue(world, 1)
    gateway, clock = ScriptedGateway(), Seconds()
    with delivering(world, gateway, clock=clock) as deliverer:
        settle_down(deliverer)
    gateway.received = [Incoming("in-1", phone_of(0), NUMBER, "Yes", at=world.clock.now)]
    for seconds in (0, 299, 2):
        clock.now += seconds
        with delivering(world, gateway, clock=clock) as deliverer:
            settle_down(deliverer)
    with world.db.reading() as conn:
        state = gateway_state(conn, "scripted")
    assert len(gateway.asked_since) == 3
    assert [row["body"] for row in world.rows("SELECT body FROM message WHERE direction = 'incoming'")] == ["Yes"]
    assert state is not None
    assert state.inbound_at is not None


def test_however_many_were_missed_they_are_stored_as_they_come(world: World) -> None:
    """What was stored before the carrier broke off is not fetched again."""
    began = world.clock.now
    queue(world, 1)
    gateway, clock = ScriptedGateway(), Seconds()
    with delivering(world, gateway, clock=clock) as deliverer:
        settle_down(deliverer)
    world.clock.now += timedelta(hours=3)
    gateway.received = [
        Incoming(f"in-{nth}", phone_of(0), NUMBER, str(nth), at=began + timedelta(seconds=10 * nth))
        for nth in range(1, 801)
    ]
    gateway.breaks_off_after = 700
    with delivering(world, gateway, clock=clock) as deliverer:
        settle_down(deliverer)
        assert stored(world) == [str(nth) for nth in range(1, 501)]
        gateway.breaks_off_after = None
        later(world, deliverer, clock, timedelta(minutes=6))
    assert stored(world) == [str(nth) for nth in range(1, 801)]
    assert len(gateway.asked_since) == 2
    assert gateway.asked_since[1] == began + timedelta(seconds=5000, minutes=-5)
    with world.db.reading() as conn:
        state = gateway_state(conn, "scripted")
    assert state is not None
    assert state.inbound_at is not None
    assert state.inbound_at > began + timedelta(hours=3)


@pytest.mark.only_sqlite("it fills the disk of a file")
def test_what_a_full_disk_kept_out_is_stored_later_without_being_fetched_again(world: World) -> None:
    queue(world, 1)
    gateway, clock = ScriptedGateway(), Seconds()
    with delivering(world, gateway, clock=clock) as deliverer:
        settle_down(deliverer)
    texts = [letter * 20_000 for letter in "abc"]
    gateway.received = [Incoming(f"in-{nth}", phone_of(0), NUMBER, text) for nth, text in enumerate(texts)]
    with delivering(world, gateway, clock=clock) as deliverer:
        deliverer.turn()
        assert deliverer.done.wait(PATIENCE)
        limit_pages(world, more=3)
        with pytest.raises(DatabaseUnusable, match="is full"):
            deliverer.turn()
        limit_pages(world, more=1000)
        settle_down(deliverer)
    assert (stored(world), len(gateway.asked_since)) == (texts, 1)


def limit_pages(world: World, *, more: int) -> None:
    """Let the database grow by so many pages at most."""
    with world.db.writing() as tx:
        pages = tx.conn.execute("PRAGMA page_count").fetchone()[0]
        tx.conn.execute(f"PRAGMA max_page_count = {pages + more}")


def stored(world: World) -> list[str]:
    return [row["body"] for row in world.rows("SELECT body FROM message WHERE direction = 'incoming' ORDER BY id")]


def test_a_report_that_was_missed_is_fetched(world: World) -> None:
    queue(world, 2)
    gateway, clock = ScriptedGateway(), Seconds()
    with delivering(world, gateway, clock=clock) as deliverer:
        settle_down(deliverer)
        for each in gateway.sent:
            [trace] = gateway.listed[each.key]
            arrived = replace(trace, state=MessageState.DELIVERED)
            gateway.listed[each.key] = [replace(trace, provider_id="another's", state=MessageState.FAILED), arrived]
        later(world, deliverer, clock, FIRST_LOOK - LATER)
        assert gateway.looks == []
        for _ in range(3):
            later(world, deliverer, clock, timedelta(seconds=10))
    assert states(world) == ["delivered", "delivered"]


def test_a_message_without_a_report_is_looked_up_twice_at_most(world: World) -> None:
    queue(world, 1)
    gateway, clock = ScriptedGateway(), Seconds()
    with delivering(world, gateway, clock=clock) as deliverer:
        settle_down(deliverer)
        looks = []
        for after in (FIRST_LOOK, LATER, SECOND_LOOK, LATER, SECOND_LOOK):
            later(world, deliverer, clock, after)
            looks.append(len(gateway.looks))
    assert looks == [1, 1, 2, 2, 2]
    with delivering(world, gateway, clock=clock) as deliverer:
        later(world, deliverer, clock, LATER)
    assert (states(world), len(gateway.looks)) == (["sent"], 2)

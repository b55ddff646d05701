"""What keeps messages from leaving (docs/rules.md 10.3 to 10.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise

from tests.gateway.delivering import NUMBER, Seconds, delivering, queue, settle_down, states
from tests.gateway.scripted import ScriptedGateway
from tests.store.world import PEOPLE, World, phone_of
from thrumsg_tui.domain.delivery import NotNow, Report, Scope
from thrumsg_tui.domain.enums import CampaignState, MessageKind, MessageState
from thrumsg_tui.gateway.configuration import ConfiguredNumber, Limits
from thrumsg_tui.gateway.gateway_reporter import BEAT_EVERY
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.queries.gateway_numbers import our_numbers
from thrumsg_tui.store.queries.gateway_state import gateway_state


def test_nothing_leaves_faster_than_its_number_may(world: World) -> None:
    queue(world, 4)
    gateway, clock = ScriptedGateway(), Seconds()
    number = ConfiguredNumber(NUMBER, mps=2.0)
    left = []
    with delivering(world, gateway, clock=clock, numbers=(number,)) as deliverer:
        for _ in range(40):
            left += [clock.now for _ in settle_down(deliverer)]
            clock.now += 0.1
    assert len(left) == 4
    assert all(later - earlier >= 0.5 for earlier, later in pairwise(left))


def test_five_failures_of_the_connection_leave_one_try_every_half_minute(world: World) -> None:
    queue(world)
    failure = NotNow(timedelta(0), Scope.GATEWAY, "The name api.example.org is unknown.")
    gateway, clock = ScriptedGateway(*[failure] * 6), Seconds()
    with delivering(world, gateway, clock=clock, limits=Limits(workers=1)) as deliverer:
        settle_down(deliverer)
        assert len(gateway.sent) == 5
        with world.db.reading() as conn:
            state = gateway_state(conn, "scripted")
        assert state is not None
        assert not state.is_stopped
        assert "The name api.example.org is unknown." in state.reason
        clock.now += 29
        settle_down(deliverer)
        assert len(gateway.sent) == 5
        clock.now += 1
        settle_down(deliverer)
        assert len(gateway.sent) == 6
        clock.now += 30
        world.clock.now += timedelta(minutes=10)
        deliverer.drain()
    assert states(world) == ["sent"] * len(PEOPLE)


def test_a_carrier_that_is_busy_gets_the_time_that_it_asks_for(world: World) -> None:
    queue(world, 3)
    busy = NotNow(timedelta(seconds=7), Scope.GATEWAY, "Too many requests.", code="20429")
    gateway, clock = ScriptedGateway(busy), Seconds()
    with delivering(world, gateway, clock=clock, limits=Limits(workers=1)) as deliverer:
        settle_down(deliverer)
        clock.now += 6.9
        settle_down(deliverer)
        assert len(gateway.sent) == 1
        clock.now += 0.1
        settle_down(deliverer)
    assert len(gateway.sent) == 3


def test_a_carrier_that_is_busy_is_connected(world: World) -> None:
    """Eight workers are told so in one second; that is no lost connection, and only its own wait counts."""
    queue(world)
    busy = NotNow(timedelta(seconds=1), Scope.GATEWAY, "Too many requests.", code="20429")
    gateway, clock = ScriptedGateway(*[busy] * 6), Seconds()
    with delivering(world, gateway, clock=clock, limits=Limits(workers=8)) as deliverer:
        settle_down(deliverer)
        assert len(gateway.sent) == 6
        assert deliverer.standstill.failing is None
        with world.db.reading() as conn:
            state = gateway_state(conn, "scripted")
        assert state is not None
        assert state.reason == ""
        clock.now += 1
        world.clock.now += timedelta(minutes=1)
        settle_down(deliverer)
    assert states(world) == ["sent"] * len(PEOPLE)


def test_an_answer_that_the_carrier_is_busy_ends_a_lost_connection(world: World) -> None:
    queue(world)
    lost = NotNow(timedelta(0), Scope.GATEWAY, "No connection.")
    busy = NotNow(timedelta(seconds=1), Scope.GATEWAY, "Too many requests.", code="20429")
    gateway, clock = ScriptedGateway(*[lost] * 5, busy), Seconds()
    with delivering(world, gateway, clock=clock, limits=Limits(workers=1)) as deliverer:
        settle_down(deliverer)
        assert deliverer.standstill.failing == "No connection."
        clock.now += 30
        settle_down(deliverer)
        assert deliverer.standstill.failing is None


def test_a_fault_of_our_configuration_stops_the_gateway_and_no_message(world: World) -> None:
    queue(world)
    fault = NotNow(timedelta(0), Scope.GATEWAY, "The carrier refuses our credentials.", broken=True, code="20003")
    gateway = ScriptedGateway(always=fault)
    with delivering(world, gateway, limits=Limits(workers=1)) as deliverer:
        deliverer.drain()
        assert deliverer.standstill.stopped == "The carrier refuses our credentials (code 20003)"
    assert len(gateway.sent) == 3
    assert states(world) == ["queued"] * len(PEOPLE)
    with world.db.reading() as conn:
        state = gateway_state(conn, "scripted")
    assert state is not None
    assert (state.is_stopped, state.reason) == (True, "The carrier refuses our credentials (code 20003)")


def test_a_number_that_cannot_text_stops_alone(world: World) -> None:
    queue(world)
    fault = NotNow(timedelta(0), Scope.NUMBER, "It cannot text.", broken=True, code="21606")
    gateway = ScriptedGateway(always=fault)
    with world.db.writing() as tx:
        tx.conn.execute("UPDATE conversation SET our_number = ?", (NUMBER,))
    with delivering(world, gateway, limits=Limits(workers=1), numbers=(ConfiguredNumber(NUMBER, mps=1000.0),)) as it:
        it.drain()
        assert it.standstill.stopped is None
    assert len(gateway.sent) == 3
    with world.db.reading() as conn:
        [number] = our_numbers(conn, "scripted")
    assert (number.is_ready, number.reason) == (False, "It cannot text (code 21606)")


def test_a_paused_campaign_waits_though_its_deliverer_runs(world: World) -> None:
    queue(world)
    change_state(world.db, world.who["ana"], "Spring", CampaignState.PAUSED)
    opt_out_number(world.db, world.who["ana"], phone_of(0))
    gateway = ScriptedGateway()
    with delivering(world, gateway) as deliverer:
        deliverer.drain()
        assert gateway.sent == []
        change_state(world.db, world.who["ana"], "Spring", CampaignState.ACTIVE)
        deliverer.drain()
    assert len(gateway.sent) == len(PEOPLE) - 1


def test_a_reply_passes_the_initials_that_wait_for_their_pace(world: World) -> None:
    ana = world.who["ana"]
    chosen = queue(world)
    gateway, clock = ScriptedGateway(), Seconds()
    with delivering(world, gateway, clock=clock, numbers=(ConfiguredNumber(NUMBER, mps=1.0),)) as deliverer:
        settle_down(deliverer)
        send(world.db, ana, chosen[0], body="A reply")
        for _ in range(2):
            clock.now += 1.01
            settle_down(deliverer)
    assert [each.kind for each in gateway.sent] == [MessageKind.INITIAL, MessageKind.REPLY, MessageKind.INITIAL]


class Unregistered(ScriptedGateway):
    """A carrier that takes messages from a number that may not text, and says so later."""

    stopping_codes: Mapping[str, int] = {"30034": 3}


def test_a_number_whose_messages_all_fail_for_its_own_sake_stops(world: World) -> None:
    queue(world, 5)
    gateway, clock = Unregistered(), Seconds()
    with delivering(world, gateway, clock=clock, numbers=(ConfiguredNumber(NUMBER, mps=1000.0),)) as deliverer:
        for nth in range(3):
            clock.now += BEAT_EVERY
            settle_down(deliverer)
            with world.db.reading() as conn:
                [number] = our_numbers(conn, "scripted")
            assert number.is_ready
            failed = Report(None, gateway.sent[nth].key, MessageState.FAILED, "30034", "It is not registered.")
            gateway.telling = [failed]
            deliverer.turn()
        clock.now += BEAT_EVERY
        deliverer.turn()
    with world.db.reading() as conn:
        [number] = our_numbers(conn, "scripted")
    assert (number.is_ready, number.reason) == (False, "It is not registered (code 30034)")

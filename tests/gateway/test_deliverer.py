"""Bringing queued messages to a carrier, and storing what becomes of them (docs/rules.md 10.1 to 10.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Event, current_thread

from tests.gateway.scripted import ScriptedGateway
from tests.store.world import PEOPLE, World, phone_of
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.delivery import Accepted, Doubt, Incoming, NotNow, Outcome, Outgoing, Rejected, Report, Scope
from thrumsg_tui.domain.enums import CampaignState, MessageKind, MessageState
from thrumsg_tui.gateway.configuration import Configuration, ConfiguredNumber, DoubtPolicy, Doubts, Limits
from thrumsg_tui.gateway.deliverer import FRESH, Deliverer
from thrumsg_tui.gateway.gateway_reporter import BEAT_EVERY
from thrumsg_tui.gateway.missed_reports import FIRST_LOOK, SECOND_LOOK
from thrumsg_tui.gateway.protocol import Gateway
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.queries.gateway_numbers import our_numbers
from thrumsg_tui.store.queries.gateway_state import gateway_state

NUMBER = "+14155550100"
LATER = timedelta(seconds=1)
PATIENCE = 60
"""Seconds after which a call that does not end has failed."""


@dataclass
class Seconds:
    """A clock in seconds that is set by hand."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def queue(world: World, count: int = len(PEOPLE)) -> list[ConversationId]:
    """Queue an initial in each of some conversations."""
    chosen = world.conversations(world.spring)[:count]
    for each in chosen:
        send(world.db, world.who["ana"], each)
    return chosen


def states(world: World) -> list[str]:
    return [row["state"] for row in world.rows("SELECT state FROM message WHERE direction = 'outgoing' ORDER BY id")]


@contextmanager
def delivering(
    world: World,
    gateway: Gateway,
    *,
    clock: Seconds | None = None,
    **settings: object,
) -> Iterator[Deliverer]:
    """A deliverer at work."""
    configuration = Configuration(gateway.name, **settings)  # type: ignore[arg-type]
    deliverer = Deliverer(
        world.db, gateway, configuration, chance=lambda: 0.5, **({"monotonic": clock} if clock else {})
    )
    deliverer.start()
    try:
        yield deliverer
    finally:
        deliverer.stop()


def settle_down(deliverer: Deliverer) -> list[Outgoing]:
    """Turn until the carrier has answered everything, though not for what waits for a time."""
    handed_over = deliverer.turn()
    while deliverer.under_way or deliverer.asks:
        assert deliverer.done.wait(PATIENCE)
        deliverer.done.clear()
        handed_over += deliverer.turn()
    return handed_over


def test_all_that_may_leave_is_sent_once(world: World) -> None:
    queue(world)
    gateway = ScriptedGateway()
    with delivering(world, gateway) as deliverer:
        deliverer.drain()
    assert sorted(each.phone for each in gateway.sent) == sorted(phone_of(nth) for nth in range(len(PEOPLE)))
    assert states(world) == ["sent"] * len(PEOPLE)


def test_what_an_earlier_process_left_is_in_doubt_and_is_not_sent_again(world: World) -> None:
    queue(world, 2)
    take_queued(world.db, gateway="scripted")  # and the process that claimed them is gone
    gateway = ScriptedGateway()
    with delivering(world, gateway) as deliverer:
        deliverer.drain()
    assert gateway.sent == []
    assert states(world) == ["in_doubt", "in_doubt"]


def test_only_as_many_are_claimed_as_can_go_out_now(world: World) -> None:
    queue(world)
    may_go = Event()

    def slowly(message: Outgoing) -> Outcome:
        assert may_go.wait(PATIENCE)
        return Accepted(f"id-{message.id}")

    with delivering(world, ScriptedGateway(always=slowly), limits=Limits(workers=2)) as deliverer:
        assert len(deliverer.turn()) == 2
        assert deliverer.turn() == []
        assert states(world) == ["sending"] * 2 + ["queued"] * (len(PEOPLE) - 2)
        may_go.set()
        deliverer.drain()
    assert states(world) == ["sent"] * len(PEOPLE)


def test_after_an_opt_out_at_most_what_is_on_its_way_still_leaves(world: World) -> None:
    queue(world)
    may_go = Event()

    def slowly(message: Outgoing) -> Outcome:
        assert may_go.wait(PATIENCE)
        return Accepted(f"id-{message.id}")

    gateway = ScriptedGateway(always=slowly)
    with delivering(world, gateway, limits=Limits(workers=2)) as deliverer:
        deliverer.turn()
        receive(world.db, None, phone_of(4), "STOP")
        may_go.set()
        deliverer.drain()
    to_the_number = [each.kind for each in gateway.sent if each.phone == phone_of(4)]
    assert to_the_number == [MessageKind.OPT_OUT_CONFIRMATION]
    assert len(gateway.sent) == len(PEOPLE)


def test_answers_are_stored_as_they_are(world: World) -> None:
    queue(world, 4)
    gateway = ScriptedGateway(
        Accepted("sid"),
        Rejected("30006", "It is a landline."),
        NotNow(timedelta(minutes=1), Scope.MESSAGE, "Later."),
        Doubt("Nobody knows."),
    )
    with delivering(world, gateway, limits=Limits(workers=1)) as deliverer:
        deliverer.drain()
    assert states(world) == ["sent", "failed", "queued", "in_doubt"]
    assert len(gateway.sent) == 4


def test_a_gateway_that_breaks_off_leaves_a_doubt(world: World) -> None:
    queue(world, 1)
    with delivering(world, ScriptedGateway(ConnectionError("+14155550100"))) as deliverer:
        deliverer.drain()
    [row] = world.rows("SELECT state, error_text FROM message")
    assert tuple(row) == ("in_doubt", "The gateway broke off (ConnectionError).")


def test_a_process_that_was_halted_between_claim_and_call_claims_anew(world: World) -> None:
    queue(world, 1)
    gateway = ScriptedGateway()
    real = world.db.clock

    def halted() -> datetime:
        return real() + (FRESH + LATER if current_thread().name.startswith("thrumsg-call") else timedelta(0))

    clock = Seconds()
    with delivering(world, gateway, clock=clock) as deliverer:
        world.db.clock = halted
        assert [each.tries for each in settle_down(deliverer)] == [1]
        assert (gateway.sent, states(world)) == ([], ["queued"])
        world.db.clock = real
        world.clock.now += timedelta(minutes=1)
        clock.now += 60
        settle_down(deliverer)
    assert [each.tries for each in gateway.sent] == [2]


# Doubts


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
        looks = len(gateway.looks)
        settle_down(deliverer)
        assert len(gateway.looks) - looks <= 1


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


def test_where_a_person_decides_nothing_is_sent_again(world: World) -> None:
    gateway = ScriptedGateway()
    in_doubt(world, gateway, is_taken=False)
    for _ in range(3):
        look(world, gateway, timedelta(minutes=5), policy=DoubtPolicy.ASK)
    assert (states(world), len(gateway.sent)) == (["in_doubt"], 1)


def test_a_carrier_without_a_list_settles_nothing(world: World) -> None:
    gateway = ScriptedGateway()
    gateway.has_list = False
    in_doubt(world, gateway, is_taken=True)
    for _ in range(3):
        look(world, gateway, timedelta(minutes=10))
    assert (states(world), len(gateway.sent)) == (["in_doubt"], 1)


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
    for later in (0, 299, 2):
        clock.now += later
        with delivering(world, gateway, clock=clock) as deliverer:
            settle_down(deliverer)
    with world.db.reading() as conn:
        state = gateway_state(conn, "scripted")
    assert len(gateway.asked_since) == 3
    assert [row["body"] for row in world.rows("SELECT body FROM message WHERE direction = 'incoming'")] == ["Yes"]
    assert state is not None
    assert state.inbound_at is not None


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
        later(world, deliverer, clock, LATER)
        later(world, deliverer, clock, LATER)
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


def later(world: World, deliverer: Deliverer, clock: Seconds, after: timedelta) -> None:
    """Let some time pass, and the deliverer take its turns."""
    world.clock.now += after
    clock.now += after.total_seconds()
    settle_down(deliverer)


# What keeps messages back


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


def test_a_fault_of_our_configuration_stops_the_gateway_and_no_message(world: World) -> None:
    queue(world)
    fault = NotNow(timedelta(0), Scope.GATEWAY, "The carrier refuses our credentials.", broken=True, code="20003")
    gateway = ScriptedGateway(always=fault)
    with delivering(world, gateway, limits=Limits(workers=1)) as deliverer:
        deliverer.drain()
        assert deliverer.standstill.stopped == "The carrier refuses our credentials. (code 20003)"
    assert len(gateway.sent) == 3
    assert states(world) == ["queued"] * len(PEOPLE)
    with world.db.reading() as conn:
        state = gateway_state(conn, "scripted")
    assert state is not None
    assert (state.is_stopped, state.reason) == (True, "The carrier refuses our credentials. (code 20003)")


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
    assert (number.is_ready, number.reason) == (False, "It cannot text. (code 21606)")


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
    assert (number.is_ready, number.reason) == (False, "It is not registered. (code 30034)")


# At the end


def test_at_the_end_answers_are_awaited(world: World) -> None:
    queue(world, 1)
    with delivering(world, ScriptedGateway()) as deliverer:
        deliverer.turn()
    assert states(world) == ["sent"]


def test_what_has_no_answer_at_the_end_is_in_doubt(world: World) -> None:
    queue(world, 1)
    may_end = Event()

    def never(message: Outgoing) -> Outcome:
        may_end.wait(PATIENCE)
        return Accepted("too late")

    deliverer = Deliverer(world.db, ScriptedGateway(always=never), Configuration("scripted"))
    deliverer.start()
    deliverer.turn()
    deliverer.stop(lambda: 0.0)
    may_end.set()
    assert states(world) == ["in_doubt"]

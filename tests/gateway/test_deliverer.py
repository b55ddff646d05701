"""Bringing queued messages to a carrier (docs/rules.md 10.1)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from threading import Event, current_thread

import pytest

from tests.gateway.delivering import LATER, PATIENCE, Seconds, delivering, queue, settle_down, states
from tests.gateway.scripted import ScriptedGateway
from tests.store.flaky_engine import FlakyEngine
from tests.store.world import PEOPLE, World, phone_of
from thrumsg_tui.domain.delivery import Accepted, Doubt, NotNow, Outcome, Outgoing, Rejected, Scope
from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.domain.errors import OutcomeUnknown
from thrumsg_tui.gateway.configuration import Configuration, Limits
from thrumsg_tui.gateway.deliverer import FRESH, Deliverer
from thrumsg_tui.store import lost_commits
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.engines import waits


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
        assert deliverer.idle_seconds() > 0  # until a call ends
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


# At the end


def test_at_the_end_answers_are_awaited(world: World) -> None:
    queue(world, 1)
    with delivering(world, ScriptedGateway()) as deliverer:
        deliverer.turn()
    assert states(world) == ["sent"]


@pytest.mark.only_sqlite("a file has one writer, and a lock of the whole")
def test_at_the_end_answers_are_kept_while_the_database_is_locked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(world, 1)
    deliverer = Deliverer(world.db, ScriptedGateway(), Configuration("scripted"))
    deliverer.start()
    deliverer.turn()
    monkeypatch.setattr(waits, "BUSY_SECONDS", 0.05)
    asked: list[float] = []
    with closing(sqlite3.connect(world.db.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        def patience() -> float:
            asked.append(30)
            if len(asked) == 4:
                other.execute("ROLLBACK")
            return asked[-1]

        deliverer.stop(patience)
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


@pytest.mark.only_sqlite("its engine is SQLite's, which fails as a server does")
def test_a_claim_of_which_nobody_knows_whether_it_was_stored_is_in_doubt(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_commits, "BUSY_SECONDS", 0)
    queue(world, 2)
    engine = FlakyEngine(world.db.path)
    gateway = ScriptedGateway()
    with delivering(world, gateway) as deliverer:
        world.db.engine = engine
        engine.failures.append("no server")
        with pytest.raises(OutcomeUnknown):
            deliverer.turn()
        engine.dead = False
        deliverer.drain()
    assert gateway.sent == []
    assert states(world) == ["in_doubt", "in_doubt"]

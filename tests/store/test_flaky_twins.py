"""Two databases with the same changes, of which one fails all the time, have the same contents (docs/rules.md 13.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import pytest

from tests.store.carrier import GATEWAY, answer
from tests.store.flaky_engine import FlakyEngine
from tests.store.world import PEOPLE, SENDERS, START, World, phone_of, worlds
from thrumsg_tui.domain.campaigns import Target
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.delivery import Accepted, Doubt, NotNow, Outcome, Rejected, Scope
from thrumsg_tui.domain.enums import CampaignState, Tab
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.reassignment import FromEveryone, Request, ToAllOthers
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaign_senders import add_senders, remove_sender
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.doubt_settlement import settle
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.follow_ups import create_follow_up
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.send_all import send_batch
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.store.queries.outbox import doubts_due

pytestmark = pytest.mark.only_sqlite("a file plays a server that fails")

STEPS = 60
FAILURES = (["answer"], ["commit"], ["conflict"], ["begin"], ["answer", "answer"], ["conflict", "answer", "commit"])
AT_RANDOM = {"change_key", "send_key"}
"""Columns that differ between any two databases."""


@dataclass(slots=True)
class Step:
    """A change with all that was chosen for it."""

    change: Callable[[World, Random], object]
    seed: int
    failures: list[str]


def outcome(chance: Random, nth: int) -> Outcome:
    """What a carrier may answer."""
    answers = Accepted(f"id-{nth}"), Rejected("30007", "spam"), NotNow(timedelta(0), Scope.MESSAGE, "busy"), Doubt("?")
    return chance.choice(answers)


def deliver(world: World, chance: Random) -> None:
    let_due(world.db)
    for message in take_queued(world.db, gateway=GATEWAY):
        answer(world.db, message.id, outcome(chance, message.id))


def look_into_list(world: World, chance: Random) -> None:
    with world.db.reading() as conn:
        found = doubts_due(conn, world.db.clock(), wait=timedelta(0), again=timedelta(0))
    for doubtful in found:
        settle(world.db, GATEWAY, doubtful, [])


def someone(world: World, chance: Random) -> ConversationId:
    return chance.choice(world.conversations(world.spring))


def state(world: World, chance: Random) -> None:
    to = chance.choice([CampaignState.PAUSED, CampaignState.ACTIVE, CampaignState.ACTIVE])
    change_state(world.db, world.who["ana"], "Spring", to)


CHANGES: dict[str, Callable[[World, Random], object]] = {
    "send": lambda world, chance: send(world.db, world.who["ana"], someone(world, chance), body="Hi"),
    "send all": lambda world, _: send_batch(
        world.db, world.who["ana"], world.assignment(world.spring, None), Tab.INITIAL
    ),
    "receive": lambda world, chance: receive(
        world.db, None, phone_of(chance.randrange(len(PEOPLE))), chance.choice(["Yes", "STOP", "START", "Who?"])
    ),
    "opt out": lambda world, chance: opt_out_number(world.db, world.who["ana"], phone_of(chance.randrange(6))),
    "opt in": lambda world, chance: opt_in_number(world.db, world.who["ana"], phone_of(chance.randrange(6))),
    "answer": lambda world, chance: record_answer(
        world.db,
        world.who["ana"],
        someone(world, chance),
        "Vote?",
        chance.choice(["Yes", "No", None]),
    ),
    "follow up": lambda world, _: create_follow_up(
        world.db, world.who["ana"], "Spring", "Title", "Text", expires_at=None, target=Target(replied=None)
    ),
    "reassign": lambda world, chance: reassign(
        world.db, world.who["ana"], Request(world.spring.id, FromEveryone(), ToAllOthers(), count=chance.randint(1, 4))
    ),
    "remove": lambda world, chance: remove_sender(world.db, world.who["ana"], "Spring", chance.choice(SENDERS), []),
    "add": lambda world, chance: add_senders(world.db, world.who["ana"], "Spring", [chance.choice(SENDERS)]),
    "undo": lambda world, _: undo(world.db, world.who["ana"]),
    "draft": lambda world, chance: keep_draft(world.db, world.who["ana"], someone(world, chance), "Dear"),
    "state": state,
    "deliver": deliver,
    "look": look_into_list,
}


def steps(seed: int) -> Iterator[Step]:
    """Choose changes, and how each fails."""
    chance = Random(seed)
    for _ in range(STEPS):
        yield Step(CHANGES[chance.choice(list(CHANGES))], chance.randrange(10**9), list(chance.choice(FAILURES)))


def make(world: World, step: Step, now: datetime) -> str:
    """Make a change at a time; return its refusal."""
    world.db.clock = lambda: now
    try:
        step.change(world, Random(step.seed))
    except Refused as refusal:
        return str(refusal)
    return ""


def contents(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all tables, without what is made up at random."""
    with world.db.reading() as conn:
        tables = world.db.engine.columns(conn)
        found = {}
        for table, columns in tables.items():
            names = ", ".join(f'"{column.name}"' for column in columns if column.name not in AT_RANDOM)
            found[table] = [tuple(row) for row in conn.execute(f'SELECT {names} FROM "{table}" ORDER BY 1, 2')]
        return found


@pytest.mark.parametrize("seed", range(6))
def test_failures_leave_no_trace(seed: int) -> None:
    with worlds() as well, worlds() as flaky:
        engine = FlakyEngine(flaky.db.path)
        flaky.db.engine, flaky.db.pacing = engine, Pacing(wait=lambda _: None)
        now = START + timedelta(days=1)
        failed = 0
        for step in steps(seed):
            now += timedelta(minutes=1)
            wanted = make(well, step, now)
            engine.failures.extend(step.failures)
            assert make(flaky, step, now) == wanted
            failed += len(step.failures) - len(engine.failures)
            engine.failures.clear()
        assert contents(flaky) == contents(well)
        assert failed > STEPS / 2
        assert examine(flaky.db) == []

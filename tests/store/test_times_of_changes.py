"""In one conversation times run as changes do: rules judge by their order, people by the time (docs/rules.md 8.3)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

import pytest

from tests.forked import PATIENCE
from tests.new_database import ON_SERVER
from tests.store.arranging import journal, known_as, number, take_in
from tests.store.times import backward
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.locks import ConversationLock, number_locks

ANN = number(0)


class Ticks:
    """A clock that is a millisecond later whenever anybody looks at it."""

    def __init__(self) -> None:
        self._looks = count()

    def __call__(self) -> datetime:
        return datetime(2026, 3, 3, 18, 0, tzinfo=UTC) + timedelta(milliseconds=next(self._looks))


@pytest.fixture
def ann(db: Database, owner: Identity, spring: Campaign) -> ConversationId:
    [conversation_id] = take_in(db, owner, spring.name, ["Ann Otieno"])
    return conversation_id


def work(db: Database, who: Identity, ann: ConversationId, seed: int) -> None:
    """Do anything with one contact; some of it is refused, since others do the same."""
    chance = Random(seed)
    acts: list[Callable[[], object]] = [
        lambda: send(db, who, ann, body="Hello"),
        lambda: receive(db, None, ANN, chance.choice(["ok", "STOP", "START"])),
        lambda: opt_out_number(db, who, ANN),
        lambda: opt_in_number(db, who, ANN),
    ]
    for _ in range(25):
        with suppress(Refused):
            chance.choice(acts)()


def test_whoever_writes_at_the_same_time_later_changes_have_later_times(db: Database, ann: ConversationId) -> None:
    clock, failures = Ticks(), list[BaseException]()
    who, start = known_as(db, "ana"), threading.Barrier(4)

    def one(seed: int) -> None:
        with closing(Database(db.location, clock=clock)) as own:
            start.wait(PATIENCE)
            try:
                work(own, who, ann, seed)
            except BaseException as error:  # noqa: BLE001 - raised in the thread of the test
                failures.append(error)

    threads = [threading.Thread(target=one, args=(seed,)) for seed in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(PATIENCE)
    assert failures == []
    assert len(journal(db)) > 40
    assert backward(db) == []


@pytest.mark.skipif(not ON_SERVER, reason="on a file nobody else changes anything once a change has begun")
def test_a_change_happens_after_those_that_had_its_locks_before_it(db: Database, ann: ConversationId) -> None:
    """However short its wait was: here the other one has all its locks and is through before this one asks for any."""
    clock, who = Ticks(), known_as(db, "ana")
    with ExitStack() as stack:
        one, other = (stack.enter_context(closing(Database(db.location, clock=clock))) for _ in range(2))
        tx = stack.enter_context(one.writing())
        begun = tx.now
        opt_out_number(other, who, ANN)
        tx.hold(*number_locks(ANN), ConversationLock(ann))
        opted_out = max(event.at for event in journal(other))
        assert begun < opted_out < tx.now
        assert tx.now == tx.now  # a change has one time

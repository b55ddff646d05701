"""What waits costs nobody anything until it may leave (docs/rules.md 10.3)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import cast

import pytest

from tests.store.arranging import take_in
from tests.store.carrier import reject
from tests.store.world import World, worlds
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.outbox import doubts_due, next_due

pytestmark = pytest.mark.only_sqlite("it counts the steps of SQLite's machine")

AT_ONCE = 8


@pytest.fixture
def world() -> Iterator[World]:
    with worlds() as made:
        yield made


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.ACTIVE])
def test_a_claim_costs_the_same_however_many_wait(world: World, state: CampaignState) -> None:
    """In a paused campaign, or behind those that are claimed; what others do on this machine changes no step."""
    if state is CampaignState.PAUSED:
        change_state(world.db, world.who["ana"], "Spring", state)
    firsts, steps = count(1000, 10_000), []
    for waiting in (100, 3000):
        queue_many(world, "Spring", waiting, next(firsts))
        queue_many(world, "Fall", AT_ONCE, next(firsts))
        steps.append(steps_of_a_turn(world.db))
    assert steps[1] < 1.3 * steps[0], steps


def queue_many(world: World, campaign: str, messages: int, first: int) -> None:
    """Queue an initial for each of so many new contacts."""
    people = take_in(world.db, world.who["ana"], campaign, [f"P{nth}" for nth in range(messages)], first=first)
    with world.db.writing() as tx:
        tx.conn.execute(
            """
            INSERT INTO message (conversation_id, campaign_id, at, direction, kind, body, state, state_at, segments)
            SELECT id, campaign_id, :now, 'outgoing', 'initial', 'Hi', 'queued', :now, 1 FROM conversation
            WHERE id BETWEEN :first AND :last
            """,
            {"now": tx.now_ms, "first": min(people), "last": max(people)},
        )


def steps_of_a_turn(db: Database) -> int:
    """Count the steps that the database takes to let a deliverer claim what there is room for."""
    with counted(db) as steps:
        let_due(db)
        taken = take_queued(db, AT_ONCE)
        with db.reading() as conn:
            next_due(conn, db.clock())
            doubts_due(conn, db.clock(), wait=timedelta(0), again=timedelta(0))
    assert len(taken) == AT_ONCE
    for each in taken:
        reject(db, each.id, "30005", "Not in use.")
    return next(steps)


@contextmanager
def counted(db: Database) -> Iterator[Iterator[int]]:
    """Count the steps of the machine that runs SQLite's statements."""
    steps = count()
    with db.reading() as reader, db.writing() as tx:
        connections = [cast(sqlite3.Connection, each) for each in (reader, tx.conn)]
    for each in connections:
        each.set_progress_handler(lambda: next(steps) < 0, 1)
    try:
        yield steps
    finally:
        for each in connections:
            each.set_progress_handler(None, 1)

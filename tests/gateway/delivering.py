"""A deliverer at work in a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from tests.store.world import PEOPLE, World
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.delivery import Outgoing
from thrumsg_tui.gateway.configuration import Configuration
from thrumsg_tui.gateway.deliverer import Deliverer
from thrumsg_tui.gateway.protocol import Gateway
from thrumsg_tui.store.changes.send import send

NUMBER, OTHER = "+14155550100", "+14155550101"
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


def later(world: World, deliverer: Deliverer, clock: Seconds, after: timedelta) -> None:
    """Let some time pass, and the deliverer take its turns."""
    world.clock.now += after
    clock.now += after.total_seconds()
    settle_down(deliverer)

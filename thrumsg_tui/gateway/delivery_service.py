"""The service that delivers until it is stopped (`docs/rules.md 10.1`)."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

from thrumsg_tui.domain.errors import DatabaseDamaged, DatabaseUnreachable, DatabaseUnusable
from thrumsg_tui.domain.our_numbers import NumberState
from thrumsg_tui.gateway.configuration import Configuration, ConfiguredNumber
from thrumsg_tui.gateway.deliverer import PATIENCE, Deliverer
from thrumsg_tui.gateway.delivery_lock import DeliveryLock, LockLost
from thrumsg_tui.gateway.service_manager import ServiceManager
from thrumsg_tui.store.changes.gateway_numbers import enter_numbers
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.carrier_status import carrier_status
from thrumsg_tui.store.queries.gateway_numbers import our_numbers

LOG = logging.getLogger("thrumsg.deliver")

_TRY_AGAIN = 1.0
"""Seconds until the database is tried again that could not be used."""

_STAND_BY = 0.25
"""Seconds between two tries to get the lock."""


class Stopping:
    """Whether the service is to end: set by SIGTERM and SIGINT, the second of which waits for no answer."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Take a signal."""
        self.times += 1  # no lock and no event: the signal may have come while their owner holds them

    @contextmanager
    def by_signals(self) -> Iterator[None]:
        """Let signals end the service while the block runs."""
        before = {number: signal.signal(number, self) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def wait_for_lock(lock: DeliveryLock, stopping: Stopping, tell: Callable[[str], None], manager: ServiceManager) -> bool:
    """Stand by until the lock is free; return False if the service was stopped meanwhile.

    Args:
        lock: The lock.
        stopping: Whether to give up.
        tell: Is told once who has the lock.
        manager: Is told that the service is ready when it stands by: nobody can tell for how long.
    """
    is_told = False
    while (stands_by := _standing_by(lock)) is not None:
        if not is_told:
            tell(stands_by)
            manager.ready(stands_by)
            is_told = True
        manager.alive(stands_by)
        if stopping.times:
            return False
        time.sleep(_STAND_BY)
    return True


def _standing_by(lock: DeliveryLock) -> str | None:
    """Try to get the lock; return a sentence that says why it is not held, or None if it is."""
    try:
        return None if lock.acquire() else f"Standing by: this database is delivered by {lock.holder()}."
    except DatabaseUnreachable as reason:
        return f"Standing by: {reason}"


def with_stored_numbers(db: Database, configuration: Configuration) -> Configuration:
    """Store the numbers of a configuration, and return it with those that are stored besides.

    A gateway fetches missed messages only to the numbers that it is given: others use its account, too.
    """
    enter_numbers(db, configuration.gateway, configuration.numbers)
    with db.reading() as conn:
        stored = our_numbers(conn, configuration.gateway)
    ours = tuple(
        ConfiguredNumber(each.number, each.kind, each.mps) for each in stored if each.state is not NumberState.WITHDRAWN
    )
    return replace(configuration, numbers=ours)


def standing(db: Database) -> str:
    """Return what waits and how fast it leaves, on a line for whoever looks after the service."""
    with db.reading() as conn:
        status = carrier_status(conn, db.clock())
    pace = status.gateway.pace if status.gateway else None
    parts = [f"{status.waiting} queued", f"{pace:g}/s" if pace else ""]
    parts += [f"{status.in_doubt} in doubt" if status.in_doubt else "", f"{status.held} held" if status.held else ""]
    return ", ".join(filter(None, parts))


def serve(
    db: Database,
    deliverer: Deliverer,
    stopping: Stopping,
    lock: DeliveryLock,
    manager: ServiceManager,
    *,
    once: bool = False,
) -> int:
    """Deliver until the service is stopped, or its gateway stops.

    Args:
        db: The database.
        deliverer: The deliverer.
        stopping: Whether to end.
        lock: The lock, which must be held until the end.
        manager: Is told after each turn that went well that the service works. A database that cannot be used does not
            make the service seem hung: another process could not use it either, and would not have the answers that
            this one keeps until it can store them.
        once: Whether to end as soon as nothing may leave now, and what was asked of the carrier is answered.

    Returns:
        How many messages were handed over.

    Raises:
        DatabaseDamaged: Nothing can be stored any more.
        DatabaseUnusable: The database cannot be used at the start.
        LockLost: Another process may deliver by now.
    """
    handed_over, is_replaced = 0, False

    def patience() -> float:
        if is_replaced:  # the service goes on, and stands by
            manager.alive("Another process may deliver by now: waiting for the answers to what is under way.")
        return PATIENCE if stopping.times < 2 else 0.0

    deliverer.start()
    try:
        manager.ready(standing(db))
        while not stopping.times and deliverer.standstill.stopped is None:
            deliverer.done.clear()
            try:
                lock.require()
                handed_over += len(deliverer.turn())
                if manager.is_due:
                    manager.alive(standing(db))
            except (DatabaseDamaged, LockLost):
                raise
            except DatabaseUnusable as reason:  # locked, full or not reached: the answers are kept until it is not
                LOG.error("database=unusable reason=%r", str(reason))  # noqa: TRY400 - the sentence says it
                manager.alive(f"The database cannot be used: {reason}")
                time.sleep(_TRY_AGAIN)
                continue
            if once and deliverer.rests and not deliverer.asks:
                break
            deliverer.done.wait(deliverer.idle_seconds())
    except LockLost:
        is_replaced = True
        raise
    finally:
        if not is_replaced:
            manager.ending()
        deliverer.stop(patience, is_replaced=is_replaced)
    return handed_over

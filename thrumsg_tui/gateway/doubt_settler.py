"""Settles messages in doubt: asks the carrier whether it has them (`docs/rules.md 10.2`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from threading import Event

from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.delivery import Trace
from thrumsg_tui.gateway.configuration import DoubtPolicy, Doubts
from thrumsg_tui.gateway.protocol import CannotTell, Gateway
from thrumsg_tui.gateway.workers import Workers
from thrumsg_tui.store.changes.delivery_outcomes import Settlement, settle
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.outbox import Doubtful, doubts_due

LOG = logging.getLogger("thrumsg.deliver")

_AT_ONCE = 2
"""How many looks into the carrier's list are under way at most; sending goes on beside them."""

_LOOK_EVERY = 1.0
"""Seconds between two looks for doubts whose time has come."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the carrier's list says of a message; None if it could not be had."""

    doubtful: Doubtful
    traces: Sequence[Trace] | None


class DoubtSettler:
    """Asks the carrier about messages in doubt, and stores what it says.

    Args:
        db: The database.
        gateway: The connection to the carrier.
        doubts: The patience of the configuration.
        done: Set when a look has ended.
        now: A clock in seconds that never goes back.
    """

    def __init__(self, db: Database, gateway: Gateway, doubts: Doubts, done: Event, now: Callable[[], float]) -> None:
        self.workers: Workers[_Found] = Workers(_AT_ONCE, done, db.close)
        self._db, self._gateway, self._doubts, self._now = db, gateway, doubts, now
        self._not_before: dict[MessageId, float] = {}
        """When each message may be asked about again that is being asked about, or could not be."""
        self._found: list[_Found] = []
        self._look_at = -inf

    def ask(self) -> None:
        """Begin to ask about the doubts whose time has come."""
        now = self._now()
        if now < self._look_at or not self.workers.free:
            return
        self._look_at = now + _LOOK_EVERY
        doubts = self._doubts
        with self._db.reading() as conn:
            due = doubts_due(conn, self._db.clock(), wait=doubts.wait, again=doubts.again, give_up=doubts.give_up)
        ready = [each for each in due if self._not_before.get(each.message.id, -inf) <= now]
        for doubtful in ready[: self.workers.free]:
            self._not_before[doubtful.message.id] = inf
            self._begin(doubtful)

    def _begin(self, doubtful: Doubtful) -> None:
        self.workers.begin(lambda: self._look(doubtful))

    def record(self) -> None:
        """Store what the carrier said; what cannot be stored is kept."""
        self._found += self.workers.results()
        while self._found:
            self._record(self._found[0])
            del self._found[0]
            self._look_at = -inf

    def _look(self, doubtful: Doubtful) -> _Found:
        """Ask the carrier, on a thread of its own."""
        try:
            return _Found(doubtful, self._gateway.find(doubtful.message))
        except CannotTell as reason:
            LOG.info("message=%d settled=no reason=%r", doubtful.message.id, str(reason))
        except Exception as error:  # noqa: BLE001 - it is asked again
            LOG.warning("message=%d settled=no error=%s", doubtful.message.id, type(error).__name__)
        return _Found(doubtful, None)

    def _record(self, found: _Found) -> None:
        message_id = found.doubtful.message.id
        if found.traces is None:
            self._not_before[message_id] = self._now() + self._doubts.again.total_seconds()
            return
        # Without a key it was never claimed here: a restored backup has it, and may not know what became of it.
        only_ask = self._doubts.policy is DoubtPolicy.ASK or not found.doubtful.message.key
        settlement = settle(self._db, self._gateway.name, found.doubtful, found.traces, only_ask=only_ask)
        self._not_before.pop(message_id, None)
        if settlement is not Settlement.TO_A_PERSON:
            LOG.info("message=%d settled=%s", message_id, settlement.name.lower())

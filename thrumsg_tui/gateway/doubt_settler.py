"""Settles messages in doubt: asks the carrier whether it has them (`docs/rules.md 10.2`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from math import inf
from threading import Event

from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.delivery import Trace
from thrumsg_tui.gateway.carrier_questions import Answered, CarrierQuestions
from thrumsg_tui.gateway.configuration import DoubtPolicy, Doubts
from thrumsg_tui.gateway.protocol import Gateway
from thrumsg_tui.store.changes.doubt_settlement import Settlement, settle
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.outbox import Doubtful, doubts_due

LOG = logging.getLogger("thrumsg.deliver")

_AT_ONCE = 2
"""How many looks into the carrier's list are under way at most; sending goes on beside them."""

_LOOK_EVERY = 1.0
"""Seconds between two looks for doubts whose time has come."""


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
        self.questions: CarrierQuestions[Doubtful, Sequence[Trace]] = CarrierQuestions(_AT_ONCE, db, done)
        self._db, self._gateway, self._doubts, self._now = db, gateway, doubts, now
        self._not_before: dict[MessageId, float] = {}
        """When each message may be asked about again that is being asked about, or could not be."""
        self._in_vain_since: dict[MessageId, float] = {}
        """Since when the carrier cannot tell of each message, as far as this process asked it.

        While nobody asks, as on a machine that is off, no doubt gets older.
        """
        self._answered: list[Answered[Doubtful, Sequence[Trace]]] = []
        self._look_at = -inf

    def ask(self) -> None:
        """Begin to ask about the doubts whose time has come."""
        now = self._now()
        if now < self._look_at or not self.questions.free:
            return
        self._look_at = now + _LOOK_EVERY
        doubts = self._doubts
        with self._db.reading() as conn:
            due = doubts_due(conn, self._db.clock(), wait=doubts.wait, again=doubts.again)
        ready = [each for each in due if self._not_before.get(each.message.id, -inf) <= now]
        for doubtful in ready[: self.questions.free]:
            self._not_before[doubtful.message.id] = inf
            self._begin(doubtful)

    def _begin(self, doubtful: Doubtful) -> None:
        about = f"message={doubtful.message.id} settled"
        self.questions.ask(about, doubtful, lambda: self._gateway.find(doubtful.message))

    def record(self) -> None:
        """Store what the carrier said; what cannot be stored is kept."""
        self._answered += self.questions.answers()
        while self._answered:
            self._record(self._answered[0])
            del self._answered[0]
            self._look_at = -inf

    def _record(self, answered: Answered[Doubtful, Sequence[Trace]]) -> None:
        doubtful, traces = answered.question, answered.answer
        message_id = doubtful.message.id
        if traces is None:
            self._in_vain_since.setdefault(message_id, self._now())
            self._not_before[message_id] = self._now() + self._doubts.again.total_seconds()
            return
        settlement = settle(self._db, self._gateway.name, doubtful, traces, only_ask=self._only_asks(doubtful))
        self._not_before.pop(message_id, None)
        if settlement is not Settlement.TO_A_PERSON:
            self._in_vain_since.pop(message_id, None)
            LOG.info("message=%d settled=%s", message_id, settlement.name.lower())

    def _only_asks(self, doubtful: Doubtful) -> bool:
        """Whether only a person may have a message sent again, whatever the carrier's list lacks."""
        # Without a key it was never claimed here: a restored backup has it, and may not know what became of it.
        if self._doubts.policy is DoubtPolicy.ASK or not doubtful.message.key:
            return True
        in_vain = self._now() - self._in_vain_since.get(doubtful.message.id, inf)
        return in_vain >= self._doubts.give_up.total_seconds()

"""The deliverer: brings queued messages to the carrier, never twice, and takes in what the carrier tells.

One thread calls it and makes all changes of the database; calls of the carrier run on threads of their own
(`docs/rules.md 10.1` to `10.5`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from math import inf
from random import random
from threading import Event
from typing import Any

from thrumsg_tui.domain.delivery import Accepted, Doubt, NotNow, Outcome, Outgoing, Scope
from thrumsg_tui.domain.delivery_states import backoff
from thrumsg_tui.domain.errors import DatabaseDamaged, DatabaseUnusable, OutcomeUnknown, ThrumsgError
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.our_numbers import NumberKind
from thrumsg_tui.gateway.carrier_news import CarrierNews
from thrumsg_tui.gateway.carrier_questions import CarrierQuestions
from thrumsg_tui.gateway.configuration import Configuration
from thrumsg_tui.gateway.doubt_settler import DoubtSettler
from thrumsg_tui.gateway.fault_watch import FaultWatch
from thrumsg_tui.gateway.gateway_reporter import GatewayReporter
from thrumsg_tui.gateway.missed_reports import MissedReports
from thrumsg_tui.gateway.pacing import Pace
from thrumsg_tui.gateway.protocol import Gateway
from thrumsg_tui.gateway.standstill import Standstill
from thrumsg_tui.gateway.workers import Workers
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.delivery_outcomes import record_outcomes
from thrumsg_tui.store.changes.doubt_settlement import doubt_all
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.gateway_numbers import enter_numbers
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.gateway_numbers import our_numbers
from thrumsg_tui.store.queries.gateway_state import is_sending
from thrumsg_tui.store.queries.outbox import next_due

LOG = logging.getLogger("thrumsg.deliver")

FRESH = timedelta(seconds=10)
"""How long after its claim a message may still be handed over: a process that was halted meanwhile starts anew."""

PATIENCE = 30.0
"""How many seconds the calls that are under way get at the end."""

_STALE = NotNow(timedelta(0), Scope.MESSAGE, "It was claimed too long before its call.")

_LOOK_EVERY = 0.25
"""Seconds between two looks at the number that changes with the database: so long a new message may wait."""

_LOOK_ANYWAY = 60.0
"""Seconds after which to look again in any case: the time of day may have been set, or the machine been suspended."""


@dataclass(frozen=True, slots=True)
class _Answer:
    message: Outgoing
    outcome: Outcome


class Deliverer:
    """Delivers the messages of one database through one gateway, while its process holds the delivery lock.

    Args:
        db: The database.
        gateway: The connection to the carrier; the caller closes it.
        configuration: The limits, our numbers and the patience with doubts.
        monotonic: A clock in seconds that never goes back.
        chance: Returns a random number from 0 to 1.
    """

    def __init__(
        self,
        db: Database,
        gateway: Gateway,
        configuration: Configuration,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random,
    ) -> None:
        self.done = Event()
        """Set when a call has ended."""
        self.standstill = Standstill()
        self.not_taken = 0
        """How many tries the carrier has not taken: refused, put off, or in doubt."""
        self._db, self._gateway, self._configuration = db, gateway, configuration
        self._now, self._chance = monotonic, chance
        self._calls: Workers[_Answer] = Workers(configuration.limits.workers, self.done, db.close)
        self._answers: list[_Answer] = []
        """Those that are not stored yet."""
        self._news = CarrierNews(db, gateway, self.done, monotonic)
        self._settler = DoubtSettler(db, gateway, configuration.doubts, self.done, monotonic)
        self._missed_reports = MissedReports(db, gateway, self.done, monotonic)
        self._fault_watch = FaultWatch(db, gateway, self.standstill, self.done, monotonic)
        self._reporter = GatewayReporter(db, gateway, self.standstill, monotonic)
        self._pace = Pace(configuration.limits)
        self._version = -1
        self._look_at = -inf
        """When to look for messages again, even if the database does not change."""
        self._lost_claim = False
        """Whether messages may be claimed that nobody here knows of."""

    def start(self) -> None:
        """Take over the database: what is `sending` has lost its process, and becomes in doubt."""
        if doubted := doubt_all(self._db):
            LOG.warning("in_doubt=%d reason=left_by_an_earlier_process", doubted)
        enter_numbers(self._db, self._gateway.name, self._configuration.numbers)
        self._reporter.start()

    def turn(self) -> list[Outgoing]:
        """Do what is to be done now, without waiting for the carrier.

        Returns:
            The messages that were handed over to the carrier.
        """
        self._record()
        self._news.take_in()
        self._settler.record()
        self._missed_reports.record()
        if self._fault_watch.take_answers():
            self._look_at = -inf
        handed_over = self._hand_over() if self._has_something_to_do() else []
        if self.rests:
            self._reporter.rest()
        self._settler.ask()
        self._news.ask()
        self._missed_reports.ask()
        self._fault_watch.ask()
        self._reporter.beat()
        return handed_over

    def drain(self) -> list[Outgoing]:
        """Deliver until nothing may leave now, and wait where only the pace holds a message back."""
        handed_over: list[Outgoing] = []
        while not (handed_over and self.standstill.stopped):
            self.done.clear()
            handed_over += self.turn()
            if self.rests:
                break
            self.done.wait(self.idle_seconds())
        return handed_over

    def stop(self, patience: Callable[[], float] = lambda: PATIENCE, *, is_replaced: bool = False) -> None:
        """Hand over nothing more; store the answers that come in time, and put the other messages in doubt.

        Args:
            patience: Returns how many seconds the calls that are under way get; asked again and again.
            is_replaced: Whether another process may deliver by now. It has put our messages in doubt, and we would put
                its own in doubt.
        """
        begun = self._now()
        while self.under_way and self._now() < begun + patience():
            self.done.clear()
            try:
                self._record()
            except DatabaseDamaged:
                raise
            except DatabaseUnusable as reason:  # locked, or the disk is full: the answers are kept meanwhile
                LOG.error("database=unusable reason=%r", str(reason))  # noqa: TRY400 - the sentence says it
            if self.under_way:
                self.done.wait(_LOOK_EVERY)
        self._record()
        if self._calls.under_way and not is_replaced:
            LOG.warning("in_doubt=%d reason=no_answer_before_the_end", doubt_all(self._db))
        self._calls.end()
        for questions in self._asking:
            questions.end()
        if not is_replaced:
            self._reporter.end()

    @property
    def under_way(self) -> int:
        """How many messages were handed over whose answers are not stored yet."""
        return self._calls.under_way + len(self._answers)

    @property
    def asks(self) -> bool:
        """Whether the carrier is being asked about a doubt, or for messages or reports that were missed."""
        return any(each.under_way for each in self._asking)

    @property
    def _asking(self) -> tuple[CarrierQuestions[Any, Any], ...]:
        parts = (self._settler, self._news, self._missed_reports, self._fault_watch)
        return tuple(each.questions for each in parts)

    @property
    def rests(self) -> bool:
        """Whether nothing is under way, and nothing waits for the pace alone."""
        return not self.under_way and self._look_at > self._now() and self._pace.refused_until == inf

    def idle_seconds(self) -> float:
        """Return how long there is nothing to do unless a call ends."""
        if not self._calls.free:
            return _LOOK_EVERY
        return max(0.0, min(_LOOK_EVERY, self._look_at - self._now()))

    # Sending

    def _has_something_to_do(self) -> bool:
        """Whether the database has changed or a time has come, and a worker is free."""
        if not self._calls.free:
            return False
        version = self._db.version()
        if version == self._version and self._look_at > self._now():
            return False
        self._version = version
        return True

    def _hand_over(self) -> list[Outgoing]:
        """Claim as many messages as go out now, and begin their calls."""
        let_due(self._db)
        now = self._now()
        if self._lost_claim and not self._doubted_lost_claim():
            self._look_at = now + _LOOK_EVERY
            return []
        room = self.standstill.room(self._calls.free, self._calls.under_way, now)
        claimed = self._claim(room, now)
        for message in claimed:
            self._calls.begin(partial(self._answered, message))
        self._look_at = -inf if len(claimed) == room > 0 else self._next_look(now)
        return claimed

    def _claim(self, room: int, now: float) -> list[Outgoing]:
        with self._db.reading() as conn:
            numbers = our_numbers(conn, self._gateway.name)
        ready = {each.number: each.mps for each in numbers if each.is_ready and each.kind is not NumberKind.SERVICE}
        if not self._pace.begin(ready, self.standstill.held_numbers(now), now) or not room:
            return []
        admit = partial(self._pace.admit, now=now)
        try:
            claimed = take_queued(self._db, room, gateway=self._gateway.name, admit=admit)
        except OutcomeUnknown:
            self._lost_claim, self._look_at = True, -inf
            raise
        self._pace.end({each.id for each in claimed})
        return claimed

    def _doubted_lost_claim(self) -> bool:
        """Put in doubt what a claim without an answer may have taken, once nothing else is under way."""
        if self.under_way:
            return False
        LOG.warning("in_doubt=%d reason=lost_claim", doubt_all(self._db))
        self._lost_claim = False
        return True

    def _next_look(self, now: float) -> float:
        with self._db.reading() as conn:
            wall = self._db.clock()
            due = next_due(conn, wall)
        at = inf if due is None else now + (due - wall).total_seconds()
        return min(at, now + _LOOK_ANYWAY, self._pace.refused_until, self.standstill.next_change(now))

    def _answered(self, message: Outgoing) -> _Answer:
        """Hand one message to the carrier, on a thread of its own."""
        if not self._is_still_ours(message):
            return _Answer(message, _STALE)
        try:
            return _Answer(message, self._gateway.send(message))
        except BaseException as error:  # noqa: BLE001 - whatever it is, the message may have left
            return _Answer(message, Doubt(f"The gateway broke off ({type(error).__name__})."))

    def _is_still_ours(self, message: Outgoing) -> bool:
        """Whether the claim of a message is fresh and stands; if that cannot be told, it certainly has not left."""
        try:
            with self._db.reading() as conn:
                stands = is_sending(conn, message.id, message.tries)
        except ThrumsgError:
            return False
        return stands and abs(self._db.clock() - message.tried_at) < FRESH

    def _record(self) -> None:
        """Store all answers that have come, in one transaction; those that cannot be stored are kept."""
        for answer in (came := self._calls.results()):
            self.standstill.note(answer.message, answer.outcome, self._now())
            if isinstance(answer.outcome, Accepted):
                self._reporter.count(answer.message.segments)
            else:
                self.not_taken += 1
        self._answers += came
        if self._answers:
            stored = [(each.message, each.outcome) for each in self._answers]
            record_outcomes(self._db, self._gateway.name, stored, retry=lambda tries: backoff(tries, self._chance()))
            self._answers.clear()
            self._look_at = -inf

"""Fetches reports that were missed: asks the carrier about messages on which it has not reported."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from math import inf
from threading import Event

from thrumsg_tui.domain.delivery import Report, Trace
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.gateway.carrier_questions import Answered, CarrierQuestions
from thrumsg_tui.gateway.protocol import Gateway
from thrumsg_tui.store.changes.delivery_outcomes import report_in
from thrumsg_tui.store.changes.gateway_state import report_looked_up
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.unreported import Unreported, unreported

LOG = logging.getLogger("thrumsg.deliver")

FIRST_LOOK, SECOND_LOOK = timedelta(minutes=5), timedelta(hours=1)
"""How long after its try a message is looked up that has no report."""

_AS_OLD_AS = timedelta(hours=24)
"""No carrier reports on a message that is older."""

_EVERY = 0.5
"""Seconds between two looks: this has time, and the carrier has others to answer."""

_IDLE = 10.0
"""Seconds until the next look where there was nothing to look up."""

_AGAIN = 300.0
"""Seconds until a carrier is asked again that could not be asked."""


class MissedReports:
    """Looks up messages without a report, each at most twice.

    Args:
        db: The database.
        gateway: The connection to the carrier.
        done: Set when a look has ended.
        now: A clock in seconds that never goes back.
    """

    def __init__(self, db: Database, gateway: Gateway, done: Event, now: Callable[[], float]) -> None:
        self.questions: CarrierQuestions[Unreported, Sequence[Trace]] = CarrierQuestions(1, db, done)
        self._db, self._gateway, self._now = db, gateway, now
        self._ask_at = -inf
        self._asked_up_to: dict[timedelta, datetime] = {}
        """By look, when the last message was tried that was looked up."""

    def ask(self) -> None:
        """Begin to look up the next message, if it is time to."""
        now = self._now()
        if now < self._ask_at or not self.questions.free:
            return
        self._ask_at = now + _EVERY
        if (asked := self._next()) is None:
            self._ask_at = now + _IDLE
        else:
            self.questions.ask("missed_reports", asked, lambda: self._gateway.find(asked.message))

    def record(self) -> None:
        """Store what the carrier said."""
        for answered in self.questions.answers():
            self._record(answered)

    def _next(self) -> Unreported | None:
        present = self._db.clock()
        for look in (FIRST_LOOK, SECOND_LOOK):
            since = max(self._asked_up_to.get(look, present - _AS_OLD_AS), present - _AS_OLD_AS)
            with self._db.reading() as conn:
                found = unreported(
                    conn,
                    self._gateway.name,
                    since=since,
                    before=present - look,
                    looked_within=look,
                    limit=1,
                )
            if found:
                self._asked_up_to[look] = found[0].message.tried_at
                return found[0]
            self._asked_up_to[look] = max(since, present - look)
        return None

    def _record(self, answered: Answered[Unreported, Sequence[Trace]]) -> None:
        if answered.answer is None:
            self._ask_at = self._now() + _AGAIN
            self._asked_up_to.clear()
            return
        message = answered.question.message
        report_looked_up(self._db, message.id)
        for trace in answered.answer:
            if trace.provider_id == answered.question.provider_id and trace.state is not MessageState.SENT:
                LOG.info("message=%d missed_report=%s", message.id, trace.state)
                report = Report(trace.provider_id, message.key, trace.state, trace.code, trace.words)
                report_in(self._db, self._gateway.name, report)

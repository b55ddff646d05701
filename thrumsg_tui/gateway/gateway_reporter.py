"""Tells other processes, by the database, that a deliverer runs and what keeps messages from leaving."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from math import inf

from thrumsg_tui.domain.our_numbers import OurNumber
from thrumsg_tui.domain.wording import with_code
from thrumsg_tui.gateway.measured_pace import MEASURED_AFTER, MeasuredPace
from thrumsg_tui.gateway.protocol import Gateway, StopsNumbers
from thrumsg_tui.gateway.standstill import Standstill
from thrumsg_tui.store.changes.gateway_numbers import stop_number
from thrumsg_tui.store.changes.gateway_state import beat, deliverer_ended
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.gateway_numbers import our_numbers
from thrumsg_tui.store.queries.gateway_state import NumberFailure, last_failures

LOG = logging.getLogger("thrumsg.deliver")

BEAT_EVERY = 20.0
"""Seconds after which the row of the gateway is renewed although nothing has changed."""


class GatewayReporter:
    """Keeps the row of a gateway, and stops our numbers that cannot be used.

    Args:
        db: The database.
        gateway: The gateway.
        standstill: What its answers tell.
        now: A clock in seconds that never goes back.
    """

    def __init__(self, db: Database, gateway: Gateway, standstill: Standstill, now: Callable[[], float]) -> None:
        self._db, self._name, self._standstill, self._now = db, gateway.name, standstill, now
        self._stopping_codes = gateway.stopping_codes if isinstance(gateway, StopsNumbers) else {}
        self._beat_at = -inf
        self._told = ("", False)
        self._since = ""
        """When the present failure of the connection was first told."""
        self._pace = MeasuredPace()

    def start(self) -> None:
        """Tell that the deliverer runs; a gateway that had stopped for a fault gets another chance."""
        beat(self._db, self._name)
        self._beat_at = self._now() + BEAT_EVERY

    def end(self) -> None:
        """Tell that the deliverer has stopped."""
        deliverer_ended(self._db, self._name)

    def count(self, segments: int) -> None:
        """Count a message that has left."""
        if self._pace.count(segments, self._now()):
            self._beat_at = min(self._beat_at, self._now() + MEASURED_AFTER)

    def rest(self) -> None:
        """Note that nothing waits to leave: the pace is measured anew from the next message on."""
        self._pace.rest()

    def beat(self) -> None:
        """Renew what is stored, if it has changed or is getting old."""
        self._stop_numbers(self._standstill.stopped_numbers)
        told, now = (self._reason(), self._standstill.stopped is not None), self._now()
        if now < self._beat_at and told == self._told:
            return
        reason, is_stopped = told
        if told != self._told:
            LOG.warning("gateway=%s stopped=%s reason=%r", self._name, is_stopped, reason or "none: messages leave")
        beat(self._db, self._name, reason=reason, is_stopped=is_stopped, pace=self._pace.measured(now))
        self._told, self._beat_at = told, now + BEAT_EVERY
        if self._stopping_codes:
            self._stop_failing_numbers()

    def _stop_numbers(self, reasons: Mapping[str, str]) -> None:
        """Stop numbers; from then on their row says so, and a person makes them ready again."""
        for number, reason in list(reasons.items()):
            stop_number(self._db, number, reason)
            self._standstill.let_number_go(number)
            LOG.error("number=…%s state=stopped reason=%r", number[-2:], reason)

    def _stop_failing_numbers(self) -> None:
        """Stop the numbers whose last failures all say that they cannot be used."""
        with self._db.reading() as conn:
            ready = [each for each in our_numbers(conn, self._name) if each.is_ready]
            failures = last_failures(conn, self._name)
        self._stop_numbers(
            {each.number: reason for each in ready if (reason := unusable(each, failures, self._stopping_codes))}
        )

    def _reason(self) -> str:
        state = self._standstill
        if state.stopped is not None or state.failing is None:
            self._since = ""
            return state.stopped or state.fault or ""
        self._since = self._since or self._db.clock().strftime("%H:%M UTC")
        return f"No connection to the carrier since {self._since}: {state.failing}"


def unusable(number: OurNumber, failures: Sequence[NumberFailure], codes: Mapping[str, int]) -> str | None:
    """Return why one of our numbers cannot be used, by the last failures of its messages; None if it can.

    Args:
        number: The number; what failed before it was last made ready does not count.
        failures: The last failures of all numbers, the newest first.
        codes: By code, how many failures in a row stop a number.
    """
    own = [each for each in failures if each.our_number == number.number and each.at > number.changed_at]
    if not own or (needed := codes.get(own[0].code)) is None or len(own) < needed:
        return None
    newest = own[0]
    same = all(each.code == newest.code for each in own[:needed])
    return with_code(newest.words, newest.code) if same else None

"""Tells other processes, by the database, that a deliverer runs and what keeps messages from leaving."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from math import inf

from thrumsg_tui.gateway.protocol import Gateway
from thrumsg_tui.gateway.standstill import Standstill
from thrumsg_tui.store.changes.gateway_state import beat, deliverer_ended, stop_number
from thrumsg_tui.store.database import Database

LOG = logging.getLogger("thrumsg.deliver")

BEAT_EVERY = 20.0
"""Seconds after which the row of the gateway is renewed although nothing has changed."""

_PACE_OVER = 60.0
"""Over how many seconds the pace is measured."""


class GatewayReporter:
    """Keeps the rows of a gateway and of our numbers.

    Args:
        db: The database.
        gateway: The gateway.
        standstill: What its answers tell.
        now: A clock in seconds that never goes back.
    """

    def __init__(self, db: Database, gateway: Gateway, standstill: Standstill, now: Callable[[], float]) -> None:
        self._db, self._name, self._standstill, self._now = db, gateway.name, standstill, now
        self._beat_at = -inf
        self._told = ""
        self._since = ""
        """When the present failure of the connection was first told."""
        self._left: deque[tuple[float, int]] = deque()
        """The time and the segments of each message that left lately."""
        self._started_at = now()
        self._stopped: set[str] = set()

    def start(self) -> None:
        """Tell that the deliverer runs; a gateway that had stopped for a fault gets another chance."""
        self._started_at = self._now()
        beat(self._db, self._name)
        self._beat_at = self._now() + BEAT_EVERY

    def end(self) -> None:
        """Tell that the deliverer has stopped."""
        deliverer_ended(self._db, self._name)

    def count(self, segments: int) -> None:
        """Count a message that has left."""
        self._left.append((self._now(), segments))

    def beat(self) -> None:
        """Renew what is stored, if it has changed or is getting old."""
        for number, why in self._standstill.stopped_numbers.items():
            if number not in self._stopped:
                self._stopped.add(number)
                stop_number(self._db, number, why)
                LOG.error("number=…%s state=stopped reason=%r", number[-2:], why)
        reason = self._reason()
        now = self._now()
        if now < self._beat_at and reason == self._told:
            return
        if reason != self._told:
            LOG.warning("gateway=%s reason=%r", self._name, reason or "none: messages leave again")
        beat(self._db, self._name, reason=reason, is_stopped=self._standstill.stopped is not None, pace=self._pace())
        self._told, self._beat_at = reason, now + BEAT_EVERY

    def _reason(self) -> str:
        if self._standstill.stopped is not None:
            return self._standstill.stopped
        if self._standstill.failing is None:
            self._since = ""
            return ""
        self._since = self._since or self._db.clock().strftime("%H:%M UTC")
        return f"No connection to the carrier since {self._since}: {self._standstill.failing}"

    def _pace(self) -> float:
        """Return the segments a second that left in the last minute."""
        now = self._now()
        while self._left and self._left[0][0] < now - _PACE_OVER:
            self._left.popleft()
        over = max(1.0, min(_PACE_OVER, now - self._started_at))
        return round(sum(segments for _, segments in self._left) / over, 2)

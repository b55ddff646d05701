"""What a carrier tells by itself or is asked for: incoming messages and reports (`docs/rules.md 10.6`)."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from math import inf
from threading import Event

from thrumsg_tui.domain.delivery import Incoming, Report
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.gateway.carrier_questions import Answered, CarrierQuestions
from thrumsg_tui.gateway.protocol import Gateway
from thrumsg_tui.store.changes.delivery_outcomes import report_in
from thrumsg_tui.store.changes.gateway_state import inbound_fetched
from thrumsg_tui.store.changes.receive import receive_incoming
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.gateway_state import gateway_state

LOG = logging.getLogger("thrumsg.deliver")

FETCH_EVERY = 300.0
"""Seconds between two looks for incoming messages that were missed."""

_OVERLAP = timedelta(minutes=5)
"""How far a look goes back behind the one before: a carrier may list a message late."""

_AT_ONCE = 500
"""How many of the missed messages are fetched before they are stored: a carrier may have any number of them."""

_REPORT_AGAIN = 5.0
_REPORT_FOR = 60.0
"""Seconds for which a report waits for the answer that names its message."""


@dataclass(frozen=True, slots=True)
class _Fetch:
    """Incoming messages that are being fetched, oldest first."""

    asked_at: datetime
    had: datetime
    """Up to when nothing was missed before."""
    incoming: Iterator[Incoming]

    def some(self) -> list[Incoming]:
        """Ask the carrier for the next ones; for fewer than asked for if there are no more."""
        return list(islice(self.incoming, _AT_ONCE))


class CarrierNews:
    """Takes in what the carrier tells, and fetches the incoming messages that were missed.

    Args:
        db: The database.
        gateway: The connection to the carrier.
        done: Set when a fetch has ended.
        now: A clock in seconds that never goes back.
    """

    def __init__(self, db: Database, gateway: Gateway, done: Event, now: Callable[[], float]) -> None:
        self.questions: CarrierQuestions[_Fetch, list[Incoming]] = CarrierQuestions(1, db, done, level=logging.WARNING)
        self._db, self._gateway, self._now = db, gateway, now
        self._untaken: deque[Incoming | Report] = deque()
        """What is not stored yet. The carrier is not asked for more before that (`Gateway.poll`)."""
        self._early: list[tuple[float, Report]] = []
        """Reports of messages that no answer has named yet, each with the time until which it is kept."""
        self._early_again_at = inf
        self._fetch_at = -inf
        self._fetched: list[Answered[_Fetch, list[Incoming]]] = []
        """What is not stored yet."""

    def take_in(self) -> None:
        """Store what the carrier tells."""
        if not self._untaken:
            self._untaken += self._polled()
        while self._untaken:
            self._store(self._untaken[0])
            self._untaken.popleft()
        if self._now() >= self._early_again_at:
            self._try_early_reports()
        self._fetched += self.questions.answers()
        while self._fetched:
            self._take_fetched(self._fetched[0])
            fetched = self._fetched.pop(0)
            if fetched.answer and len(fetched.answer) == _AT_ONCE:
                self._fetch(fetched.question)

    def ask(self) -> None:
        """Begin to fetch what was missed, if it is time to."""
        now = self._now()
        if now < self._fetch_at or not self.questions.free or self._fetched:
            return
        self._fetch_at = now + FETCH_EVERY
        with self._db.reading() as conn:
            state = gateway_state(conn, self._gateway.name)
        asked_at = self._db.clock()
        if state is None or state.inbound_at is None:  # what came before the first deliverer is not ours to fetch
            inbound_fetched(self._db, self._gateway.name, asked_at)
            return
        self._fetch(_Fetch(asked_at, state.inbound_at, self._received(state.inbound_at - _OVERLAP)))

    def _received(self, since: datetime) -> Iterator[Incoming]:
        yield from self._gateway.received_since(since)  # the carrier is asked by whoever takes the first

    def _fetch(self, fetch: _Fetch) -> None:
        """Ask the carrier for the next messages that were missed."""
        self.questions.ask("missed_incoming", fetch, fetch.some)

    def _polled(self) -> Iterable[Incoming | Report]:
        try:
            return list(self._gateway.poll())
        except Exception as error:  # noqa: BLE001 - a gateway that breaks must not keep the others' messages back
            LOG.warning("poll=failed error=%s", type(error).__name__)
            return ()

    def _store(self, news: Incoming | Report) -> None:
        if isinstance(news, Incoming):
            receive_incoming(self._db, self._gateway.name, news)
        elif not report_in(self._db, self._gateway.name, news):
            self._early.append((self._now() + _REPORT_FOR, news))
            self._early_again_at = min(self._early_again_at, self._now() + _REPORT_AGAIN)

    def _try_early_reports(self) -> None:
        now = self._now()
        still = [
            (until, report)
            for until, report in self._early
            if not report_in(self._db, self._gateway.name, report) and until > now
        ]
        self._early = still
        self._early_again_at = now + _REPORT_AGAIN if still else inf

    def _take_fetched(self, fetched: Answered[_Fetch, list[Incoming]]) -> None:
        """Store what was fetched, and up to when nothing is missed now."""
        if fetched.answer is None:
            return
        fetch, new = fetched.question, 0
        for incoming in fetched.answer:
            new += not receive_incoming(self._db, self._gateway.name, incoming).duplicate
        if new:
            LOG.warning("missed_incoming=%d", new)
        up_to = fetch.asked_at
        if len(fetched.answer) == _AT_ONCE:  # there may be more
            up_to = max(fetch.had, min(fetched.answer[-1].at or fetch.had, up_to))
        inbound_fetched(self._db, self._gateway.name, up_to)

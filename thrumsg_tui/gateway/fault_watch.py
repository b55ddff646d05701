"""Notices that a fault of our account was mended, without sending anything (`docs/rules.md 10.5`)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from math import inf
from threading import Event

from thrumsg_tui.gateway.carrier_questions import CarrierQuestions
from thrumsg_tui.gateway.protocol import Gateway, KnowsItsAccount
from thrumsg_tui.gateway.standstill import Standstill
from thrumsg_tui.store.changes.delivery import try_again
from thrumsg_tui.store.database import Database

LOG = logging.getLogger("thrumsg.deliver")

ASK_EVERY = 5.0
"""Seconds between two questions whether the carrier takes our account."""


class FaultWatch:
    """Asks, while a fault stands, whether the carrier takes our account.

    Only a carrier that refused this question before, and takes it now, shows that the fault was mended: it may answer
    questions, and take no message. Otherwise the next try of a message decides.

    Args:
        db: The database.
        gateway: The connection to the carrier.
        standstill: What its answers tell.
        done: Set when an answer has come.
        now: A clock in seconds that never goes back.
    """

    def __init__(
        self, db: Database, gateway: Gateway, standstill: Standstill, done: Event, now: Callable[[], float]
    ) -> None:
        self.questions: CarrierQuestions[None, bool] = CarrierQuestions(1, db, done, level=logging.DEBUG)
        self._db, self._standstill, self._now = db, standstill, now
        self._account = gateway if isinstance(gateway, KnowsItsAccount) else None
        self._was_refused = False
        self._ask_at = -inf

    def ask(self) -> None:
        """Begin to ask, if a fault stands and it is time to."""
        if self._account is None or self._standstill.fault is None:
            self._was_refused = False
            return
        now = self._now()
        if now >= self._ask_at and self.questions.free:
            self._ask_at = now + ASK_EVERY
            self.questions.ask("account", None, self._account.takes_account)

    def take_answers(self) -> bool:
        """Take what the carrier said; return whether the fault was mended, so that messages are tried at once."""
        mended = False
        for each in self.questions.answers():
            takes = bool(each.answer)
            mended = mended or (takes and self._was_refused and self._standstill.fault is not None)
            self._was_refused = not takes
        if mended:
            LOG.info("account=accepted reason=mended")
            try_again(self._db)
            self._standstill.mended()
        return mended

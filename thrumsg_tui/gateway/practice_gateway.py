"""The gateway of practice databases: a carrier that sends nothing anywhere, and contacts that answer.

What it does is decided by the seed (`docs/rules.md 6.6`): deliveries some seconds later, a few failures, late reports,
slow answers, and answers that are lost, so that a message is in doubt until the carrier is asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from threading import Lock

from thrumsg_tui.domain.delivery import (
    Accepted,
    Doubt,
    Incoming,
    NotNow,
    Outcome,
    Outgoing,
    Rejected,
    Report,
    Scope,
    Trace,
)
from thrumsg_tui.domain.enums import MessageKind, MessageState
from thrumsg_tui.gateway.configuration import Configuration
from thrumsg_tui.gateway.configuration_keys import Key, Section, number
from thrumsg_tui.gateway.practice_contacts import PracticeContacts
from thrumsg_tui.gateway.practice_fates import Fate, fate_of
from thrumsg_tui.gateway.protocol import Finding
from thrumsg_tui.store.database import utc_now

NAME = "practice"

_FEW = 4
"""Up to so many reports and answers to come, a message was written by hand, and no batch is under way."""


@dataclass(order=True, slots=True)
class _Event:
    """Something that the carrier will tell at a certain time; events of one time keep their order."""

    due: datetime
    order: int
    told: Incoming | Report = field(compare=False)


class PracticeGateway:
    """The practice carrier.

    Args:
        seed: Decides what becomes of each message, and what the contacts answer.
        clock: The present.
        wait: Waits some seconds, which is how long the carrier takes to answer.
        under_way: Returns what was sent before this process: its reports and answers are still to come. Called by the
            first `poll`.
    """

    def __init__(
        self,
        seed: int,
        *,
        clock: Callable[[], datetime] = utc_now,
        wait: Callable[[float], None] = time.sleep,
        under_way: Callable[[], Iterable[Outgoing]] = tuple,
    ) -> None:
        self._seed = seed
        self._clock = clock
        self._wait = wait
        self._under_way: Callable[[], Iterable[Outgoing]] | None = under_way
        self._contacts = PracticeContacts(seed)
        self._lock = Lock()
        self._taken: dict[str, list[Trace]] = {}
        """By our key, the messages that the carrier has."""
        self._coming: list[_Event] = []
        self._order = count()
        self._received: list[Incoming] = []
        self._is_closed = False

    @property
    def name(self) -> str:
        """The name in `registry.py`."""
        return NAME

    def send(self, message: Outgoing) -> Outcome:
        """Take a message, refuse it, or lose the answer, as its fate is."""
        if self._is_closed:
            return NotNow(timedelta(seconds=1), Scope.GATEWAY, "The practice carrier is closed.")
        fate = fate_of(self._seed, message)
        self._wait(fate.answers_after)
        if fate.rejection:
            return Rejected(*fate.rejection)
        accepted = self._take(message, fate, self._clock()) if fate.is_taken else None
        if fate.answer_is_lost or accepted is None:
            return Doubt("The carrier's answer was lost.")
        return accepted

    def _resume(self, messages: Iterable[Outgoing]) -> None:
        """Go on with messages that the carrier took before this process."""
        for message in messages:
            fate = fate_of(self._seed, message)
            if fate.is_taken and not fate.rejection and message.key not in self._taken:
                self._take(message, fate, message.tried_at)

    def _take(self, message: Outgoing, fate: Fate, now: datetime) -> Accepted:
        reported_at = now + timedelta(seconds=fate.reports_after)
        with self._lock:
            traces = self._taken.setdefault(message.key, [])
            again = f"-{len(traces) + 1}" if traces else ""
            provider_id = f"practice-to-{message.id}{again}"
            traces.append(Trace(provider_id, MessageState.SENT, message.our_number, now))
            state = MessageState.DELIVERED if fate.arrives else MessageState.FAILED
            code, words = fate.failure or (None, None)
            self._tell(reported_at, Report(provider_id, message.key, state, code, words, reported_at))
            watched = message.kind is MessageKind.REPLY or len(self._coming) <= _FEW
            if fate.arrives and (answer := self._contacts.answer(message, now, is_watched=watched)):
                self._tell(
                    answer.due,
                    Incoming(
                        f"practice-{message.id}", message.phone, message.our_number or "", answer.body, at=answer.due
                    ),
                )
        return Accepted(provider_id, message.our_number)

    def _tell(self, due: datetime, told: Incoming | Report) -> None:
        heappush(self._coming, _Event(due, next(self._order), told))

    def find(self, message: Outgoing) -> Sequence[Trace]:
        """Return what the carrier has under the message's key."""
        with self._lock:
            return tuple(self._taken.get(message.key, ()))

    def received_since(self, at: datetime) -> Iterator[Incoming]:
        """Yield the contacts' answers since a time."""
        with self._lock:
            received = [each for each in self._received if each.at is not None and each.at >= at]
        yield from received

    def poll(self) -> Iterable[Incoming | Report]:
        """Return the reports and answers that are due, in the order of their times."""
        if self._under_way:
            self._resume(self._under_way())
            self._under_way = None
        now = self._clock()
        due: list[Incoming | Report] = []
        with self._lock:
            while self._coming and self._coming[0].due <= now:
                due.append(heappop(self._coming).told)
            self._received += [each for each in due if isinstance(each, Incoming)]
        return due

    def check(self) -> Iterator[Finding]:
        """Yield that nothing leaves this machine."""
        yield Finding(good=True, sentence=f"Practice: nothing leaves this machine; seed {self._seed}.")

    def close(self) -> None:
        """Take nothing more."""
        self._is_closed = True


SECTION = Section({"seed": Key(number(0, 2**31 - 1, whole=True), default=1)})


def open_gateway(configuration: Configuration) -> PracticeGateway:
    """Return the practice gateway with the seed of the configuration; `configuration_of` adds what a database says."""
    carrier = configuration.carrier
    return PracticeGateway(
        carrier["seed"],
        clock=carrier.get("clock", utc_now),
        wait=carrier.get("wait", time.sleep),
        under_way=carrier.get("under_way", tuple),
    )


def open_webhooks(configuration: Configuration) -> None:
    """Return None: the practice carrier calls no address."""
    del configuration

"""The carriers of the contract suite: each opens its gateway and knows how to bring about what a test wishes."""

from __future__ import annotations

import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from pathlib import Path

from tests.clock import Clock
from tests.gateway import fake_program
from tests.gateway.contract.kannel import Kannel, is_installed
from tests.gateway.outgoings import NOW, outgoing
from tests.outside_tools import require_tool
from thrumsg_tui.domain.delivery import Incoming, Outgoing, Report
from thrumsg_tui.gateway.command_gateway import CommandGateway, Patience
from thrumsg_tui.gateway.practice_contacts import PracticeContacts
from thrumsg_tui.gateway.practice_fates import fate_of
from thrumsg_tui.gateway.practice_gateway import PracticeGateway
from thrumsg_tui.gateway.protocol import Gateway

WAIT = 20.0
"""Seconds after which a test gives up; none waits so long where all is well."""

A_TURN = 0.01


class Wish(StrEnum):
    """What the carrier is to do with a message, or at all."""

    ACCEPT = "accept"
    REPORT = "report what has become of a message"
    RECEIVE_NOTHING = "receive nothing"
    BE_WELL = "be set up well"
    GIVE_ID = "accept, and give the message an id"
    LIST = "list what it has accepted"
    REFUSE = "refuse"
    PUT_OFF = "put off"
    LOSE_ANSWER = "take it and lose the answer"
    LOSE_MESSAGE = "lose the message"
    HANG = "not answer before the gateway is closed"
    FAIL = "take it and report a failure"
    REPORT_FIRST = "report before it answers"
    TEXT = "let the contact write"
    LIST_RECEIVED = "list what it received"
    NOT_LIST = "have no list, or be away"


class Carrier(ABC):
    """A carrier with its gateway."""

    gateway_name: str
    """Its name in `registry.py`."""
    able: frozenset[Wish] = frozenset(Wish)
    gateway: Gateway

    @abstractmethod
    def __init__(self, folder: Path) -> None:
        """Start it; what it has to write it writes into the folder."""

    @abstractmethod
    def message(self, wish: Wish = Wish.ACCEPT) -> Outgoing:
        """Return another message, with which the carrier does what is wished."""

    def told(self, enough: Callable[[list[Incoming | Report]], bool]) -> list[Incoming | Report]:
        """Return what the carrier tells, until it is enough."""
        told: list[Incoming | Report] = []
        ends_at = time.monotonic() + WAIT
        while not enough(told) and time.monotonic() < ends_at:
            told += self.poll()
            self.let_time_pass()
        assert enough(told), told
        return told

    def poll(self) -> Iterable[Incoming | Report]:
        """Return what the carrier has told since the last time, in whatever way."""
        return self.gateway.poll()

    @property
    def now(self) -> datetime:
        """The present at the carrier."""
        return NOW

    @abstractmethod
    def let_time_pass(self) -> None:
        """Let some seconds pass for the carrier."""

    def let_go(self) -> None:  # noqa: B027 - most have nothing to do
        """Let the calls go on that hang; called while the gateway is being closed."""

    def stop(self) -> None:
        """End it."""
        self.gateway.close()


class Practice(Carrier):
    """The practice carrier: the seed decides, so numbers are sought for which it decides as wished."""

    gateway_name = "practice"
    able = frozenset(Wish) - {Wish.PUT_OFF, Wish.REPORT_FIRST, Wish.NOT_LIST}
    seed = 7

    def __init__(self, folder: Path) -> None:
        self._clock = Clock(NOW)
        self._hanging, self._hangs = threading.Event(), False
        self.gateway = PracticeGateway(self.seed, clock=self._clock, wait=self._wait)
        self._numbers = count(1)

    def _wait(self, _: float) -> None:
        if self._hangs:
            self._hanging.wait(WAIT)

    def message(self, wish: Wish = Wish.ACCEPT) -> Outgoing:
        self._hangs = wish is Wish.HANG
        return next(each for nth in self._numbers if self._suits(each := outgoing(nth), wish))

    def _suits(self, message: Outgoing, wish: Wish) -> bool:
        fate = fate_of(self.seed, message)
        answers = PracticeContacts(self.seed).answer(message, NOW) is not None
        plain = fate.is_plain
        suits = {
            Wish.REFUSE: fate.rejection is not None,
            Wish.FAIL: fate.failure is not None,
            Wish.LOSE_ANSWER: fate.answer_is_lost and fate.is_taken,
            Wish.LOSE_MESSAGE: fate.answer_is_lost and not fate.is_taken,
            Wish.TEXT: plain and answers,
            Wish.LIST_RECEIVED: plain and answers,
        }
        return suits.get(wish, plain and not answers)

    def let_time_pass(self) -> None:
        self._clock.now += timedelta(seconds=10)

    def let_go(self) -> None:
        self._hanging.set()


_BODIES = {
    Wish.REFUSE: "refuse",
    Wish.PUT_OFF: "later",
    Wish.LOSE_ANSWER: "lose the answer",
    Wish.LOSE_MESSAGE: "lose the message",
    Wish.HANG: "lose the message",
    Wish.FAIL: "fail",
    Wish.REPORT_FIRST: "report first",
    Wish.TEXT: "text:Yes! 🎉 Año",
    Wish.NOT_LIST: "unlisted",
}


class Command(Carrier):
    """A program of the tests."""

    gateway_name = "command"
    able = frozenset(Wish) - {Wish.LIST_RECEIVED}

    def __init__(self, folder: Path) -> None:
        self.gateway = CommandGateway(
            [sys.executable, fake_program.__file__], patience=Patience(result=0.6, finish=5.0)
        )
        self._numbers = count(1)

    def message(self, wish: Wish = Wish.ACCEPT) -> Outgoing:
        return outgoing(next(self._numbers), _BODIES.get(wish, "Hi Ann"))

    def let_time_pass(self) -> None:
        time.sleep(A_TURN)


class CommandWithKannel(Carrier):
    """The documented program, which sends through Kannel."""

    gateway_name = "command"
    able = frozenset(
        {Wish.ACCEPT, Wish.BE_WELL, Wish.RECEIVE_NOTHING, Wish.REPORT, Wish.PUT_OFF, Wish.TEXT, Wish.NOT_LIST}
    )

    def __init__(self, folder: Path) -> None:
        require_tool("kannel", is_there=is_installed())
        self.kannel = Kannel(folder)
        self.gateway = CommandGateway(self.kannel.argv)
        self._numbers = count(1)

    def message(self, wish: Wish = Wish.ACCEPT) -> Outgoing:
        message = outgoing(next(self._numbers), "Hi Ann", our_number="+12125550100")
        if wish is Wish.PUT_OFF:
            self.kannel.stop_smsbox()
        if wish is Wish.TEXT:
            self.kannel.text(message.phone, "+12125550100", "Yes! Where?")
        return message

    def let_time_pass(self) -> None:
        time.sleep(A_TURN)

    def stop(self) -> None:
        self.gateway.close()
        self.kannel.stop()

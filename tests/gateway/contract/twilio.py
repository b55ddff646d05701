"""Twilio's gateway in the contract suite: with the carrier of the tests, which misbehaves as told, and with Prism."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from tests.carrier.faults import Fault
from tests.carrier.running import running_carrier
from tests.gateway.contract.carriers import A_TURN, Carrier, Wish
from tests.gateway.outgoings import outgoing
from tests.gateway.twilio.listening import listener, listening
from tests.gateway.twilio.made import OURS, configuration
from tests.gateway.twilio.prism import Specification, running_prism
from thrumsg_tui.domain.delivery import Incoming, Outgoing, Report
from thrumsg_tui.gateway.twilio import open_gateway, open_webhooks

_FAULTS = {
    Wish.PUT_OFF: Fault.BUSY,
    Wish.LOSE_ANSWER: Fault.DROPPED_TAKEN,
    Wish.LOSE_MESSAGE: Fault.DROPPED,
    Wish.HANG: Fault.SILENT,
    Wish.FAIL: Fault.UNDELIVERED,
    Wish.REPORT_FIRST: Fault.EARLY,
    Wish.NOT_LIST: Fault.LIST_ERROR,
}
_NO_NUMBER = "+1"


class Twilio(Carrier):
    """The carrier of the tests, which calls our addresses."""

    gateway_name = "twilio"

    def __init__(self, folder: Path) -> None:
        self._running = ExitStack()
        server, url = listener()
        options = ("--number", OURS, "--public-url", url, "--connect-to", url, "--silence-time", "0.5")
        self._carrier = self._running.enter_context(running_carrier(folder / "log", *options))
        configured = replace(configuration(self._carrier.url), public_url=url)
        self.gateway = open_gateway(configured)
        hooks = open_webhooks(configured)
        assert hooks is not None
        self._hooks, self._taken = hooks, self._running.enter_context(listening(hooks, server))
        self._read = 0
        self._numbers = count(1)

    def message(self, wish: Wish = Wish.ACCEPT) -> Outgoing:
        self._carrier.tell("faults", **{fault: 100 for fault in [_FAULTS.get(wish)] if fault})
        message = outgoing(next(self._numbers), our_number=OURS, tried_at=self.now)
        if wish in {Wish.TEXT, Wish.LIST_RECEIVED}:
            self._carrier.inbound(message.phone, OURS, "Yes! 🎉")
        return replace(message, phone=_NO_NUMBER) if wish is Wish.REFUSE else message

    def poll(self) -> Iterable[Incoming | Report]:
        """Return what came to our addresses, too."""
        came = self._taken[self._read :]
        self._read += len(came)
        return [*self.gateway.poll(), *(told for entry in came if (told := self._hooks.read(entry)) is not None)]

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def let_time_pass(self) -> None:
        time.sleep(A_TURN)

    def stop(self) -> None:
        self.gateway.close()
        self._running.close()


class TwilioWithPrism(Carrier):
    """Prism, which has no memory: it accepts what is valid by Twilio's own description of its interface."""

    gateway_name = "twilio"
    able = frozenset({Wish.ACCEPT})

    def __init__(self, folder: Path) -> None:
        self._running = ExitStack()
        self.gateway = open_gateway(configuration(self._running.enter_context(running_prism(Specification(), folder))))
        self._numbers = count(1)

    def message(self, wish: Wish = Wish.ACCEPT) -> Outgoing:
        return outgoing(next(self._numbers), our_number=OURS)

    def let_time_pass(self) -> None:
        time.sleep(A_TURN)

    def stop(self) -> None:
        self.gateway.close()
        self._running.close()

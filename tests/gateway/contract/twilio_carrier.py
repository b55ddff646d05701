"""Twilio in the contract suite: the carrier of `tests/carrier`, and the webhooks that it calls."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import monotonic, sleep

from tests.carrier.faults import Fault, Faults
from tests.carrier.running import running_carrier
from tests.gateway.contract.carriers import WAIT, Carrier, Wish
from tests.gateway.outgoings import NOW, outgoing
from tests.gateway.twilio.listening import listener, listening
from tests.gateway.twilio.made import OURS, configuration
from thrumsg_tui.domain.delivery import Incoming, Outgoing, Report
from thrumsg_tui.gateway.secret import Secret
from thrumsg_tui.gateway.twilio.gateway import TwilioGateway
from thrumsg_tui.gateway.twilio.webhooks import TwilioWebhooks

_SHARES = dict.fromkeys((Fault.BUSY, Fault.ERROR_TAKEN, Fault.ERROR, Fault.SILENT, Fault.EARLY, Fault.UNDELIVERED), 10)
_ON_SENDING = {
    Wish.PUT_OFF: Fault.BUSY,
    Wish.LOSE_ANSWER: Fault.ERROR_TAKEN,
    Wish.LOSE_MESSAGE: Fault.ERROR,
    Wish.HANG: Fault.SILENT,
    Wish.REPORT_FIRST: Fault.EARLY,
}
_TURN = 0.02


class Twilio(Carrier):
    """The seed decides what goes wrong, so keys are sought for which it decides as wished."""

    gateway_name = "twilio"
    able = frozenset(Wish) - {Wish.LIST_RECEIVED}  # its list has the times in whole seconds: twilio/test_find.py

    def __init__(self, folder: Path) -> None:
        self._faults = Faults(0, _SHARES)
        self._numbers = count(1)
        self._will_write: list[Outgoing] = []
        self._read = 0
        self._stack = ExitStack()
        server, public = listener()
        faults = [word for fault, share in _SHARES.items() for word in ("--fault", f"{fault}={share}")]
        where = ["--public-url", public, "--connect-to", public]
        times = ["--silence-time", "0.3", "--early-time", "0.1"]
        self._carrier = self._stack.enter_context(
            running_carrier(folder / "log", "--number", OURS, *where, *times, *faults)
        )
        configured = replace(
            configuration(self._carrier.url, OURS, auth_token=Secret(self._carrier.token)), public_url=public
        )
        self._hooks = TwilioWebhooks(configured)
        self._taken = self._stack.enter_context(listening(self._hooks, server))
        began = datetime.now(UTC)
        self.gateway = TwilioGateway(configured, clock=lambda: NOW + (datetime.now(UTC) - began))

    def message(self, wish: Wish = Wish.ACCEPT) -> Outgoing:
        message = next(each for nth in self._numbers if self._suits(each := outgoing(nth, our_number=OURS), wish))
        if wish is Wish.REFUSE:
            self._carrier.tell("block", contact=message.phone, number=OURS)
        if wish is Wish.NOT_LIST:
            self._carrier.tell("account", closed=True)
        if wish is Wish.TEXT:
            self._will_write.append(message)
        return message

    def _suits(self, message: Outgoing, wish: Wish) -> bool:
        """Return whether all goes as wished, and well at the second try."""
        failure = Fault.UNDELIVERED if wish is Wish.FAIL else None
        return (
            self._faults.on_sending(message.key, 1) is _ON_SENDING.get(wish)
            and self._faults.on_sending(message.key, 2) is None
            and self._faults.on_reporting(message.key) is failure
        )

    def told(self, enough: Callable[[list[Incoming | Report]], bool]) -> list[Incoming | Report]:
        while self._will_write:
            self._carrier.inbound(self._will_write.pop().phone, OURS, "Yes! 🎉 Año")
        told: list[Incoming | Report] = []
        ends_at = monotonic() + WAIT
        while not enough(told) and monotonic() < ends_at:
            new, self._read = self._taken[self._read :], len(self._taken)
            told += [said for entry in new if (said := self._hooks.read(entry))]
            self.let_time_pass()
        assert enough(told), told
        return told

    def let_time_pass(self) -> None:
        sleep(_TURN)

    def stop(self) -> None:
        super().stop()
        self._stack.close()

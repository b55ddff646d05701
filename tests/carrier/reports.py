"""Delivery reports: each message goes on to `sent`, then to `delivered` or to a failure, and its callback is called."""

from __future__ import annotations

import asyncio
import time

from tests.carrier.account import Account, Message
from tests.carrier.faults import FAILURES, Fault
from tests.carrier.webhooks import Webhooks

EXPIRED = "30036"
"""The validity period ended before the message was sent."""


class Reports:
    """Lets messages go their way."""

    def __init__(self, account: Account, webhooks: Webhooks, *, step: float) -> None:
        self._account = account
        self._webhooks = webhooks
        self._step = step

    async def rest(self) -> None:
        """Wait until nothing is on its way."""
        await self._webhooks.rest()

    def begin(self, message: Message, fault: Fault | None, failure: str, first: float) -> None:
        """Let a message that was taken go on."""
        if self._account.line(message.to, message.sender) in self._account.blocked:
            failure, fault = "21610", Fault.UNDELIVERED  # STOP came in while it waited
        elif message.validity <= first:
            failure, fault = EXPIRED, Fault.UNDELIVERED
        self._webhooks.begin(self._go_on(message, fault, failure, first))

    async def _go_on(self, message: Message, fault: Fault | None, failure: str, first: float) -> None:
        await asyncio.sleep(first)
        states = ["sent", "undelivered" if fault is Fault.UNDELIVERED else "delivered"]
        if message.service and message.status == "accepted":
            states.insert(0, "queued")
        if fault is Fault.UNORDERED:
            states.reverse()
        final = "undelivered" if "undelivered" in states else "delivered"
        for state in states:
            reached = final if message.status == final else state
            message.status, message.sent = reached, message.sent or time.time()
            if state == "undelivered":
                message.code, message.words = failure, FAILURES.get(failure, "")
            if fault is not Fault.UNREPORTED:
                await self._report(message, state)
            if fault is Fault.REPEATED:
                await self._report(message, state)
            await asyncio.sleep(self._step)

    async def _report(self, message: Message, state: str) -> None:
        if not message.callback:
            return
        params = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": state,
            "SmsStatus": state,
            "AccountSid": self._account.sid,
            "ApiVersion": "2010-04-01",
            "To": message.to,
            "From": message.sender,
        }
        if message.service:
            params["MessagingServiceSid"] = message.service
        if state == "undelivered":
            params["ErrorCode"] = message.code or ""
        await self._webhooks.call("report", message.callback, params)

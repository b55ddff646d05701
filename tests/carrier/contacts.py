"""What contacts do: they text our numbers. STOP, START and HELP the carrier answers itself, as Twilio does."""

from __future__ import annotations

import time
from typing import Any

from tests.carrier.account import (
    HELP_WORDS,
    START_WORDS,
    STOP_WORDS,
    Account,
    Message,
    Number,
    NumberState,
    Picture,
    incoming_params,
)
from tests.carrier.journal import Journal
from tests.carrier.webhooks import Webhooks

REPLIES = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


def opt_out_type(body: str) -> str | None:
    """Return what the carrier takes a message for: only a whole word, in either case."""
    word = body.strip().upper()
    kinds = {"STOP": STOP_WORDS, "START": START_WORDS, "HELP": HELP_WORDS}
    return next((kind for kind, words in kinds.items() if word in words), None)


class Contacts:
    """The people at the other end."""

    def __init__(
        self, account: Account, webhooks: Webhooks, journal: Journal, *, answers_stop: bool, says_opt_out: bool
    ) -> None:
        self._account = account
        self._webhooks = webhooks
        self._journal = journal
        self._answers_stop = answers_stop
        self._says_opt_out = says_opt_out

    def text(
        self, contact: str, ours: str, body: str, pictures: tuple[Picture, ...], host: str, *, ago: float = 0
    ) -> dict[str, Any]:
        """Let a contact send a message to one of our numbers; return its id, none if the number is not ours.

        It came some seconds ago; older ones come first, since the list is in the order in which messages come.
        """
        number = self._account.numbers.get(ours)
        if number is None or number.state is NumberState.WITHDRAWN:
            return {"sid": None}
        message = Message(
            to=ours, sender=contact, body=body, direction="inbound", status="received",
            service=self._account.service, pictures=pictures, created=time.time() - ago, sent=time.time() - ago,
        )  # fmt: skip
        self._account.add(message)
        stop = opt_out_type(body) if self._answers_stop else None
        self._journal.write(
            "received", sid=message.sid, to=ours, **{"from": contact}, body=body,
            media=[one.type for one in pictures], media_sids=[one.sid for one in pictures], stop=stop,
        )  # fmt: skip
        if stop:
            self._answer(stop, contact, ours)
        if number.sms_url:
            media = f"{host}/2010-04-01/Accounts/{self._account.sid}/Messages/{message.sid}/Media"
            params = incoming_params(self._account, message, media, stop if self._says_opt_out else None)
            self._webhooks.begin(self._webhooks.call("message", number.sms_url, params))
        return {"sid": message.sid}

    def _answer(self, stop: str, contact: str, ours: str) -> None:
        line = self._account.line(contact, ours)
        if stop == "START" and line not in self._account.blocked:
            return
        if stop == "STOP":
            self._account.blocked.add(line)
        elif stop == "START":
            self._account.blocked.discard(line)
        reply = Message(
            to=contact, sender=ours, body=REPLIES[stop], direction="outbound-reply", status="delivered",
            sent=time.time(),
        )  # fmt: skip
        self._account.add(reply)
        self._journal.write("replied", sid=reply.sid, to=contact, **{"from": ours}, stop=stop)

    def set_number(self, number: str, state: NumberState, sms_url: str | None) -> None:
        """Change one of our numbers, or add it."""
        known = self._account.numbers.setdefault(number, Number(number))
        known.state = state
        if sms_url is not None:
            known.sms_url = sms_url

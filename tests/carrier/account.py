"""What the carrier knows: our numbers, the messages, who is blocked."""

from __future__ import annotations

import secrets
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, urlsplit

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "UNSTOP", "YES"})
HELP_WORDS = frozenset({"HELP", "INFO"})


class NumberState(StrEnum):
    """What one of our numbers can do."""

    READY = "ready"
    FULL = "full"
    """Its queue takes no more (21611)."""
    SUSPENDED = "suspended"
    """It cannot send text messages (21606)."""
    WITHDRAWN = "withdrawn"
    """It is not ours any more (21606), and receives nothing."""


@dataclass(slots=True)
class Number:
    """One of our numbers."""

    number: str
    sms_url: str = ""
    state: NumberState = NumberState.READY
    sid: str = field(default_factory=lambda: f"PN{secrets.token_hex(16)}")


@dataclass(frozen=True, slots=True)
class Picture:
    """A file of a message."""

    sid: str
    type: str
    content: bytes


@dataclass(slots=True)
class Message:
    """A message at the carrier."""

    to: str
    sender: str
    body: str
    direction: str
    status: str
    service: str | None = None
    callback: str | None = None
    key: str | None = None
    validity: int = 36000
    media_urls: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    code: str | None = None
    words: str | None = None
    sent: float | None = None
    sid: str = field(default_factory=lambda: f"SM{secrets.token_hex(16)}")
    created: float = field(default_factory=time.time)
    listed_from: float = 0
    """Before this, the list does not have it."""

    @property
    def segments(self) -> int:
        """How many it is sent as."""
        if self.body.isascii():
            return 1 if len(self.body) <= 160 else -(-len(self.body) // 153)
        units = len(self.body.encode("utf-16-le")) // 2
        return 1 if units <= 70 else -(-units // 67)


def http_date(seconds: float | None) -> str | None:
    """Return a time as the API writes it."""
    return None if seconds is None else format_datetime(datetime.fromtimestamp(int(seconds), UTC))


def key_of(callback: str | None) -> str | None:
    """Return the sender's own name for a message, from the `k` of its StatusCallback."""
    return parse_qs(urlsplit(callback).query).get("k", [None])[0] if callback else None


class Account:
    """The only account."""

    def __init__(self, sid: str, token: str, numbers: list[str], *, sms_url: str, service: str | None) -> None:
        self.sid = sid
        self.token = token
        self.closed = False
        """Whether every request is refused as not authorised."""
        self.service = service
        self.numbers = {number: Number(number, sms_url) for number in numbers}
        self.blocked: set[tuple[str, str]] = set()
        """Contact and number of ours: with a service, the service in place of the number."""
        self.messages: list[Message] = []
        self._by_sid: dict[str, Message] = {}
        self._by_to: dict[str, list[Message]] = defaultdict(list)
        self._given: dict[str, str] = {}

    def add(self, message: Message) -> None:
        """Take a message."""
        self.messages.append(message)
        self._by_sid[message.sid] = message
        self._by_to[message.to].append(message)

    def message(self, sid: str) -> Message | None:
        """Return a message."""
        return self._by_sid.get(sid)

    def remove(self, message: Message) -> None:
        """Forget a message."""
        self.messages.remove(message)
        self._by_to[message.to].remove(message)
        del self._by_sid[message.sid]

    def newest(self, to: str | None) -> Iterator[Message]:
        """Yield the messages that are listed by now, newest first: all, or those to a number."""
        now = time.time()
        for message in reversed(self.messages if to is None else self._by_to[to]):
            if message.listed_from <= now:
                yield message

    def number_of_service(self, contact: str) -> str:
        """Return the number with which the service texts a contact, which stays the same."""
        ready = [number.number for number in self.numbers.values() if number.state is NumberState.READY]
        if self._given.get(contact) not in ready:
            self._given[contact] = ready[len(self._given) % len(ready)]
        return self._given[contact]

    def line(self, contact: str, ours: str) -> tuple[str, str]:
        """Return that for which a contact who writes STOP is blocked."""
        return contact, self.service or ours

    def as_json(self, message: Message) -> dict[str, Any]:
        """Return a message as the API has it."""
        uri = f"/2010-04-01/Accounts/{self.sid}/Messages/{message.sid}"
        fresh = message.status == "accepted"
        return {
            "account_sid": self.sid,
            "api_version": "2010-04-01",
            "body": message.body,
            "date_created": http_date(message.created),
            "date_sent": http_date(message.sent),
            "date_updated": http_date(message.sent or message.created),
            "direction": message.direction,
            "error_code": int(message.code) if message.code else None,
            "error_message": message.words,
            "from": None if fresh else message.sender,
            "messaging_service_sid": message.service,
            "num_media": str(len(message.pictures) + len(message.media_urls)),
            "num_segments": str(message.segments),
            "price": None,
            "price_unit": "USD",
            "sid": message.sid,
            "status": message.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": message.to,
            "uri": f"{uri}.json",
        }

    def service_as_json(self) -> dict[str, Any]:
        """Return the Messaging Service, which leaves incoming texts to its numbers."""
        return {
            "sid": self.service,
            "account_sid": self.sid,
            "friendly_name": "Fake",
            "inbound_request_url": None,
            "inbound_method": "POST",
            "use_inbound_webhook_on_number": True,
            "smart_encoding": False,
            "sticky_sender": True,
            "validity_period": 36000,
        }

    def number_as_json(self, number: Number) -> dict[str, Any]:
        """Return one of our numbers as the API has it."""
        return {
            "sid": number.sid,
            "account_sid": self.sid,
            "api_version": "2010-04-01",
            "friendly_name": number.number,
            "phone_number": number.number,
            "capabilities": {
                "fax": False,
                "mms": True,
                "sms": number.state is not NumberState.SUSPENDED,
                "voice": True,
            },
            "date_created": http_date(0),
            "date_updated": http_date(0),
            "sms_application_sid": "",
            "sms_fallback_method": "POST",
            "sms_fallback_url": "",
            "sms_method": "POST",
            "sms_url": number.sms_url,
            "status": "in-use",
            "status_callback": "",
            "status_callback_method": "POST",
            "uri": f"/2010-04-01/Accounts/{self.sid}/IncomingPhoneNumbers/{number.sid}.json",
        }


def incoming_params(account: Account, message: Message, media: str, opt_out: str | None) -> Mapping[str, str]:
    """Return the parameters of the webhook about a message that came in; some are blank, as Twilio's are."""
    params = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "AccountSid": account.sid,
        "From": message.sender,
        "To": message.to,
        "Body": message.body,
        "NumMedia": str(len(message.pictures)),
        "NumSegments": str(message.segments),
        "SmsStatus": "received",
        "FromCity": "",
        "FromState": "CA",
        "FromZip": "",
        "FromCountry": "US",
        "ToCity": "",
        "ToState": "CA",
        "ToZip": "",
        "ToCountry": "US",
        "ApiVersion": "2010-04-01",
    }
    for index, picture in enumerate(message.pictures):
        params[f"MediaUrl{index}"] = f"{media}/{picture.sid}"
        params[f"MediaContentType{index}"] = picture.type
    if account.service:
        params["MessagingServiceSid"] = account.service
    if opt_out:
        params["OptOutType"] = opt_out
    return params

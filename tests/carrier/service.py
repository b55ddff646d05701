"""The carrier's HTTP: Twilio's API, its files, and what only tests ask (`/control/…`)."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl

from tests.carrier.account import Account, Message, NumberState, Picture, key_of
from tests.carrier.contacts import Contacts
from tests.carrier.faults import Fault, Faults
from tests.carrier.journal import Journal
from tests.carrier.lists import BadFilter, page_of_messages
from tests.carrier.reports import Reports
from tests.carrier.wire import DROP, Answer, Request

KNOWN = {
    "To", "From", "MessagingServiceSid", "Body", "StatusCallback", "ValidityPeriod", "MediaUrl", "SmartEncoded",
    "ContentRetention", "AddressRetention",
}  # fmt: skip
"""Parameters of a new message that thrumsg may use; any other is a mistake that Twilio would not report."""

TAKEN = {Fault.SILENT, Fault.DROPPED_TAKEN, Fault.ERROR_TAKEN, Fault.GARBLED_TAKEN, Fault.LATE, Fault.EARLY}


class Refusal(Exception):
    """An error that the API answers."""

    def __init__(self, status: int, code: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Times:
    """How long things take, in seconds."""

    report: float = 0.02
    """From a message to its first report, and from that to the next."""
    late: float = 3.0
    """How late a message is taken by `Fault.LATE`."""
    lag: float = 1.0
    """How late a message is listed by `Fault.HIDDEN`."""
    silence: float = 120.0
    """How long an answer is withheld at most by `Fault.SILENT`."""
    early: float = 0.2
    """How long after its report a message is answered by `Fault.EARLY`."""
    answer: float = 0.0
    """From a message to its answer."""
    busy: int = 1
    """`Retry-After` of a 429."""


def as_answer(status: int, content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer in JSON."""
    return Answer(status, json.dumps(content).encode(), headers={"Date": _date(), **(headers or {})})


def refused(status: int, code: int, words: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an error as Twilio writes it."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return as_answer(status, {"code": code, "message": words, "more_info": more, "status": status}, headers)


def _date() -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())


class Service:
    """Answers every request."""

    def __init__(
        self, account: Account, journal: Journal, reports: Reports, contacts: Contacts, faults: Faults, times: Times
    ) -> None:
        self._account = account
        self._journal = journal
        self._reports = reports
        self._contacts = contacts
        self._faults = faults
        self._times = times
        self._tries: Counter[str] = Counter()
        self._down = False

    async def answer(self, request: Request) -> Answer | None:
        """Answer a request, and log it."""
        if request.path == "/control/rest":
            await self._reports.rest()
            return as_answer(200, {})
        if request.path.startswith("/control/"):
            return self._control(request)
        params = parse_qs(request.body.decode(), keep_blank_values=True)
        facts = {"method": request.method, "path": request.path, "query": request.query, "params": params}
        if self._down:
            self._journal.write("request", **facts, status=0, fault="down")
            return DROP
        try:
            answer, fault = await self._api(request, params)
        except Refusal as refusal:
            answer, fault = refused(refusal.status, refusal.code, str(refusal)), None
        status = answer.status if answer else 0
        self._journal.write("request", **facts, status=status, fault=fault)
        return answer

    async def _api(self, request: Request, params: dict[str, list[str]]) -> tuple[Answer | None, Fault | None]:
        if request.path.startswith("/files/"):
            return self._file(request), None
        self._require_credentials(request)
        base = f"/2010-04-01/Accounts/{self._account.sid}"
        match request.method, request.path.removeprefix(base + "/").split("/"):
            case "POST", ["Messages.json"]:
                return await self._send(request, params)
            case "GET", ["Messages.json"]:
                return self._list(request)
            case method, ["Messages", name]:
                return self._one(method, name.removesuffix(".json"), params), None
            case "GET", path:
                return self._resource(request, path), None
            case _:
                raise Refusal(404, 20404, f"The requested resource {request.path} was not found")

    def _resource(self, request: Request, path: list[str]) -> Answer:
        """Return what only stands there."""
        if request.path == f"/2010-04-01/Accounts/{self._account.sid}.json":
            return as_answer(200, {"sid": self._account.sid, "friendly_name": "Fake", "status": "active"})
        if self._account.service and request.path == f"/v1/Services/{self._account.service}":
            return as_answer(200, self._account.service_as_json())
        match path:
            case ["IncomingPhoneNumbers.json"]:
                return self._numbers(request)
            case ["Messages", sid, "Media.json"]:
                return self._media(sid)
            case ["Messages", sid, "Media", picture]:
                return Answer(307, headers={"Location": f"http://{request.headers['host']}/files/{sid}/{picture}"})
            case _:
                raise Refusal(404, 20404, f"The requested resource {request.path} was not found")

    def _require_credentials(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        right = base64.b64encode(f"{self._account.sid}:{self._account.token}".encode()).decode()
        if self._account.closed or not secrets.compare_digest(given, f"Basic {right}"):
            raise Refusal(401, 20003, "Authenticate")

    # ------------------------------------------------------------------ messages of ours

    async def _send(self, request: Request, params: dict[str, list[str]]) -> tuple[Answer | None, Fault | None]:
        message = self._read(params)
        key = message.key or f"{message.to}:{message.body}"
        self._tries[key] += 1
        fault = self._faults.on_sending(key, self._tries[key])
        if fault is Fault.BUSY:
            wait = {"Retry-After": str(self._times.busy)}
            return refused(429, 20429, "Too Many Requests", wait), fault
        if fault is Fault.FULL:
            raise Refusal(400, 21611, "This 'From' number has exceeded the maximum number of queued messages")
        await asyncio.sleep(self._times.late if fault is Fault.LATE else self._times.answer)
        if fault is None or fault in TAKEN:
            self._take(message, fault)
        return await self._answer_to_send(request, message, fault), fault

    async def _answer_to_send(self, request: Request, message: Message, fault: Fault | None) -> Answer | None:
        match fault:
            case Fault.SILENT:
                await asyncio.wait({asyncio.ensure_future(request.gone())}, timeout=self._times.silence)
                return DROP
            case Fault.DROPPED | Fault.DROPPED_TAKEN:
                return DROP
            case Fault.ERROR | Fault.ERROR_TAKEN:
                return refused(500, 20500, "Internal Server Error")
            case Fault.GARBLED_TAKEN:
                return Answer(201, b'{"sid": "SM', headers={"Date": _date()})
            case _:
                if fault is Fault.EARLY:
                    await asyncio.sleep(self._times.early)
                return as_answer(201, self._account.as_json(message))

    def _take(self, message: Message, fault: Fault | None) -> None:
        message.created = time.time()
        key = message.key or message.sid
        if self._faults.on_listing(key):
            message.listed_from = message.created + self._times.lag
        self._account.add(message)
        self._journal.write(
            "accepted",
            sid=message.sid,
            key=message.key,
            to=message.to,
            **{"from": message.sender},
            body=message.body,
            media=message.media_urls,
            validity=message.validity,
            callback=message.callback,
            fault=fault,
        )
        first = 0.0 if fault is Fault.EARLY else self._times.report
        self._reports.begin(message, self._faults.on_reporting(key), self._faults.failure(key), first)

    def _read(self, params: dict[str, list[str]]) -> Message:
        given = {name: values[0] for name, values in params.items()}
        if unknown := set(given) - KNOWN:
            raise Refusal(400, 20001, f"Unknown parameter {min(unknown)}")
        to, body, media = given.get("To", ""), given.get("Body", ""), tuple(params.get("MediaUrl", ()))
        validity = given.get("ValidityPeriod", "36000")
        if not to:
            raise Refusal(400, 21604, "A 'To' phone number is required.")
        if not (to.startswith("+") and to[1:].isascii() and to[1:].isdecimal() and 8 <= len(to) <= 16):
            raise Refusal(400, 21211, f"Invalid 'To' Phone Number: {to}")
        if not body and not media:
            raise Refusal(400, 21602, "Message body is required.")
        if len(body) > 1600:
            raise Refusal(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        if not (validity.isdecimal() and 1 <= int(validity) <= 36000):
            raise Refusal(400, 20001, "ValidityPeriod must be from 1 to 36000")
        service, sender = given.get("MessagingServiceSid"), self._sender(given, to)
        if self._account.line(to, sender) in self._account.blocked:
            raise Refusal(400, 21610, "Attempt to send to unsubscribed recipient")
        callback = given.get("StatusCallback")
        return Message(
            to=to,
            sender=sender,
            body=body,
            direction="outbound-api",
            status="queued" if given.get("From") else "accepted",
            service=service,
            callback=callback,
            key=key_of(callback),
            validity=int(validity),
            media_urls=media,
        )

    def _sender(self, given: Mapping[str, str], to: str) -> str:
        service, sender = given.get("MessagingServiceSid"), given.get("From")
        if service and service != self._account.service:
            raise Refusal(404, 20404, f"The Messaging Service {service} was not found")
        if not sender:
            if not service:
                raise Refusal(400, 21603, "A 'From' phone number is required.")
            return self._account.number_of_service(to)
        number = self._account.numbers.get(sender)
        if number is None or number.state in {NumberState.SUSPENDED, NumberState.WITHDRAWN}:
            raise Refusal(400, 21606, f"The 'From' phone number {sender} is not a valid message-capable Twilio number")
        if number.state is NumberState.FULL:
            raise Refusal(400, 21611, "This 'From' number has exceeded the maximum number of queued messages")
        return sender

    def _list(self, request: Request) -> tuple[Answer, Fault | None]:
        self._tries[request.query] += 1
        fault = self._faults.on_question(request.query, self._tries[request.query])
        if fault:
            return refused(500, 20500, "Internal Server Error"), fault
        filters = dict(parse_qsl(request.query, keep_blank_values=True))
        try:
            return as_answer(200, page_of_messages(self._account, filters)), None
        except BadFilter as error:
            raise Refusal(400, 20001, str(error)) from None

    def _one(self, method: str, sid: str, params: dict[str, list[str]]) -> Answer:
        message = self._account.message(sid)
        if message is None:
            raise Refusal(404, 20404, f"The message {sid} was not found")
        if method == "DELETE":
            self._account.remove(message)
            return Answer(204)
        if method == "POST":
            if "Status" in params:
                raise Refusal(400, 30409, "Message is not in a cancelable state")
            message.body = params.get("Body", [message.body])[0]
        return as_answer(200, self._account.as_json(message))

    def _numbers(self, request: Request) -> Answer:
        wanted = dict(parse_qsl(request.query)).get("PhoneNumber")
        numbers = [
            self._account.number_as_json(number)
            for number in self._account.numbers.values()
            if number.state is not NumberState.WITHDRAWN and wanted in {None, number.number}
        ]
        return as_answer(200, {"incoming_phone_numbers": numbers, "next_page_uri": None, "page": 0})

    # ------------------------------------------------------------------ files of messages

    def _media(self, sid: str) -> Answer:
        message = self._account.message(sid)
        pictures = message.pictures if message else ()
        return as_answer(200, {"media_list": [{"sid": one.sid, "content_type": one.type} for one in pictures]})

    def _file(self, request: Request) -> Answer:
        """Return a file from where a redirect leads, which must not learn the credentials."""
        if "authorization" in request.headers:
            raise Refusal(400, 20001, "These files are elsewhere: no credentials belong here")
        _, _, sid, picture = request.path.split("/")
        message = self._account.message(sid)
        for one in message.pictures if message else ():
            if one.sid == picture:
                return Answer(200, one.content, one.type)
        raise Refusal(404, 20404, "No such file")

    # ------------------------------------------------------------------ what tests say

    def _control(self, request: Request) -> Answer:
        told: dict[str, Any] = json.loads(request.body or b"{}")
        order = request.path.removeprefix("/control/")
        self._journal.write("control", order=order, told=told)
        match order:
            case "inbound":
                pictures = tuple(
                    Picture(f"ME{secrets.token_hex(16)}", one["type"], base64.b64decode(one["content"]))
                    for one in told.get("media", ())
                )
                host = f"http://{request.headers['host']}"
                ago = told.get("ago", 0)
                texted = self._contacts.text(told["from"], told["to"], told["body"], pictures, host, ago=ago)
                return as_answer(200, texted)
            case "number":
                self._contacts.set_number(told["number"], NumberState(told["state"]), told.get("sms_url"))
            case "faults":
                self._faults.shares = {Fault(name): share for name, share in told.items()}
            case "block":
                self._account.blocked.add(self._account.line(told["contact"], told["number"]))
            case "account":
                self._account.closed = bool(told.get("closed", False))
                self._down = bool(told.get("down", False))
            case _:
                return as_answer(404, {"words": f"no {order}: see tests/carrier/service.py"})
        return as_answer(200, {})

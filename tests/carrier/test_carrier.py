"""The carrier that tests use: it answers as Twilio does, and its log is complete."""

from __future__ import annotations

import base64
import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.carrier.faults import ALL_OF_4_1, Fault
from tests.carrier.running import Carrier, running_carrier

OURS, OTHER = "+14155550100", "+14155550101"
OLIVE = "+14155550199"
NUMBERS = ("--number", OURS, "--number", OTHER)
PUBLIC = "https://sms.example.org"
SOON = 2.0
"""Seconds that a test has for what the carrier withholds."""


@dataclass
class Call:
    """A webhook that was called."""

    path: str
    params: dict[str, str]
    signature: str
    token: str


class Listener:
    """The other end: it notes every webhook, and answers the next of `statuses`, then 200."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.statuses: list[int] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                params = {name: values[0] for name, values in parse_qs(form, keep_blank_values=True).items()}
                told = [self.headers[name] for name in ("X-Twilio-Signature", "I-Twilio-Idempotency-Token")]
                listener.calls.append(Call(self.path, params, *told))
                self.send_response(listener.statuses.pop(0) if listener.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def states(self, key: str) -> list[str]:
        return [call.params["MessageStatus"] for call in self.calls if call.path == f"/twilio/status?k={key}"]


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    thread = threading.Thread(target=listener.server.serve_forever, daemon=True)
    thread.start()
    yield listener
    listener.server.shutdown()
    listener.server.server_close()
    thread.join()


@contextmanager
def carrier(log: Path, listener: Listener, *options: str) -> Iterator[Carrier]:
    to = ("--public-url", PUBLIC, "--connect-to", listener.url, "--report-time", "0.001")
    with running_carrier(log / "carrier.log", *NUMBERS, *to, *options) as running:
        yield running


def ask(
    carrier: Carrier, method: str, path: str, params: dict[str, str] | None = None, token: str = "token"
) -> tuple[int, Any]:
    """Ask the carrier's API and return the status and what it answered."""
    connection = HTTPConnection(urlsplit(carrier.url).netloc, timeout=SOON)
    basic = base64.b64encode(f"{carrier.account}:{token}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request(method, path, urlencode(params or {}), headers)
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else dict(answer.headers)
    finally:
        connection.close()


def base(carrier: Carrier) -> str:
    return f"/2010-04-01/Accounts/{carrier.account}"


def send(carrier: Carrier, key: str, to: str = OLIVE, body: str = "Hello", **more: str) -> tuple[int, Any]:
    """Send a message with our key, or fail as the carrier makes it fail."""
    params = {"To": to, "From": OURS, "Body": body, "StatusCallback": f"{PUBLIC}/twilio/status?k={key}"}
    return ask(carrier, "POST", f"{base(carrier)}/Messages.json", params | more)


def test_a_message_is_taken_logged_and_reported(tmp_path: Path, listener: Listener) -> None:
    with carrier(tmp_path, listener) as running:
        status, message = send(running, "k1", body="Grüße 👋")
        running.await_rest()
        (line,) = running.accepted()
        assert (status, message["status"], message["from"]) == (201, "queued", OURS)
        assert (line["sid"], line["key"], line["to"], line["body"]) == (message["sid"], "k1", OLIVE, "Grüße 👋")
        assert listener.states("k1") == ["sent", "delivered"]
        assert [hook["status"] for hook in running.entries("webhook")] == [200, 200]
        _, again = ask(running, "GET", f"{base(running)}/Messages/{message['sid']}.json")
        assert again["status"] == "delivered"


def test_twilios_own_library_accepts_the_signatures(tmp_path: Path, listener: Listener) -> None:
    with carrier(tmp_path, listener) as running:
        send(running, "k1")
        running.inbound(OLIVE, OURS, "é👋 & a=b", {"image/png": b"picture"})
        running.await_rest()
    validator = RequestValidator("token")
    assert len(listener.calls) == 3
    for call in listener.calls:
        assert validator.validate(PUBLIC + call.path, call.params, call.signature)
        assert not validator.validate(PUBLIC + call.path, {**call.params, "To": "+1"}, call.signature)
    (inbound,) = [call for call in listener.calls if call.path == "/twilio/message"]
    assert (inbound.params["Body"], inbound.params["NumMedia"], inbound.params["ToCity"]) == ("é👋 & a=b", "1", "")


def test_the_list_has_filters_and_pages(tmp_path: Path, listener: Listener) -> None:
    with carrier(tmp_path, listener) as running:
        for number in range(5):
            send(running, f"k{number}", body=f"No {number}")
        send(running, "other", to="+14155550198")
        running.inbound(OLIVE, OTHER, "Hi")
        running.await_rest()
        path = f"{base(running)}/Messages.json?To={quote(OLIVE)}&From={quote(OURS)}&PageSize=2"
        bodies = []
        while path:
            _, page = ask(running, "GET", path)
            bodies += [message["body"] for message in page["messages"]]
            path = page["next_page_uri"]
        assert bodies == ["No 4", "No 3", "No 2", "No 1", "No 0"]
        _, inbound = ask(running, "GET", f"{base(running)}/Messages.json?To={quote(OTHER)}&DateSent%3E=2026-01-01")
        assert [message["direction"] for message in inbound["messages"]] == ["inbound"]
        _, none = ask(running, "GET", f"{base(running)}/Messages.json?To={quote(OTHER)}&DateSent%3C=2026-01-01")
        assert none["messages"] == []
        assert ask(running, "GET", f"{base(running)}/Messages.json?DateCreated=2026-01-01")[0] == 400


def test_faults_are_as_they_are_seeded(tmp_path: Path, listener: Listener) -> None:
    """The same seed does the same to each message, in whatever order the messages come."""

    def outcomes(name: str, backwards: bool) -> dict[str, tuple[object, object, object]]:
        (tmp_path / name).mkdir()
        every = [f"k{number}" for number in range(60)]
        seen: dict[str, object] = {}
        options = ("--faults", "60", "--seed", "7", "--silence-time", "0.05", "--late-time", "0.05")
        with carrier(tmp_path / name, listener, *options) as running:
            for key in reversed(every) if backwards else every:
                seen[key] = "dropped"
                with suppress(OSError, HTTPException):
                    seen[key] = send(running, key)[0]
            taken = {line["key"]: line["fault"] for line in running.accepted()}
            refused = {
                parse_qs(urlsplit(line["params"]["StatusCallback"][0]).query)["k"][0]: line["fault"]
                for line in running.entries("request")
            }
            running.await_rest()
        assert {key for key, answer in seen.items() if answer == 201} <= taken.keys()
        return {key: (seen[key], taken.get(key), refused[key]) for key in every}

    first = outcomes("first", backwards=False)
    assert first == outcomes("second", backwards=True)
    assert {seen[2] for seen in first.values()} == {None, *ALL_OF_4_1}


@pytest.mark.parametrize(
    ("fault", "seen", "taken"),
    [
        (Fault.SILENT, None, True),
        (Fault.DROPPED_TAKEN, None, True),
        (Fault.DROPPED, None, False),
        (Fault.ERROR_TAKEN, 500, True),
        (Fault.ERROR, 500, False),
        (Fault.BUSY, 429, False),
        (Fault.FULL, 400, False),
        (Fault.LATE, 201, True),
        (Fault.EARLY, 201, True),
    ],
)
def test_each_fault_does_what_it_says(
    tmp_path: Path, listener: Listener, fault: Fault, seen: int | None, taken: bool
) -> None:
    options = ("--fault", f"{fault}=100", "--silence-time", "0.05", "--late-time", "0.05", "--early-time", "0.2")
    with carrier(tmp_path, listener, *options) as running:
        status = None
        with suppress(OSError, HTTPException):
            status = send(running, "k1")[0]
        reports_before_the_answer = listener.states("k1")
        running.await_rest()
        assert status == seen
        assert [line["key"] for line in running.accepted()] == ["k1"] * taken
        assert bool(reports_before_the_answer) or fault is not Fault.EARLY
        assert listener.states("k1") == ["sent", "delivered"] * taken


def test_a_full_number_a_withdrawn_one_and_a_closed_account_refuse(tmp_path: Path, listener: Listener) -> None:
    with carrier(tmp_path, listener) as running:
        codes = []
        for state in ("full", "withdrawn", "ready"):
            running.tell("number", number=OURS, state=state)
            status, answer = send(running, state)
            codes.append((status, answer.get("code")))
        _, numbers = ask(running, "GET", f"{base(running)}/IncomingPhoneNumbers.json")
        running.tell("account", closed=True)
        assert send(running, "closed")[0] == 401
        assert codes == [(400, 21611), (400, 21606), (201, None)]
        assert [one["sms_url"] for one in numbers["incoming_phone_numbers"]] == [f"{PUBLIC}/twilio/message"] * 2
        assert ask(running, "GET", f"{base(running)}.json", token="wrong")[0] == 401


def test_the_carrier_answers_stop_and_start_itself(tmp_path: Path, listener: Listener) -> None:
    with carrier(tmp_path, listener, "--advanced-opt-out") as running:
        running.inbound(OLIVE, OURS, "stop please")
        assert send(running, "before")[0] == 201
        running.inbound(OLIVE, OURS, " stop ")
        status, answer = send(running, "blocked")
        running.inbound(OLIVE, OURS, "START")
        assert send(running, "after")[0] == 201
        running.await_rest()
        assert (status, answer["code"]) == (400, 21610)
        assert [line["stop"] for line in running.entries("replied")] == ["STOP", "START"]
    told = [call.params.get("OptOutType") for call in listener.calls if call.path == "/twilio/message"]
    assert Counter(told) == Counter([None, "STOP", "START"])


def test_a_webhook_is_repeated_as_its_address_says(tmp_path: Path, listener: Listener) -> None:
    """By itself only a connection that fails is tried again; `#rc=…&rp=all` repeats everything."""
    listener.statuses = [503]
    with carrier(tmp_path, listener) as running:
        assert running.inbound(OLIVE, OURS, "lost")
        running.await_rest()
        lost, received = running.entries("gave_up"), running.entries("received")
        assert [line["sid"] for line in lost] == [line["sid"] for line in received]
        listener.statuses = [503, 503, 200]
        running.tell("number", number=OURS, state="ready", sms_url=f"{PUBLIC}/twilio/message#rc=5&rp=all")
        running.inbound(OLIVE, OURS, "third time lucky")
        running.await_rest()
        tries = [(line["try"], line["status"]) for line in running.entries("webhook")]
    assert tries == [(1, 503), (1, 503), (2, 503), (3, 200)]
    assert len({call.token for call in listener.calls[1:]}) == 1


def test_a_message_service_chooses_the_number_and_reports_it(tmp_path: Path, listener: Listener) -> None:
    service = "MG" + "1" * 32
    with carrier(tmp_path, listener, "--service", service) as running:
        params = {
            "To": OLIVE,
            "MessagingServiceSid": service,
            "Body": "Hi",
            "StatusCallback": f"{PUBLIC}/twilio/status?k=1",
        }
        answers = [ask(running, "POST", f"{base(running)}/Messages.json", params)[1] for _ in range(2)]
        assert ask(running, "GET", f"/v1/Services/{service}")[1]["use_inbound_webhook_on_number"] is True
        assert ask(running, "GET", "/v1/Services/MG0")[0] == 404
        running.await_rest()
    assert [(answer["from"], answer["status"]) for answer in answers] == [(None, "accepted")] * 2
    assert len({call.params["From"] for call in listener.calls}) == 1
    assert Counter(listener.states("1")) == {"queued": 2, "sent": 2, "delivered": 2}


def test_a_picture_is_fetched_through_a_redirect_without_credentials(tmp_path: Path, listener: Listener) -> None:
    with carrier(tmp_path, listener) as running:
        running.inbound(OLIVE, OURS, "", {"image/png": b"\x89PNG"})
        running.await_rest()
        (call,) = listener.calls
        url = urlsplit(call.params["MediaUrl0"])
        status, headers = ask(running, "GET", url.path)
        connection = HTTPConnection(url.netloc)
        connection.request("GET", urlsplit(headers["Location"]).path)
        content = connection.getresponse().read()
        connection.close()
    assert (status, content, call.params["Body"]) == (307, b"\x89PNG", "")


def test_many_messages_are_each_taken_and_reported_once(tmp_path: Path, listener: Listener) -> None:
    every = [f"k{number}" for number in range(1000)]
    with carrier(tmp_path, listener) as running:
        with ThreadPoolExecutor(8) as threads:
            statuses = list(threads.map(lambda key: send(running, key)[0], every))
        running.await_rest()
        assert statuses == [201] * len(every)
        assert sorted(line["key"] for line in running.accepted()) == sorted(every)
        assert Counter(hook["state"] for hook in running.entries("webhook")) == {"sent": 1000, "delivered": 1000}

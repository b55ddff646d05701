"""What became of a message that was handed to the carrier (`docs/rules.md 10.2`, 10.5)."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from tests.carrier.running import Carrier, running_carrier
from tests.free_ports import free_port
from tests.gateway.twilio.made import (
    ACCOUNT,
    KEY,
    OURS,
    OURS_TOO,
    PUBLIC,
    SERVICE,
    THEIRS,
    TOKEN,
    configuration,
    outgoing,
)
from tests.gateway.twilio.sockets import Served, answering, host, self_signed_host, sending
from thrumsg_tui.domain.delivery import Accepted, Doubt, NotNow, Outcome, Outgoing, Rejected, Scope
from thrumsg_tui.domain.media import Media
from thrumsg_tui.gateway.configuration import ConfiguredNumber
from thrumsg_tui.gateway.secret import Secret
from thrumsg_tui.gateway.twilio.account import account_of
from thrumsg_tui.gateway.twilio.gateway import TwilioGateway
from thrumsg_tui.gateway.twilio.http import Http

SOON = 0.3
"""Seconds that an answer is waited for where none comes."""


def gateway(url: str, *numbers: str, **carrier: Any) -> TwilioGateway:
    """Return a gateway that waits for an answer for a short time only."""
    configured = configuration(url, *numbers, **carrier)
    account = account_of(configured)
    http = Http(url, user=account.user, password=account.password, connect_seconds=SOON, read_seconds=SOON)
    return TwilioGateway(configured, chance=lambda: 1.0, http=http)


def sent(url: str, message: Outgoing | None = None, **carrier: Any) -> Outcome:
    with closing(gateway(url, **carrier)) as connection:
        return connection.send(message or outgoing())


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[Carrier]:
    with running_carrier(tmp_path / "log", "--number", OURS, "--number", OURS_TOO, "--service", SERVICE) as running:
        yield running


def test_an_accepted_message_has_the_carriers_id(carrier: Carrier) -> None:
    message = outgoing()
    outcome = sent(carrier.url, message)
    [taken] = carrier.accepted()
    assert outcome == Accepted(taken["sid"], OURS)
    assert (taken["key"], taken["to"], taken["from"], taken["body"]) == (KEY, THEIRS, OURS, message.body)
    assert taken["callback"] == f"{PUBLIC}/twilio/status?k={KEY}#rc=5&rp=all&ct=2000&rt=3000"


@pytest.mark.parametrize(
    ("valid_for", "validity"),
    [
        (timedelta(hours=2, seconds=0.9), 7200),
        (timedelta(days=1), 14_400),
        (timedelta(seconds=60), 60),
        (timedelta(0), 1),
        (timedelta(seconds=-5), 1),
    ],
)
def test_the_carrier_tries_until_closing_time_at_most(carrier: Carrier, valid_for: timedelta, validity: int) -> None:
    sent(carrier.url, outgoing(valid_for=valid_for))
    assert [taken["validity"] for taken in carrier.accepted()] == [validity]


def fields(message: Outgoing, our_number: str | None, *numbers: str, **carrier: Any) -> list[tuple[str, str]]:
    with closing(TwilioGateway(configuration("https://api.twilio.com", *numbers, **carrier))) as connection:
        return connection.fields(message, our_number)


def test_the_form_has_nothing_that_is_not_meant() -> None:
    assert fields(outgoing(body="Hi"), OURS) == [
        ("To", THEIRS),
        ("From", OURS),
        ("Body", "Hi"),
        ("StatusCallback", f"{PUBLIC}/twilio/status?k={KEY}#rc=5&rp=all&ct=2000&rt=3000"),
        ("ValidityPeriod", "7200"),
        ("SmartEncoded", "false"),
    ]


def test_a_compatible_carrier_gets_no_wish_for_retries() -> None:
    with closing(TwilioGateway(configuration("https://space.signalwire.com/api/laml"))) as connection:
        assert ("StatusCallback", f"{PUBLIC}/twilio/status?k={KEY}") in connection.fields(outgoing(), OURS)


def test_pictures_and_forgotten_texts_are_asked_for() -> None:
    media = (Media("https://example.org/a.png", "image/png"), Media("https://example.org/b.png", "image/png"))
    found = fields(outgoing(body="", media=media), OURS, retention="discard")
    assert [value for name, value in found if name == "MediaUrl"] == [each.url for each in media]
    assert ("ContentRetention", "discard") in found
    assert "Body" not in dict(found)


def test_a_service_chooses_the_number_until_one_is_kept(carrier: Carrier) -> None:
    chosen = sent(carrier.url, outgoing(our_number=None), messaging_service_sid=SERVICE)
    assert isinstance(chosen, Accepted)
    kept = fields(outgoing(), OURS_TOO, messaging_service_sid=SERVICE)
    assert ("From", OURS_TOO) in kept
    assert ("MessagingServiceSid", SERVICE) in kept
    assert isinstance(sent(carrier.url, outgoing(our_number=OURS_TOO), messaging_service_sid=SERVICE), Accepted)
    assert [taken["from"] for taken in carrier.accepted()][1] == OURS_TOO


def test_a_service_may_stand_in_the_place_of_a_number() -> None:
    configured = replace(configuration(), numbers=(ConfiguredNumber(SERVICE, "service"),))
    with closing(TwilioGateway(configured)) as connection:
        found = dict(connection.fields(outgoing(), SERVICE))
    assert found["MessagingServiceSid"] == SERVICE
    assert "From" not in found


def test_the_only_number_is_taken_if_none_is_named(carrier: Carrier) -> None:
    assert sent(carrier.url, outgoing(our_number=None)) == Accepted(carrier.accepted()[0]["sid"], OURS)


def test_without_a_number_nothing_is_tried() -> None:
    with closing(gateway("http://127.0.0.1:1", OURS, OURS_TOO)) as connection:
        outcome = connection.send(outgoing(our_number=None))
    assert isinstance(outcome, NotNow)
    assert outcome.scope is Scope.MESSAGE


def test_an_api_key_logs_in_to_the_account() -> None:
    with host(answering(201, b'{"sid": "SM1"}')) as (url, received):
        sent(url, api_key="SK1", api_key_secret=Secret("hidden"))
    assert b"POST /2010-04-01/Accounts/" + ACCOUNT.encode() in received[0]
    assert b"Authorization: Basic U0sxOmhpZGRlbg==" in received[0].replace(b"authorization", b"Authorization")


def test_a_compatible_carriers_path_comes_first() -> None:
    with host(answering(201, b'{"sid": "a-b-c", "from": null}')) as (url, received):
        outcome = sent(f"{url}/api/laml", account_sid="5b6a3d90-0000-4000-8000-0123456789ab")
    assert outcome == Accepted("a-b-c", None)
    assert received[0].startswith(b"POST /api/laml/2010-04-01/Accounts/5b6a3d90-0000-4000-8000-0123456789ab/Mess")


# ---------------------------------------------------------------- refused


def test_a_contact_who_said_stop_is_opted_out(carrier: Carrier) -> None:
    carrier.tell("block", contact=THEIRS, number=OURS)
    outcome = sent(carrier.url)
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.opted_out) == ("21610", True)


def test_a_wrong_number_is_final(carrier: Carrier) -> None:
    assert sent(carrier.url, outgoing(phone="+1")) == Rejected("21211", "Not a valid phone number.")


def test_a_wrong_token_stops_the_gateway(carrier: Carrier) -> None:
    outcome = sent(carrier.url, auth_token=Secret("wrong"))
    assert isinstance(outcome, NotNow)
    assert (outcome.scope, outcome.broken, outcome.code) == (Scope.GATEWAY, True, "20003")


def test_a_number_that_cannot_send_stops_alone(carrier: Carrier) -> None:
    carrier.tell("number", number=OURS, state="suspended")
    outcome = sent(carrier.url)
    assert isinstance(outcome, NotNow)
    assert (outcome.scope, outcome.broken, outcome.code) == (Scope.NUMBER, True, "21606")


def test_a_full_queue_makes_the_number_wait(carrier: Carrier) -> None:
    carrier.tell("number", number=OURS, state="full")
    assert sent(carrier.url) == NotNow(
        timedelta(minutes=5), Scope.NUMBER, "Too many messages wait at the carrier for our number.", code="21611"
    )


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        (["Retry-After: 7"], 7),
        ([], 8),
        (["Retry-After: soon"], 8),
        (["Date: Sun, 29 Nov 2026 14:00:00 GMT", "Retry-After: Sun, 29 Nov 2026 14:00:30 GMT"], 30),
    ],
)
def test_too_many_requests_make_the_gateway_wait(headers: list[str], wait: int) -> None:
    body = b'{"code": 20429, "message": "Too Many Requests", "status": 429}'
    with host(answering(429, body, *headers)) as (url, _):
        assert sent(url, outgoing(tries=3)) == NotNow(
            timedelta(seconds=wait), Scope.GATEWAY, "The carrier gets too many messages at once.", code="20429"
        )


@pytest.mark.parametrize(
    "time", ["Mon, 30 Nov 2026 12:00:00 +99999999999999", "Mon, 30 Nov 99999 12:00:00 GMT", "\N{DIGIT ONE}" * 400]
)
def test_a_time_that_cannot_be_is_none(time: str) -> None:
    with host(answering(429, b"", f"Date: {time}", f"Retry-After: {time}")) as (url, _):
        assert isinstance(sent(url), NotNow)


def test_a_message_that_has_failed_already_is_refused() -> None:
    body = json.dumps({"sid": "SM1", "status": "failed", "error_code": 30006, "from": OURS}).encode()
    with host(answering(201, body)) as (url, _):
        assert sent(url) == Rejected("30006", "A landline, or a network that cannot be reached.")


@pytest.mark.parametrize(("status", "code"), [(401, "20003"), (403, "20003"), (407, "20003"), (404, None), (400, None)])
def test_a_refusal_that_is_not_the_carriers_stops_the_gateway(status: int, code: str | None) -> None:
    with host(answering(status, b"<html>no</html>")) as (url, _):
        outcome = sent(url)
    assert isinstance(outcome, NotNow)
    assert (outcome.scope, outcome.broken, outcome.code) == (Scope.GATEWAY, True, code)


# ---------------------------------------------------------------- never left, or nobody knows


def unreachable() -> str:
    return f"127.0.0.1:{free_port()}"


@pytest.mark.parametrize("url", ["http://refused", "https://refused", "http://no-such-host.invalid"])
def test_what_never_left_is_tried_again(url: str) -> None:
    outcome = sent(url.replace("refused", unreachable()))
    assert isinstance(outcome, NotNow)
    assert (outcome.scope, outcome.broken) == (Scope.GATEWAY, False)


@pytest.mark.parametrize("serve", [sending(b"this is no TLS\r\n"), sending(b"")])
def test_a_secure_connection_that_fails_has_let_nothing_out(serve: Served) -> None:
    with host(serve, reads=False) as (url, _):
        outcome = sent(url.replace("http", "https"))
    assert isinstance(outcome, NotNow)
    assert outcome.scope is Scope.GATEWAY


def test_a_certificate_that_nobody_vouches_for_gets_no_message() -> None:
    with self_signed_host(answering(201, b'{"sid": "SM1"}')) as (url, received):
        outcome = sent(url)
    assert isinstance(outcome, NotNow)
    assert "certificate" in outcome.words
    assert received == []


def test_silence_before_the_request_is_read_is_a_doubt() -> None:
    """A connection is made by the machine, not by the program that should answer."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        outcome = sent(f"http://127.0.0.1:{deaf.getsockname()[1]}")
    assert outcome == Doubt("The carrier has not answered: no answer in time.")


@pytest.mark.parametrize(
    "serve",
    [
        sending(b""),
        sending(b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{"),
        sending(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        sending(b"garbage\r\n\r\n"),
        answering(201, b""),
        answering(201, b'{"sid": "SM'),
        answering(201, b"[]"),
        answering(201, b'{"sid": null}'),
        answering(200, b"<html>hello</html>"),
        answering(302, b"", "Location: http://127.0.0.1:1/"),
        answering(307, b"", "Location: http://127.0.0.1:1/"),
        answering(408, b"{}"),
        answering(500, b'{"code": 20500, "message": "Internal Server Error"}'),
        answering(503, b"", "Retry-After: 1"),
    ],
)
def test_whatever_else_happens_is_a_doubt_and_is_not_repeated(serve: Served) -> None:
    with host(serve) as (url, received):
        outcome = sent(url)
    assert isinstance(outcome, Doubt)
    assert len(received) == 1


def dripping(head: bytes) -> Served:
    """Return what begins an answer, and sends a byte now and then, for ten times as long as an answer is waited for."""

    def serve(connection: socket.socket) -> None:
        with suppress(OSError):  # nobody listens any more
            connection.sendall(head)
            for _ in range(100):
                connection.sendall(b" ")
                sleep(SOON / 10)

    return serve


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n",
        b"HTTP/1.1 201 Created\r\nX: ",
        b"HTTP/1.1 201 ",
    ],
)
def test_an_answer_that_comes_byte_by_byte_is_awaited_no_longer_than_silence(head: bytes) -> None:
    """Else it would hold a worker for ever."""
    with host(dripping(head)) as (url, received):
        assert sent(url) == Doubt("The carrier has not answered: no answer in time.")
    assert len(received) == 1


def test_no_words_have_a_number_an_address_or_a_text(carrier: Carrier) -> None:
    outcomes = [sent(carrier.url, outgoing(phone="+1")), sent(f"http://{unreachable()}"), sent("http://nobody.invalid")]
    with host(sending(b"garbage\r\n\r\n")) as (url, _):
        outcomes.append(sent(url))
    shown = repr([getattr(outcome, "words", "") for outcome in outcomes])
    assert not [secret for secret in (THEIRS, OURS, TOKEN + '"', "127.0.0.1", "nobody", KEY, "Ana") if secret in shown]


def test_a_connection_that_was_closed_meanwhile_is_no_doubt() -> None:
    """A carrier closes a connection that nothing was sent on for a while."""
    kept = b'HTTP/1.1 201 Created\r\nContent-Length: 14\r\n\r\n{"sid": "SM1"}'
    with host(sending(kept)) as (url, received), closing(gateway(url)) as connection:
        for _ in range(3):
            assert connection.send(outgoing()) == Accepted("SM1", None)
            idle = connection._http._pool.pool
            assert idle
            [kept_open] = filter(None, idle.queue)
            while kept_open.is_connected:  # until the other end's close has arrived
                sleep(0.01)
    assert len(received) == 3


def test_connections_are_kept(carrier: Carrier) -> None:
    with closing(gateway(carrier.url, auth_token=Secret(carrier.token))) as connection:
        for _ in range(5):
            assert isinstance(connection.send(outgoing()), Accepted)
        assert connection._http._pool.num_connections == 1

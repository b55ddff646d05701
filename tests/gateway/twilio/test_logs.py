"""No log has a number, a text or a token, however much is logged (`docs/rules.md 10.12`)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.carrier.running import Carrier, running_carrier
from tests.free_ports import free_port
from tests.gateway.twilio.made import ACCOUNT, KEY, OURS, THEIRS, configuration, outgoing, web_request
from tests.gateway.twilio.sockets import Served, answering, host, sending
from thrumsg_tui.gateway.protocol import CannotTell, WebRefused
from thrumsg_tui.gateway.secret import Secret
from thrumsg_tui.gateway.twilio.gateway import TwilioGateway
from thrumsg_tui.gateway.twilio.webhooks import TwilioWebhooks

TOKEN = "0123456789abcdef0123456789abcde0"
BASIC = "QUMwMDAwMDAw"
"""How the account and the token begin when they are sent."""

SECRETS = re.compile("|".join([TOKEN, BASIC, KEY, re.escape(THEIRS[1:]), re.escape(OURS[1:]), "Ana", "%2B1"]))


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """Log everything, and say at the end that it was something."""
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("urllib3").setLevel(logging.NOTSET)
        yield lambda: caplog.text


def call_everything(gateway: TwilioGateway) -> None:
    for use in (
        lambda: gateway.send(outgoing()),
        lambda: gateway.find(outgoing()),
        lambda: list(gateway.received_since(datetime.now(UTC))),
        lambda: list(gateway.check()),
    ):
        with suppress(CannotTell):
            use()


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[Carrier]:
    with running_carrier(tmp_path / "log", "--number", OURS, "--faults", "0") as running:
        yield running


def test_a_carrier_that_works_leaves_no_trace(carrier: Carrier, log: Callable[[], str]) -> None:
    carrier.inbound(THEIRS, OURS, "Ana here", {"image/png": b"."})
    with closing(TwilioGateway(configuration(carrier.url, auth_token=Secret(carrier.token)))) as gateway:
        call_everything(gateway)
    assert not SECRETS.search(log())


@pytest.mark.parametrize(
    "serve",
    [
        sending(b""),
        sending(b"garbage\r\n\r\n"),
        sending(b"HTTP/1.1 200 OK\r\nno header\r\nContent-Length: 2\r\n\r\n{}"),
        answering(500, b"{}"),
        answering(400, b'{"code": 21211, "message": "The number +12125550123 is not valid"}'),
        answering(302, b"", f"Location: https://{THEIRS}/"),
    ],
)
def test_nor_does_one_that_does_not(log: Callable[[], str], serve: Served) -> None:
    with host(serve) as (url, _), closing(TwilioGateway(configuration(url, auth_token=Secret(TOKEN)))) as gateway:
        call_everything(gateway)
    assert not SECRETS.search(log())


def test_nor_does_one_that_is_not_there(log: Callable[[], str]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with closing(TwilioGateway(configuration(url, auth_token=Secret(TOKEN)))) as gateway:
        call_everything(gateway)
    assert not SECRETS.search(log())


def test_nor_do_requests_that_are_refused(log: Callable[[], str]) -> None:
    hooks = TwilioWebhooks(configuration(auth_token=Secret(TOKEN)))
    fields = [("MessageSid", "SM1"), ("AccountSid", ACCOUNT), ("From", THEIRS), ("To", OURS), ("Body", "Ana here")]
    with pytest.raises(WebRefused) as refused:
        hooks.accept(web_request(fields, {"x-twilio-signature": "wrong"}))
    assert not SECRETS.search(log() + repr(refused.value) + str(refused.value))


def test_this_would_be_seen(carrier: Carrier, log: Callable[[], str]) -> None:
    """What urllib3 logs by itself has the addresses in it."""
    with closing(TwilioGateway(configuration(carrier.url))) as gateway:
        logging.getLogger("urllib3").setLevel(logging.NOTSET)
        gateway.find(outgoing())
    assert SECRETS.search(log())

"""Every request that the gateway can make is valid by Twilio's own OpenAPI files, as Prism checks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.gateway.twilio.made import ACCOUNT, OURS, SERVICE, configuration, outgoing
from tests.gateway.twilio.prism import Call, Specification, running_prism
from thrumsg_tui.domain.delivery import Accepted
from thrumsg_tui.domain.media import Media
from thrumsg_tui.gateway.protocol import CannotTell
from thrumsg_tui.gateway.twilio.account import account_of
from thrumsg_tui.gateway.twilio.check import findings
from thrumsg_tui.gateway.twilio.gateway import TwilioGateway
from thrumsg_tui.gateway.twilio.http import Answer, Http

PICTURES = (Media("https://example.org/a.png?x=1&y=2", "image/png"), Media("https://example.org/b.jpg", "image/jpeg"))


class Recording(Http):
    """Keeps what it calls and what comes back."""

    def __init__(self, url: str) -> None:
        account = account_of(configuration(url))
        super().__init__(url, user=account.user, password=account.password)
        self.calls: list[Call] = []
        self.answers: list[Answer] = []

    def _call(self, method: str, target: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        answer = super()._call(method, target, body, headers)
        self.calls.append((method, target, body))
        self.answers.append(answer)
        return answer


@pytest.fixture(scope="module")
def specification() -> Specification:
    return Specification()


@pytest.fixture(scope="module")
def prism(specification: Specification, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_prism(specification, tmp_path_factory.mktemp("prism")) as url:
        yield url


@pytest.fixture
def http(prism: str) -> Iterator[Recording]:
    with closing(Recording(prism)) as recording:
        yield recording


def send(**made: Any) -> Callable[[Recording, str], object]:
    """Return a call that sends a message."""
    carrier = {name: made.pop(name) for name in ("messaging_service_sid", "retention") if name in made}

    def call(http: Recording, url: str) -> object:
        outcome = TwilioGateway(configuration(url, **carrier), http=http).send(outgoing(**made))
        assert isinstance(outcome, Accepted), outcome
        return outcome

    return call


def find(**made: Any) -> Callable[[Recording, str], object]:
    return lambda http, url: TwilioGateway(configuration(url), http=http).find(outgoing(**made))


def fetch(http: Recording, url: str) -> None:
    """Fetch what contacts sent: page after page, since the example's next page is always itself."""
    with pytest.raises(CannotTell, match="too long"):
        list(TwilioGateway(configuration(url), http=http).received_since(datetime(2008, 1, 1, tzinfo=UTC)))
    assert "PageToken=" in http.calls[-1][1]


CALLS: dict[str, Callable[[Recording, str], object]] = {
    "a message": send(),
    "a long message with every sort of letter": send(body="ñ 🗳️ & = + % \n'\"" * 80),
    "a service chooses": send(our_number=None, messaging_service_sid=SERVICE),
    "a service and a number": send(messaging_service_sid=SERVICE),
    "pictures": send(media=PICTURES),
    "pictures without words": send(media=PICTURES, body=""),
    "a forgotten text": send(retention="discard"),
    "the shortest time": send(valid_for=timedelta(0)),
    "the longest time": send(valid_for=timedelta(days=9)),
    "the list of a number": find(),
    "the list of a number, whoever sent": find(our_number=None),
    "what contacts sent": fetch,
    "gateway check": lambda http, url: list(findings(configuration(url, OURS, messaging_service_sid=SERVICE), http)),
}


@pytest.mark.parametrize("what", CALLS)
def test_twilios_description_allows_it(prism: str, specification: Specification, http: Recording, what: str) -> None:
    CALLS[what](http, prism)
    assert http.calls
    for call, answer in zip(http.calls, http.answers, strict=True):
        assert answer.status in {200, 201}, (call[:2], answer.content)
        assert specification.unknown(call) == set(), call


def test_the_list_of_pictures_is_allowed(prism: str, specification: Specification, http: Recording) -> None:
    gateway = TwilioGateway(configuration(prism), http=http)
    answer = gateway._lists.asked(f"{account_of(configuration(prism)).path}/Messages/SM{'0' * 32}/Media.json")
    assert isinstance(answer.json["media_list"], list)
    assert specification.unknown(http.calls[0]) == set()


@pytest.mark.parametrize(
    "form",
    [
        [("From", OURS), ("Body", "Hi")],
        [("To", OURS), ("ValidityPeriod", "soon")],
        [("To", OURS), ("MessagingServiceSid", "MG1")],
        [("To", OURS), ("StatusCallback", "not an address")],
        [("To", OURS), ("ContentRetention", "perhaps")],
        [("To", OURS), ("MediaUrl", "https://example.org/a.png"), ("MediaUrl", "no address")],
    ],
)
def test_prism_refuses_what_is_wrong(prism: str, http: Recording, form: list[tuple[str, str]]) -> None:
    assert http.post(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", form).status == 422


def test_an_unknown_parameter_is_found_though_prism_does_not_mind(
    prism: str, specification: Specification, http: Recording
) -> None:
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert http.post(path, [("To", OURS), ("Bogus", "1")]).status == 201
    http.get(path, [("Since", "2026-01-01")])
    assert [specification.unknown(call) for call in http.calls] == [{"Bogus"}, {"Since"}]

"""What the carrier has: messages that may be ours, and those that contacts sent (`docs/rules.md 10.2`, 10.6)."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.carrier.running import Carrier, running_carrier
from tests.free_ports import free_port
from tests.gateway.twilio.made import OURS, OURS_TOO, SERVICE, THEIRS, configuration, outgoing
from tests.gateway.twilio.sockets import Served, answering, host, sending
from thrumsg_tui.domain.delivery import Accepted, Incoming, Outgoing, Trace
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.gateway.protocol import CannotTell, KnowsItsAccount
from thrumsg_tui.gateway.twilio.gateway import TwilioGateway
from thrumsg_tui.gateway.twilio.http import Http

NOW = datetime(2026, 11, 29, 14, 0, tzinfo=UTC)


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[Carrier]:
    with running_carrier(tmp_path / "log", "--number", OURS, "--number", OURS_TOO, "--service", SERVICE) as running:
        yield running


@pytest.fixture
def gateway(carrier: Carrier) -> Iterator[TwilioGateway]:
    with closing(TwilioGateway(configuration(carrier.url, OURS, OURS_TOO))) as connection:
        yield connection


# ---------------------------------------------------------------- messages of ours, at the carrier for tests


def test_a_message_that_was_taken_is_found(gateway: TwilioGateway) -> None:
    message = outgoing()
    taken = gateway.send(message)
    assert isinstance(taken, Accepted)
    [trace] = gateway.find(message)
    assert (trace.provider_id, trace.our_number) == (taken.provider_id, OURS)
    assert trace.at is not None
    assert abs(trace.at - message.tried_at) < timedelta(seconds=5)


def test_all_that_may_be_it_are_found_oldest_first(gateway: TwilioGateway) -> None:
    message = outgoing()
    taken = [gateway.send(message) for _ in range(3)]
    assert [trace.provider_id for trace in gateway.find(message)] == [
        each.provider_id for each in taken if isinstance(each, Accepted)
    ]


@pytest.mark.parametrize(
    "other",
    [
        outgoing(body="Another text"),
        outgoing(our_number=OURS_TOO),
        outgoing(phone="+12125550199"),
    ],
)
def test_others_are_not_taken_for_it(gateway: TwilioGateway, other: Outgoing) -> None:
    gateway.send(outgoing())
    assert gateway.find(other) == []


def test_what_a_contact_wrote_is_not_taken_for_it(carrier: Carrier, gateway: TwilioGateway) -> None:
    carrier.inbound(THEIRS, OURS, "Hello")
    assert gateway.find(outgoing(body="Hello", phone=OURS, our_number=THEIRS)) == []


def test_the_number_that_a_service_chose_is_found_with_the_message(carrier: Carrier) -> None:
    with closing(TwilioGateway(configuration(carrier.url, messaging_service_sid=SERVICE))) as connection:
        message = outgoing(our_number=None)
        connection.send(message)
        carrier.await_rest()
        [trace] = connection.find(message)
    assert trace.our_number in {OURS, OURS_TOO}


def test_an_answer_that_was_lost_is_found(tmp_path: Path) -> None:
    faults = ["--fault", "error-taken=100"]
    with (
        running_carrier(tmp_path / "log", "--number", OURS, *faults) as carrier,
        closing(TwilioGateway(configuration(carrier.url))) as gateway,
    ):
        message = outgoing()
        assert not isinstance(gateway.send(message), Accepted)
        assert [trace.provider_id for trace in gateway.find(message)] == [carrier.accepted()[0]["sid"]]


def test_a_carrier_that_cannot_be_asked_is_no_answer(carrier: Carrier, gateway: TwilioGateway) -> None:
    carrier.tell("account", closed=True)
    with pytest.raises(CannotTell, match="refuses our account"):
        gateway.find(outgoing())
    carrier.tell("account", down=True)
    with pytest.raises(CannotTell, match="cannot be asked"):
        gateway.find(outgoing())
    with pytest.raises(CannotTell):
        list(gateway.received_since(datetime.now(UTC)))


def test_it_can_be_asked_whether_it_takes_our_account(carrier: Carrier, gateway: TwilioGateway) -> None:
    assert isinstance(gateway, KnowsItsAccount)
    assert gateway.takes_account()
    carrier.tell("account", closed=True)
    with pytest.raises(CannotTell, match="refuses our account"):
        gateway.takes_account()
    assert not carrier.accepted()


# ---------------------------------------------------------------- lists of every kind


def entry(**changes: Any) -> dict[str, Any]:
    """Return an entry of the carrier's list, made two seconds after the try."""
    given = {
        "sid": "SM1",
        "direction": "outbound-api",
        "from": OURS,
        "to": THEIRS,
        "body": outgoing().body,
        "status": "sent",
        "date_created": "Sun, 29 Nov 2026 14:00:02 +0000",
        "date_sent": None,
        "num_media": "0",
        "error_code": None,
        "error_message": None,
    }
    return given | changes


def page(*entries: dict[str, Any], following: str | None = None, date: str = "14:00:30") -> Served:
    body = json.dumps({"messages": entries, "next_page_uri": following}).encode()
    return answering(200, body, f"Date: Sun, 29 Nov 2026 {date} GMT")


def found(serve: Served, message: Outgoing | None = None, *, seconds: int = 30, **carrier: Any) -> list[Trace]:
    """Look for a message that was tried at 14:00:00, by our clock that shows 14:00:30 now."""
    with host(serve) as (url, _):
        clock = NOW + timedelta(seconds=seconds)
        with closing(TwilioGateway(configuration(url, **carrier), clock=lambda: clock)) as connection:
            return list(connection.find(message or outgoing(tried_at=NOW)))


def test_a_trace_says_all_that_is_known() -> None:
    at = NOW + timedelta(seconds=2)
    assert found(page(entry())) == [Trace("SM1", MessageState.SENT, OURS, at)]
    failed = entry(status="undelivered", error_code=30005)
    assert found(page(failed)) == [Trace("SM1", MessageState.FAILED, OURS, at, "30005", "The number is not in use.")]
    assert found(page(entry(status="delivered")))[0].state is MessageState.DELIVERED
    assert found(page(entry(status="sideways")))[0].state is MessageState.SENT


def test_a_text_is_the_same_however_its_letters_are_written() -> None:
    message = outgoing(tried_at=NOW, body="Café?\nÜber  ")
    assert found(page(entry(body="Cafe\u0301?\r\nU\u0308ber")), message)
    assert not found(page(entry(body="Cafe?\nUber")), message)


@pytest.mark.parametrize(
    ("created", "ours"),
    [("13:59:01", True), ("13:58:59", False), ("14:00:00", True), ("14:30:00", True)],
)
def test_what_is_older_than_the_try_is_marked(created: str, ours: bool) -> None:
    made = entry(date_created=f"Sun, 29 Nov 2026 {created} +0000")
    assert [each.before_try for each in found(page(made))] == [not ours]


def test_a_clock_that_was_set_right_after_the_try_hides_no_message(gateway: TwilioGateway) -> None:
    """Else it would be queued again, and the contact would be texted twice."""
    message = outgoing(tried_at=datetime.now(UTC) + timedelta(minutes=10))
    taken = gateway.send(message)
    assert isinstance(taken, Accepted)
    assert [(each.provider_id, each.before_try) for each in gateway.find(message)] == [(taken.provider_id, True)]


@pytest.mark.parametrize("carriers_clock", ["14:10:30", "13:50:30", "14:00:30"])
def test_the_carriers_clock_may_be_wrong(carriers_clock: str) -> None:
    """A message that the carrier took at our 14:00:02, and one from two minutes before, by its clock."""
    shown = datetime.strptime(carriers_clock, "%H:%M:%S").replace(year=2026, month=11, day=29, tzinfo=UTC)
    ours = (shown - timedelta(seconds=28)).strftime("Sun, 29 Nov 2026 %H:%M:%S +0000")
    older = (shown - timedelta(seconds=150)).strftime("Sun, 29 Nov 2026 %H:%M:%S +0000")
    list_ = page(entry(date_created=ours), entry(sid="SM0", date_created=older), date=carriers_clock)
    earlier, trace = found(list_)
    assert (trace.provider_id, trace.at, trace.before_try) == ("SM1", NOW + timedelta(seconds=2), False)
    assert earlier.before_try


def test_forgotten_texts_are_found_by_numbers_and_time() -> None:
    assert found(page(entry(body="")), retention="discard")
    assert not found(page(entry(body="", to=OURS_TOO)), retention="discard")


def test_a_message_from_another_number_of_ours_is_another_message() -> None:
    """Also where the carrier does not heed the filter of its list."""
    assert not found(page(entry(**{"from": OURS_TOO})))
    assert found(page(entry(**{"from": OURS_TOO})), outgoing(tried_at=NOW, our_number=None))


def test_the_list_is_read_to_where_it_is_older() -> None:
    old = entry(sid="SM0", date_created="Sun, 29 Nov 2026 13:00:00 +0000")
    numbers = count(1)

    def endless(connection: socket.socket) -> None:
        page(entry(), old, following=f"/2010-04-01/next?Page={next(numbers)}")(connection)

    for serve, asked in ((endless, 50), (page(entry(), old, following="/2010-04-01/next?Page=1"), 2)):
        with host(serve) as (url, received):
            connection = TwilioGateway(configuration(url), clock=lambda: NOW + timedelta(seconds=30))
            with pytest.raises(CannotTell, match="too long"), closing(connection):
                connection.find(outgoing(tried_at=NOW))
        assert len(received) == asked
    with host(page(old, following="/2010-04-01/next")) as (url, received):
        connection = TwilioGateway(configuration(url), clock=lambda: NOW + timedelta(seconds=30))
        with closing(connection):
            assert [each.before_try for each in connection.find(outgoing(tried_at=NOW))] == [True]
    assert len(received) == 1


def test_our_token_goes_to_no_other_host() -> None:
    with host(page()) as (other, received), pytest.raises(CannotTell, match="another address"):
        found(page(entry(), following=f"{other}/2010-04-01/next"))
    assert received == []


@pytest.mark.parametrize(
    "serve",
    [
        answering(200, b""),
        answering(200, b"[]"),
        answering(200, b'{"messages": null}'),
        answering(200, b'{"messages": [{"sid": "SM1"}]}'),
        answering(200, b'{"messages": [1]}'),
        page(entry(date_created="yesterday")),
        answering(302, b"", "Location: http://127.0.0.1:1/"),
        answering(404, b'{"code": 20404}'),
        answering(500, b""),
        sending(b"garbage\r\n\r\n"),
        sending(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
    ],
)
def test_a_list_that_cannot_be_read_is_no_answer(serve: Served) -> None:
    """An empty list would mean that the message has not left."""
    with pytest.raises(CannotTell):
        found(serve)


@pytest.mark.parametrize(
    "serve", [sending(b""), answering(503, b"", "Retry-After: 0"), answering(302, b"", "Location: /")]
)
def test_the_carrier_is_asked_once(serve: Served) -> None:
    """Whoever asks decides when it is asked again."""
    with host(serve) as (url, received), closing(TwilioGateway(configuration(url))) as connection:
        with pytest.raises(CannotTell):
            connection.find(outgoing())
        assert len(received) == 1


def test_a_carrier_that_is_not_there_is_no_answer() -> None:
    connection = TwilioGateway(configuration(f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(CannotTell, match="no connection"), closing(connection):
        connection.find(outgoing())


# ---------------------------------------------------------------- what contacts sent


def test_missed_messages_are_fetched_oldest_first(carrier: Carrier, gateway: TwilioGateway) -> None:
    began = datetime.now(UTC)
    sids = [carrier.inbound(THEIRS, OURS, body) for body in ("One", "Two", "STOP")]
    gateway.send(outgoing(phone="+12125550199"))
    fetched = list(gateway.received_since(began))
    assert [each.provider_id for each in fetched] == sids
    assert [each.body for each in fetched] == ["One", "Two", "STOP"]
    assert [each.confirmed for each in fetched] == [False, False, True]
    assert {(each.sender, each.to) for each in fetched} == {(THEIRS, OURS)}
    assert all(each.at and abs(each.at - began) < timedelta(seconds=5) for each in fetched)


def test_missed_pictures_are_fetched_as_addresses(carrier: Carrier, gateway: TwilioGateway) -> None:
    carrier.inbound(THEIRS, OURS, "", {"image/png": b"\x89PNG", "video/mp4": b"..."})
    [fetched] = gateway.received_since(datetime.now(UTC))
    assert isinstance(fetched, Incoming)
    assert [media.type for media in fetched.media] == ["image/png", "video/mp4"]
    start = f"{carrier.url}/2010-04-01/Accounts/{carrier.account}/Messages/{fetched.provider_id}/Media/ME"
    assert all(media.url.startswith(start) for media in fetched.media)


def test_messages_to_numbers_that_are_not_configured_are_left_alone(carrier: Carrier) -> None:
    carrier.inbound(THEIRS, OURS_TOO, "To another application")
    with closing(TwilioGateway(configuration(carrier.url, OURS))) as connection:
        assert list(connection.received_since(datetime.now(UTC))) == []


def test_all_pages_are_fetched(carrier: Carrier, gateway: TwilioGateway) -> None:
    for n in range(5):
        carrier.inbound(THEIRS, OURS, str(n))
    with closing(_small_pages(carrier)) as connection:
        assert [each.body for each in connection.received_since(datetime.now(UTC))] == list("01234")


@pytest.mark.parametrize("made", [{}, {"messaging_service_sid": SERVICE}])
def test_what_goes_out_keeps_nothing_from_being_fetched(carrier: Carrier, made: dict[str, str]) -> None:
    """However much it is, also of other programs: a page has two messages here, in place of a thousand."""
    began = datetime.now(UTC)
    carrier.inbound(THEIRS, OURS, "Hello")
    with closing(_small_pages(carrier, **made)) as connection:
        for nth in range(120):
            connection.send(outgoing(phone=f"+1212555{nth:04}"))
        carrier.await_rest()
        assert [each.body for each in connection.received_since(began)] == ["Hello"]
    asked = [each for each in carrier.entries("request") if each["method"] == "GET"]
    assert (len(asked) > 50) is bool(made), "without a service, only what came to our number is read"


def test_missed_messages_of_several_days_come_oldest_first(carrier: Carrier, gateway: TwilioGateway) -> None:
    ago = [timedelta(days=4), timedelta(days=3), timedelta(days=2), timedelta(hours=25), timedelta(seconds=1)]
    for nth, each in enumerate(ago):
        carrier.inbound(THEIRS, (OURS, OURS_TOO)[nth % 2], str(nth), ago=each.total_seconds())
    fetched = list(gateway.received_since(datetime.now(UTC) - timedelta(days=3, minutes=5)))
    assert [each.body for each in fetched] == ["1", "2", "3", "4"]
    assert {each.to for each in fetched} == {OURS, OURS_TOO}


def test_a_day_is_read_to_where_it_is_older(carrier: Carrier) -> None:
    for nth in range(20):
        carrier.inbound(THEIRS, OURS, str(nth), ago=timedelta(minutes=40 - 2 * nth).total_seconds())
    with closing(_small_pages(carrier)) as connection:
        since = datetime.now(UTC) - timedelta(minutes=6)
        assert [each.body for each in connection.received_since(since)] == ["17", "18", "19"]
    asked = [each for each in carrier.entries("request") if "To=" in each["query"]]
    assert len(asked) <= 8


class _SmallPages(Http):
    """Asks for pages of two."""

    def get(self, path: str, query: Any = ()) -> Any:
        return super().get(path, [(name, "2" if name == "PageSize" else value) for name, value in query])


def _small_pages(carrier: Carrier, **made: str) -> TwilioGateway:
    http = _SmallPages(carrier.url, user=carrier.account, password=configuration().carrier["auth_token"])
    return TwilioGateway(configuration(carrier.url, **made), http=http)


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(hours=-1)])
def test_missed_messages_are_fetched_although_our_clock_is_wrong(carrier: Carrier, ahead: timedelta) -> None:
    def ours() -> datetime:
        return datetime.now(UTC) + ahead

    carrier.inbound(THEIRS, OURS, "Hello")
    with closing(TwilioGateway(configuration(carrier.url), clock=ours)) as connection:
        [fetched] = connection.received_since(ours())
        assert fetched.at
        assert abs(fetched.at - ours()) < timedelta(seconds=5)
        assert list(connection.received_since(ours() + timedelta(minutes=2))) == []


def test_with_a_service_every_number_of_the_account_may_be_ours(carrier: Carrier) -> None:
    carrier.inbound(THEIRS, OURS_TOO, "Hello")
    with closing(TwilioGateway(configuration(carrier.url, OURS, messaging_service_sid=SERVICE))) as connection:
        assert [each.body for each in connection.received_since(datetime.now(UTC))] == ["Hello"]


def test_advanced_opt_out_is_sure_of_stop_alone(carrier: Carrier) -> None:
    for body in ("STOP", "CANCEL"):
        carrier.inbound(THEIRS, OURS, body)
    with closing(TwilioGateway(configuration(carrier.url, advanced_opt_out=True))) as connection:
        assert [each.confirmed for each in connection.received_since(datetime.now(UTC))] == [True, False]

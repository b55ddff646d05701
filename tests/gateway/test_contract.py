"""What every gateway keeps to (`gateway/protocol.py`), tried on each carrier of `contract/`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.gateway.contract.carriers import WAIT, Carrier, Command, CommandWithKannel, Practice, Wish
from tests.gateway.contract.twilio import Twilio, TwilioWithPrism
from thrumsg_tui.domain.delivery import Accepted, Doubt, Incoming, NotNow, Outgoing, Rejected, Report, Scope
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.gateway.protocol import CannotTell
from thrumsg_tui.gateway.registry import GATEWAYS

SENTENCE = re.compile(r"[A-Z“+/'][^\0-\x1f]*[.!?]")


CARRIERS: tuple[type[Carrier], ...] = (Practice, Command, CommandWithKannel, Twilio, TwilioWithPrism)


def each_carrier(wish: Wish = Wish.ACCEPT) -> pytest.MarkDecorator:
    """Run a test on each carrier that can do what it wishes."""
    able = [carrier for carrier in CARRIERS if wish in carrier.able]
    return pytest.mark.parametrize("carrier", able, ids=lambda carrier: carrier.__name__.lower(), indirect=True)


@pytest.fixture
def carrier(request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Carrier]:
    """Start a carrier, and make sure that its gateway has printed nothing."""
    made: Carrier = request.param(tmp_path)
    try:
        yield made
    finally:
        made.let_go()
        made.stop()
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")


def accepted(carrier: Carrier, message: Outgoing) -> Accepted:
    outcome = carrier.gateway.send(message)
    assert isinstance(outcome, Accepted), outcome
    return outcome


def report_of(carrier: Carrier, message: Outgoing, provider_id: str | None) -> Report:
    """Wait for the report that settles a message, by whatever it names it."""

    def concerns(each: Incoming | Report) -> bool:
        if not isinstance(each, Report) or each.state is MessageState.SENT:
            return False
        assert each.key or each.provider_id
        return each.key in {message.key, None} and each.provider_id in {provider_id, None}

    told = carrier.told(lambda told: any(map(concerns, told)))
    return next(each for each in told if isinstance(each, Report) and concerns(each))


def test_every_gateway_has_its_place_here() -> None:
    assert {carrier.gateway_name for carrier in CARRIERS} == set(GATEWAYS)


def test_every_wish_is_granted_by_a_carrier() -> None:
    assert {wish for carrier in CARRIERS for wish in carrier.able} == set(Wish)


@each_carrier()
def test_its_name_is_that_of_the_registry(carrier: Carrier) -> None:
    assert carrier.gateway.name == carrier.gateway_name


@each_carrier(Wish.BE_WELL)
def test_the_check_says_in_sentences_that_all_is_well(carrier: Carrier) -> None:
    findings = list(carrier.gateway.check())
    assert findings
    assert [finding.sentence for finding in findings if not finding.good] == []
    assert all(SENTENCE.fullmatch(finding.sentence) for finding in findings)


# What becomes of a message


@each_carrier(Wish.GIVE_ID)
def test_an_accepted_message_has_an_id_of_its_own(carrier: Carrier) -> None:
    ids = [accepted(carrier, carrier.message()).provider_id for _ in range(3)]
    assert all(ids)
    assert len(set(ids)) == 3


@each_carrier(Wish.REFUSE)
def test_a_refusal_has_a_code_and_a_sentence(carrier: Carrier) -> None:
    outcome = carrier.gateway.send(carrier.message(Wish.REFUSE))
    assert isinstance(outcome, Rejected)
    assert outcome.code
    assert SENTENCE.fullmatch(outcome.words)


@each_carrier(Wish.PUT_OFF)
def test_what_is_put_off_says_for_how_long_and_how_much(carrier: Carrier) -> None:
    outcome = carrier.gateway.send(carrier.message(Wish.PUT_OFF))
    assert isinstance(outcome, NotNow)
    assert outcome.after > timedelta(0)
    assert outcome.scope in Scope
    assert SENTENCE.fullmatch(outcome.words)
    assert not outcome.broken


@each_carrier(Wish.LOSE_ANSWER)
def test_a_message_whose_answer_is_lost_is_in_doubt_and_found(carrier: Carrier) -> None:
    message = carrier.message(Wish.LOSE_ANSWER)
    outcome = carrier.gateway.send(message)
    assert isinstance(outcome, Doubt)
    assert SENTENCE.fullmatch(outcome.words)
    [trace] = carrier.gateway.find(message)
    assert trace.provider_id
    assert trace.state in {MessageState.SENT, MessageState.DELIVERED}


@each_carrier(Wish.LOSE_MESSAGE)
def test_a_lost_message_is_in_doubt_and_not_found(carrier: Carrier) -> None:
    accepted(carrier, carrier.message())
    message = carrier.message(Wish.LOSE_MESSAGE)
    assert isinstance(carrier.gateway.send(message), Doubt)
    assert list(carrier.gateway.find(message)) == []


@each_carrier(Wish.LOSE_MESSAGE)
def test_a_lost_message_may_be_sent_again(carrier: Carrier) -> None:
    message = carrier.message(Wish.LOSE_MESSAGE)
    carrier.gateway.send(message)
    again = replace(carrier.message(), id=message.id, key=message.key, phone=message.phone, tries=2)
    provider_id = accepted(carrier, again).provider_id
    assert [trace.provider_id for trace in carrier.gateway.find(again)] == [provider_id]


@each_carrier(Wish.LIST)
def test_an_accepted_message_is_found_under_its_id_alone(carrier: Carrier) -> None:
    message, other = carrier.message(), carrier.message()
    provider_id = accepted(carrier, message).provider_id
    accepted(carrier, other)
    assert [trace.provider_id for trace in carrier.gateway.find(message)] == [provider_id]


@each_carrier(Wish.NOT_LIST)
def test_a_carrier_that_cannot_be_asked_says_so(carrier: Carrier) -> None:
    message = carrier.message(Wish.NOT_LIST)
    with pytest.raises(CannotTell, match=SENTENCE):
        carrier.gateway.find(message)


# What the carrier tells by itself


@each_carrier(Wish.REPORT)
def test_a_delivery_is_reported(carrier: Carrier) -> None:
    message = carrier.message()
    provider_id = accepted(carrier, message).provider_id
    assert report_of(carrier, message, provider_id).state is MessageState.DELIVERED


@each_carrier(Wish.FAIL)
def test_a_failure_is_reported_with_its_code_and_in_words(carrier: Carrier) -> None:
    message = carrier.message(Wish.FAIL)
    report = report_of(carrier, message, accepted(carrier, message).provider_id)
    assert report.state is MessageState.FAILED
    assert report.code
    assert SENTENCE.fullmatch(report.words or "")


@each_carrier(Wish.REPORT_FIRST)
def test_a_report_may_come_before_the_answer(carrier: Carrier) -> None:
    message = carrier.message(Wish.REPORT_FIRST)
    provider_id = accepted(carrier, message).provider_id
    assert report_of(carrier, message, provider_id).state is MessageState.DELIVERED


@each_carrier(Wish.LOSE_ANSWER)
def test_a_report_never_names_another_message(carrier: Carrier) -> None:
    doubtful = carrier.message(Wish.LOSE_ANSWER)
    carrier.gateway.send(doubtful)
    message = carrier.message()
    provider_id = accepted(carrier, message).provider_id
    report = report_of(carrier, message, provider_id)
    assert (report.key, report.provider_id) != (None, None)
    assert report.key != doubtful.key


def texts(told: list[Incoming | Report]) -> list[Incoming]:
    return [each for each in told if isinstance(each, Incoming)]


@each_carrier(Wish.TEXT)
def test_what_a_contact_writes_comes_in_once(carrier: Carrier) -> None:
    message = carrier.message(Wish.TEXT)
    accepted(carrier, message)
    [incoming] = texts(carrier.told(lambda told: bool(texts(told))))
    assert incoming.provider_id
    assert incoming.sender == message.phone
    assert incoming.body
    carrier.let_time_pass()
    assert texts(list(carrier.poll())) == []


@each_carrier(Wish.LIST_RECEIVED)
def test_what_was_received_can_be_listed_from_a_time_on(carrier: Carrier) -> None:
    accepted(carrier, carrier.message(Wish.LIST_RECEIVED))
    [told] = texts(carrier.told(lambda told: bool(texts(told))))
    [listed] = carrier.gateway.received_since(carrier.now - timedelta(hours=1))
    assert (listed.provider_id, listed.sender, listed.body) == (told.provider_id, told.sender, told.body)
    assert list(carrier.gateway.received_since(carrier.now + timedelta(hours=1))) == []


@each_carrier(Wish.RECEIVE_NOTHING)
def test_with_nothing_received_the_list_is_empty(carrier: Carrier) -> None:
    assert list(carrier.gateway.received_since(carrier.now - timedelta(hours=1))) == []


# Threads, and the end


@each_carrier(Wish.REPORT)
def test_many_threads_send_at_once_and_each_message_is_accepted_and_reported_once(carrier: Carrier) -> None:
    messages = [carrier.message() for _ in range(60)]
    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(carrier.gateway.send, messages))
    assert {type(outcome) for outcome in outcomes} == {Accepted}

    def arrived(told: list[Incoming | Report]) -> list[Report]:
        return [each for each in told if isinstance(each, Report) and each.state is MessageState.DELIVERED]

    told = arrived(carrier.told(lambda told: len(arrived(told)) >= len(messages)))
    assert len({report.key or report.provider_id for report in told}) == len(told) == len(messages)


@each_carrier(Wish.LIST)
def test_many_threads_send_at_once_and_each_gets_its_own_answer(carrier: Carrier) -> None:
    messages = [carrier.message() for _ in range(60)]
    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(carrier.gateway.send, messages))
        found = list(threads.map(carrier.gateway.find, messages))
    ids = [outcome.provider_id for outcome in outcomes if isinstance(outcome, Accepted)]
    assert len(set(ids)) == len(messages)
    assert [[trace.provider_id for trace in traces] for traces in found] == [[each] for each in ids]


@each_carrier(Wish.HANG)
def test_a_call_under_way_ends_when_the_gateway_is_closed(carrier: Carrier) -> None:
    message = carrier.message(Wish.HANG)
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(carrier.gateway.send, message)
        carrier.gateway.close()
        carrier.let_go()
        assert isinstance(call.result(WAIT), Accepted | Doubt | NotNow)


@each_carrier()
def test_a_closed_gateway_sends_nothing(carrier: Carrier) -> None:
    carrier.gateway.close()
    carrier.gateway.close()
    assert isinstance(carrier.gateway.send(carrier.message()), NotNow | Doubt)

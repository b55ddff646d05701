"""The states of a message on its way (docs/rules.md 10.2, 10.5, 10.6)."""

from datetime import timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.delivery_states import backoff, next_state
from thrumsg_tui.domain.enums import MessageState

ON_ITS_WAY = (MessageState.QUEUED, MessageState.SENDING, MessageState.IN_DOUBT, MessageState.CANCELLED)
REPORTS = (MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED)


def after(state: MessageState, reports: tuple[MessageState, ...]) -> MessageState:
    for report in reports:
        state = next_state(state, report) or state
    return state


def test_whatever_the_order_of_its_reports_a_delivered_message_ends_delivered() -> None:
    for state in ON_ITS_WAY:
        for reports in permutations(REPORTS):
            assert after(state, reports) is MessageState.DELIVERED


def test_whatever_the_order_of_its_reports_a_failed_message_ends_failed() -> None:
    for state in ON_ITS_WAY:
        for reports in permutations((MessageState.SENT, MessageState.FAILED, MessageState.SENT)):
            assert after(state, reports) is MessageState.FAILED


def test_what_a_person_or_a_contact_wrote_is_no_business_of_a_carrier() -> None:
    for state in (MessageState.RECEIVED, MessageState.UNSENT, MessageState.DELIVERED):
        assert [next_state(state, report) for report in REPORTS] == [None] * 3


@given(st.sampled_from(MessageState), st.sampled_from(MessageState))
def test_no_report_puts_a_message_back_into_the_queue(state: MessageState, reported: MessageState) -> None:
    assert next_state(state, reported) in {None, *REPORTS}


def test_the_wait_doubles_from_ten_seconds_to_ten_minutes() -> None:
    assert [backoff(tries, 0.5) for tries in (1, 2, 3, 7, 100)] == [
        timedelta(seconds=seconds) for seconds in (10, 20, 40, 600, 600)
    ]


@given(st.integers(1, 10**6), st.floats(0, 1))
def test_the_wait_is_spread_by_a_half(tries: int, chance: float) -> None:
    usual = backoff(tries, 0.5)
    assert usual / 2 <= backoff(tries, chance) <= min(usual * 1.5, timedelta(minutes=10))

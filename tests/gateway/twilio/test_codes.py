"""What Twilio's codes and statuses mean (`docs/rules.md 10.5`)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from thrumsg_tui.domain.delivery import NotNow, Rejected, Scope
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.gateway.twilio.codes import CODES, Fault, busy_wait, refusal, state_of, words_of, words_of_state

CARRIERS = Path(__file__).parents[3] / "docs" / "carriers.md"
DONE = {
    Fault.MESSAGE: "failed",
    Fault.CONTACT: "failed; the number is opted out",
    Fault.BUSY: "again soon; everything waits",
    Fault.NUMBER_BUSY: "again in 5 minutes; our number waits",
    Fault.NUMBER: "our number stops",
    Fault.ACCOUNT: "the gateway stops",
}
"""How the document calls what is done."""


def meaning(code: int | None, said: str | None = None, asked: timedelta | None = None) -> Rejected | NotNow:
    return refusal(code, said, asked_wait=asked, tries=1, chance=0.5)


@pytest.mark.parametrize("code", [21211, 21614, 21612, 21408, 21617, 21602])
def test_what_is_wrong_with_the_message_is_final(code: int) -> None:
    assert meaning(code) == Rejected(str(code), words_of(code))


def test_a_contact_who_said_stop_to_the_carrier_is_opted_out() -> None:
    found = meaning(21610)
    assert isinstance(found, Rejected)
    assert found.opted_out


@pytest.mark.parametrize(
    ("code", "scope", "broken"),
    [
        (20429, Scope.GATEWAY, False),
        (21611, Scope.NUMBER, False),
        (21606, Scope.NUMBER, True),
        (20003, Scope.GATEWAY, True),
        (20404, Scope.GATEWAY, True),
        (30002, Scope.GATEWAY, True),
        (None, Scope.GATEWAY, True),
    ],
)
def test_what_is_not_the_fault_of_the_message_keeps_it(code: int | None, scope: Scope, broken: bool) -> None:
    found = meaning(code)
    assert isinstance(found, NotNow)
    assert (found.scope, found.broken) == (scope, broken)
    assert found.code == (None if code is None else str(code))


@pytest.mark.parametrize("code", [21606, 21659])
def test_a_short_code_that_cannot_text_one_country_goes_on(code: int) -> None:
    found = refusal(code, None, asked_wait=None, tries=1, chance=0.5, by_short_code=True)
    assert found == Rejected(str(code), "Our short code cannot text this country.")


def test_an_unknown_code_is_final_in_the_carriers_own_words_without_numbers() -> None:
    found = meaning(29999, "The number +1 (415) 555-0100 of 14155550100\nhas a colour.")
    assert found == Rejected("29999", "The number … of … has a colour.")
    assert meaning(29998, None) == Rejected("29998", "The carrier gives no reason.")
    assert len(words_of(29997, "no " * 500)) <= 201


def test_the_carriers_wait_is_kept_within_bounds_and_ours_grows() -> None:
    assert busy_wait(timedelta(seconds=7), 1, 0.5) == timedelta(seconds=7)
    assert busy_wait(timedelta(0), 1, 0.5) == timedelta(seconds=1)
    assert busy_wait(timedelta(days=1), 1, 0.5) == timedelta(minutes=10)
    ours = [busy_wait(None, tries, 1) for tries in (1, 2, 5, 6, 60)]
    assert ours == [timedelta(seconds=seconds) for seconds in (2, 4, 32, 60, 60)]
    assert busy_wait(None, 2, 0) == timedelta(seconds=2)


def test_every_code_has_words_for_a_person() -> None:
    for code, (_, words) in CODES.items():
        assert re.fullmatch(r"[A-Z][^\n]{8,90}[^.\n]\.", words), code


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        (["accepted", "queued", "scheduled", "sending", "sent", "partially_delivered"], MessageState.SENT),
        (["delivered", "read"], MessageState.DELIVERED),
        (["failed", "undelivered", "canceled"], MessageState.FAILED),
        (["received", "receiving", "", "sideways"], None),
    ],
)
def test_statuses(statuses: list[str], state: MessageState | None) -> None:
    assert {state_of(status) for status in statuses} == {state}


def test_the_words_of_a_state_say_what_is_not_plain() -> None:
    assert words_of_state("delivered", None) is None
    assert words_of_state("partially_delivered", None) == "Only a part of the message has arrived."
    assert words_of_state("undelivered", 30005) == "The number is not in use."
    assert words_of_state("canceled", None) == "The carrier has cancelled the message."
    assert words_of_state("failed", None, "Odd thing") == "Odd thing."


def test_the_document_has_every_code() -> None:
    table = re.findall(r"^\| (\d{5}) \| (.+?) \| (.+?) \|$", CARRIERS.read_text(encoding="utf-8"), re.MULTILINE)
    assert table == [(str(code), words, DONE[fault]) for code, (fault, words) in sorted(CODES.items())]

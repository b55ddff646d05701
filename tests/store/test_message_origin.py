"""Whom an incoming message is from (docs/rules.md 1.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.store.message_origin import LONGEST_ORIGIN, is_number, read_origin


@pytest.mark.parametrize(
    "text",
    [
        *("4152200101", "+1 (415) 220-0101", "tel:+14152200101", "1.415.220.0101", "\u202a+1\u202c4152200101"),
        *("'+14152200101", '"+14152200101"', "<+14152200101>", "[415] 220 0101", "4,152,200,101", "4152200101,0"),
        *("++14152200101", "=4152200101", "sms:+14152200101"),
        *("415\u00a0220\u00a00101", "+1\u2011415\u2011220\u20110101"),
    ],
)
def test_a_number_is_read_in_any_spelling(text: str) -> None:
    assert read_origin(text) == "+14152200101"
    assert is_number(read_origin(text))


@pytest.mark.parametrize(
    "text",
    [
        *("68849", "+68849", "911", "123456", "INFO", "Bank 4152200101", "415-220-XXXX", "1-800-FLOWERS"),
        *(
            "415-220-****",
            "4152200101 x5",
            "4152200101;ext=5",
            "Cell 4152200101",
            "+0",
            "0",
            "",
            "+1415",
            "00000000000",
            "\x1b[2J",
        ),
    ],
)
def test_all_else_is_kept_as_given_and_is_never_a_strangers_number(text: str) -> None:
    assert read_origin(text) == text
    assert not is_number(text)


def test_a_short_code_is_none_in_countries_with_short_numbers_either() -> None:
    assert read_origin("80008", "DE") == "80008"
    assert read_origin("020 7946 0018", "GB") == "+442079460018"


def test_a_region_that_is_none_is_said() -> None:
    with pytest.raises(ValueError, match="is not a region"):
        read_origin("4152200101", "XX")


@given(st.text(max_size=200))
def test_whatever_is_given_can_be_stored(text: str) -> None:
    sender = read_origin(text)
    assert len(sender) <= LONGEST_ORIGIN
    sender.encode()
    assert read_origin(sender) == sender


@given(st.text(st.characters(codec="utf-8", categories=["L", "Nd"]), min_size=1, max_size=14))
def test_letters_are_never_dialled(text: str) -> None:
    assert is_number(read_origin(text)) <= text.isdigit()

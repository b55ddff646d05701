"""Reading numbers as spreadsheets, web pages and people leave them (docs/rules.md 9.2)."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from thrumsg_tui.store.phones import PhoneNumber, normalize, parse_by_library

_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\u2066\u2069\ufe0d\ufe0f\ufeff"
_SPACES = " \t\n\u00a0\u1680\u2002\u2007\u2009\u202f\u205f\u3000"
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_SCRIPTS = [*"0\u0660\u06f0\u0966\uff10"]


def reason(text: str, region: str = "US") -> str:
    with pytest.raises(ValueError, match=r"\w") as refused:
        normalize(text, region)
    return str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "415-220-XXXX",
        "415-220-01xx",
        "4152200101abc",
        "415-220-0101 home",
        "1-800-FLOWERS",
        "415-22O-0101",
        "4152200101 or Maria",
        "+44 20 7946 ABCD",
        "415-220-\u0425\u0425\u0425\u0425",
    ],
)
def test_letters_in_a_number_refuse_it_and_are_named(text: str) -> None:
    letters = next(
        word for word in text.replace("-", " ").replace("4152200101", "").split() if any(map(str.isalpha, word))
    )
    assert "letters" in reason(text)
    assert letters.strip("0123456789") in reason(text)


@given(
    st.text(max_size=8),
    st.text(st.characters(categories=["Nd"]), min_size=1, max_size=12),
    st.text(max_size=12),
    st.characters(categories=["Lu", "Ll", "Lt", "Lm", "Lo"]).filter(
        lambda letter: letter not in "\u115f\u1160\u3164\uffa0"
    ),
    st.text(max_size=12),
    st.sampled_from(["US", "GB", "DE"]),
)
def test_no_text_with_a_letter_after_its_first_digit_is_a_number(
    before: str, digits: str, between: str, letter: str, after: str, region: str
) -> None:
    reason(f"{before}{digits}{between}{letter}{after}", region)


@pytest.mark.parametrize(
    "mark", ["x12", " x 12", "ext. 12", ", ext 12", "#12", ";ext=12", " extension 12", " poste 12", " ext", " int. 7"]
)
def test_an_extension_is_refused_as_one(mark: str) -> None:
    assert "extension" in reason(f"415-220-0101{mark}")


@pytest.mark.parametrize("words", ["do not text", "Sprint", "next"])
def test_a_word_that_ends_like_the_mark_of_an_extension_is_named(words: str) -> None:
    assert f"letters in it, '{words}'" in reason(f"415-220-0101 {words}")


@pytest.mark.parametrize("text", ["XXX 415-220-0101", "+XX 20 7946 0958", "MX 55 1234 5678", "ext. 415-220-0101"])
def test_words_in_front_that_may_change_the_number_refuse_it(text: str) -> None:
    assert "letters" in reason(text) or "extension" in reason(text)


@pytest.mark.parametrize(
    "label",
    ["Tel: ", "Cell ", "(cell) ", "Mobile #", "C: ", "tel:+1", "T\u00e9l. ", "\u260e ", "Phone no. ", "cell phone: "],
)
def test_the_name_of_a_telephone_in_front_is_dropped(label: str) -> None:
    assert normalize(f"{label}415-220-0101").e164 == "+14152200101"


@pytest.mark.parametrize("mask", ["****", "####", "????", "____", "....", "----", "\u2022\u2022\u2022\u2022"])
@pytest.mark.parametrize("start", ["415-220-", "+49 30 1234 "])
def test_a_masked_number_is_none_whatever_masks_it(start: str, mask: str) -> None:
    reason(f"{start}{mask}")
    reason(f"{start}{mask}56")


@pytest.mark.parametrize("label", ["?", "_", "cell?: ", "**", "##", "--", "+tel "])
def test_what_may_hide_digits_in_front_of_a_number_refuses_it_as_that(label: str) -> None:
    assert "has digits hidden" in reason(f"{label}415-220-0101")


@pytest.mark.parametrize(
    "text",
    [
        "415-220-0101 / 415-220-0102",
        "4152200101,4152200102",
        "4152200101;4152200102",
        "4152200101 & 4152200102",
        "4152200101 or 4152200102",
        "+14152200101 +14152200102",
        "4152200101 4152200102",
        "4152200101\n4152200102",
        "4152200101/02",
        "415-220-0101 and 0102",
    ],
)
def test_two_numbers_in_one_cell_are_refused_as_two(text: str) -> None:
    assert "more than one number" in reason(text)


@pytest.mark.parametrize(
    "text",
    [
        "4152200101.0",
        "4152200101.00",
        "14152200101.0",
        "+14152200101.0",
        "4152200101,0",
        "4,152,200,101",
        "4,152,200,101.00",
        "\u201c4152200101\u201d",
        "'4152200101",
        "\u20194152200101",
        '="4152200101"',
        '"4152200101"',
        "=+14152200101",
        "(+1) 415 220 0101",
        "4\ufe0f\u20e31\ufe0f\u20e35\ufe0f\u20e3 220 0101",
        "415\u00b7220\u00b70101",
        "415\u2024220\u20240101",
        "\uff0b1\uff08415\uff09220\uff0d0101",
        "415-220-0101.",
        "415/220-0101",
        *("415.2200101", "415220.0101", "1.4152200101"),
        *("415-220-0101.0", "(415) 220-0101.0", "+1 415 220 0101.00", "415 220 0101,0"),
    ],
)
def test_what_spreadsheets_and_pages_do_to_a_number_is_undone(text: str) -> None:
    assert normalize(text).e164 == "+14152200101"


@pytest.mark.parametrize(
    "text", ["4.152200101E+09", "4,15220E+09", "1.41522e10", "1.4152200101E 10", "4.152200101 x 10^9"]
)
def test_scientific_notation_is_never_a_number(text: str) -> None:
    reason(text)


@pytest.mark.parametrize(
    "text",
    [
        *("415220010.5", "4152200101.5", "2.718281828", "83.33333333", "-82.45717612", "4.152200101", ".4152200101"),
        *("-0.4152200101", "4,152200101"),
    ],
)
def test_a_fraction_is_never_a_number(text: str) -> None:
    reason(text)


@pytest.mark.parametrize("text", ["No text 415-220-0101", "no call 4152200101", "Do not text: 415 220 0101"])
def test_a_number_is_read_past_that_where_it_is_opted_out(text: str) -> None:
    assert normalize(text, to_opt_out=True).e164 == "+14152200101"
    assert normalize("415-220-0101 (do not call)", to_opt_out=True).e164 == "+14152200101"


@pytest.mark.parametrize(
    "text",
    [
        *("No text 415-220-0101", "no call 4152200101", "Do not text: 415 220 0101"),
        *("DNC +1 415 220 0101", "STOP +14152200101", "Opted out: +14152200101", "unsubscribed +14152200101"),
    ],
)
def test_a_number_that_is_not_to_be_texted_is_not_read_past_that(text: str) -> None:
    assert "not to be texted" in reason(text)


def test_what_is_half_a_digit_is_no_part_of_a_number() -> None:
    assert "'½'" in reason("½ 415 220 0101")


@st.composite
def decorated(draw: st.DrawFn) -> str:
    """The digits of one number, in digits of any script, with what is not seen between and around them."""
    nothing = st.text(_INVISIBLE, max_size=2)
    gap = st.builds("".join, st.tuples(nothing, st.sampled_from(["", *_SPACES, *_DASHES, ". ", ") ", ") -"]), nothing))
    zero = ord(draw(st.sampled_from(_SCRIPTS)))
    parts = [draw(st.sampled_from(["", "+1", "1", "(", "'", "Tel. "]))]
    for digit in "4152200101":
        parts += [chr(zero + int(digit)), draw(gap if draw(st.booleans()) else nothing)]
    return "".join(parts)


@given(decorated())
def test_spaces_dashes_and_what_is_invisible_change_no_number(text: str) -> None:
    assert normalize(text).e164 == "+14152200101", [unicodedata.name(each, "?") for each in text]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("911-220-0101", "911"),
        ("(411) 220-0101", "411"),
        ("(495) 220-0101", "495"),
        ("415-011-0101", "exchange"),
        ("415-120-0101", "exchange"),
        ("415-911-0101", "911"),
        ("900-220-0101", "900"),
        ("222-222-2222", "placeholder"),
        ("415-0000000", "exchange"),
    ],
)
def test_what_the_numbering_plan_rules_out_is_refused_and_named(text: str, named: str) -> None:
    assert named in reason(text)


@pytest.mark.parametrize(
    "text",
    [
        "415-555-0142",
        "(555) 223-4567",  # no area code today, but neither ruled out for ever
        "370-220-0101",
        "800-411-7246",
        "(328) 220-0101",
        "+1 876 220 0101",
        "415-220-9911",
    ],
)
def test_what_a_library_does_not_know_yet_is_let_in(text: str) -> None:
    assert normalize(text).e164.startswith("+1")


def test_a_number_that_costs_money_is_refused_elsewhere_too() -> None:
    assert "premium" in reason("0909 879 0000", "GB")


@given(
    st.sampled_from(["", "+", "1", "+1"]),
    st.integers(9, 11).flatmap(lambda length: st.text("0123456789", min_size=length, max_size=length)),
    st.sampled_from(["US", "us", "CA", "GB", "JM", "DE", "KZ"]),
)
@example("1", "1580730215", "US")
def test_a_number_is_read_without_the_library_as_the_library_reads_it(prefix: str, digits: str, region: str) -> None:
    number = prefix + digits

    def read(parse: Callable[[], PhoneNumber]) -> PhoneNumber | str:
        try:
            return parse()
        except ValueError as reason:
            return str(reason)

    assert read(lambda: normalize(number, region)) == read(lambda: parse_by_library(number, region, number))


def test_numbers_of_north_america_are_read_without_loading_the_library() -> None:
    program = (
        "import sys; from thrumsg_tui.store.phones import normalize\n"
        "numbers = [normalize('(415) 555-0142'), normalize('1 415 555 0142'), normalize('+1.415.555.0142')]\n"
        "print({number.e164 for number in numbers}, 'phonenumbers' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert ran.stdout == "{'+14155550142'} False\n"

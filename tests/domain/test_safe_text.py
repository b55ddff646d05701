"""Text from outside on a terminal (docs/rules.md 7.4)."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.safe_text import safe_text, stand_ins

REPLACEMENT = "\ufffd"
DANGEROUS = frozenset(
    [
        *map(chr, range(0x20)),
        *map(chr, range(0x7F, 0xA0)),
        *map(chr, range(0x202A, 0x202F)),
        *map(chr, range(0x2066, 0x206A)),
        *map(chr, range(0xE0000, 0xE0080)),
        *map(chr, range(0xD800, 0xE000)),
        *map(chr, range(0xFDD0, 0xFDF0)),
        *map(chr, range(0xFFF9, 0xFFFC)),
        *(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF)),
        *"\u061c\u200e\u200f\u2028\u2029",
    ]
)
texts = st.text(
    st.sampled_from(sorted(DANGEROUS))
    | st.sampled_from("\u0301\u0302\u0e49\u20dd\ufe0f\u200d\u200b")
    | st.sampled_from("a[]\r\n\t\\^😀")
    | st.characters()
)


@given(texts, st.booleans())
def test_nothing_dangerous_is_left(text: str, multiline: bool) -> None:
    shown = safe_text(text, multiline=multiline)
    assert DANGEROUS.intersection(shown) <= ({"\n"} if multiline else set())


@given(texts)
def test_in_an_editor_every_place_stays_what_it_is(text: str) -> None:
    shown = stand_ins(text)
    assert len(shown) == len(text)
    assert DANGEROUS.intersection(shown) <= {"\t"}
    assert all(there == here for there, here in zip(shown, text, strict=True) if here not in DANGEROUS)


@pytest.mark.parametrize(
    ("text", "shown"), [("a\x1b[1m", "a␛[1m"), ("\x7f\x9b\u202e", "␡\ufffd\ufffd"), ("é 😀", "é 😀")]
)
def test_an_editor_shows_what_a_control_character_is(text: str, shown: str) -> None:
    assert stand_ins(text) == shown


@given(texts, st.booleans())
def test_twice_is_once(text: str, multiline: bool) -> None:
    once = safe_text(text, multiline=multiline)
    assert safe_text(once, multiline=multiline) == once


@given(texts, st.booleans())
def test_at_most_four_combining_marks_in_a_row(text: str, multiline: bool) -> None:
    row = 0
    for character in safe_text(text, multiline=multiline):
        row = row + 1 if unicodedata.category(character).startswith("M") else 0
        assert row <= 4


@given(st.text(st.characters(exclude_categories=["C", "M", "Zl", "Zp"])))
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert safe_text(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "^[[31mred^[[0m"),
        ("\x1b]0;title\x07", "^[]0;title^G"),
        ("\x9b2J", "\\x9b2J"),
        ("a\x00b\x7fc\x85d", "a^@b^?c\\x85d"),
        ("a\tb", "a b"),
        ("a\r\nb\rc\nd\n\re", "a b c d  e"),
        ("a\u2028b\u2029c", "a b c"),
        ("\u202eevil\u202c", f"{REPLACEMENT}evil{REPLACEMENT}"),
        ("a\u2066b\u200fc\u061c", f"a{REPLACEMENT}b{REPLACEMENT}c{REPLACEMENT}"),
        ("a\U000e0041", f"a{REPLACEMENT}"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f of Skye", "\U0001f3f4 of Skye"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", f"\U0001f3f4{REPLACEMENT * 3}"),
        ("a\ud800\ufdd0\U0010ffff\ufff9", "a" + 4 * REPLACEMENT),
        ("[red]x[/] [link=http://x]y[/link]", "[red]x[/] [link=http://x]y[/link]"),
        ("e" + "\u0301" * 9 + "x", "e" + "\u0301" * 4 + "x"),
        ("", ""),
    ],
)
def test_on_one_line(text: str, shown: str) -> None:
    assert safe_text(text) == shown


def test_line_breaks_are_kept_as_newlines_on_several_lines() -> None:
    assert safe_text("a\r\nb\rc\nd\u2028e\u2029f\tg", multiline=True) == "a\nb\nc\nd\ne\nf g"


def test_invisible_characters_do_not_hide_a_stack_of_marks() -> None:
    assert safe_text("e" + "\u0301\u200b" * 9).count("\u0301") == 4


@pytest.mark.parametrize(
    "text", ["José", "👩‍👩‍👧 ❤️ 🏳️‍🌈 1️⃣", "שלום", "ภาษาไทยนี้", "हिन्दी", "مُحَمَّد", "e\u0301\u0302\u0303\u0304"]
)
def test_scripts_and_emoji_stay_as_they_are(text: str) -> None:
    assert safe_text(text) == text


def test_every_combining_mark_is_known_to_the_fast_path() -> None:
    marks = [chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code)).startswith("M")]
    assert [mark for mark in marks if safe_text(mark * 5) != mark * 4] == []

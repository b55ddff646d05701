"""Segments (docs/rules.md 7.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.segments import MAX_SEGMENTS, Encoding, Segmentation, is_gsm_7, measure

# GSM 03.38 by code, column after column, written down independently of the module.
BY_CODE = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
ESCAPE = 0x1B
CODES = {character: [code] for code, character in enumerate(BY_CODE) if code != ESCAPE}
CODES |= {
    character: [ESCAPE, code]
    for code, character in {
        0x0A: "\f",
        0x14: "^",
        0x28: "{",
        0x29: "}",
        0x2F: "\\",
        0x3C: "[",
        0x3D: "~",
        0x3E: "]",
        0x40: "|",
        0x65: "€",
    }.items()
}

runs = st.lists(
    st.tuples(st.sampled_from("aà@€[\n\f"), st.integers(1, 90))
    | st.tuples(st.sampled_from("a€é’ж😀𝒜"), st.integers(1, 45)),
    max_size=12,
)
texts = st.text() | st.text("ab€[~") | runs.map(lambda parts: "".join(c * times for c, times in parts))


def encoded(text: str) -> tuple[list[int], int, int]:
    """Return the code units of `text`, the room of one message, and that of each of several."""
    if all(character in CODES for character in text):
        return [code for character in text for code in CODES[character]], 160, 153
    raw = text.encode("utf-16-be")
    return [raw[at] << 8 | raw[at + 1] for at in range(0, len(raw), 2)], 70, 67


def cut(units: list[int], alone: int, each: int) -> list[list[int]]:
    """Cut code units into segments from the front, a whole pair on either side of every cut."""
    if len(units) <= alone:
        return [units] if units else []
    pieces = []
    while units:
        piece = units[:each]
        if len(units) > each:
            high_surrogate_last = each == 67 and 0xD800 <= piece[-1] < 0xDC00
            if high_surrogate_last or (each == 153 and piece[-1] == ESCAPE):
                piece = piece[:-1]
        pieces.append(piece)
        units = units[len(piece) :]
    return pieces


@given(texts)
def test_agrees_with_cutting_the_encoded_text(text: str) -> None:
    units, alone, each = encoded(text)
    measured = measure(text)
    assert measured.units == len(units)
    assert measured.segments == len(cut(units, alone, each))
    assert measured.encoding is (Encoding.GSM_7 if alone == 160 else Encoding.UCS_2)


@given(texts)
def test_what_forces_ucs_2_is_named_once_in_order(text: str) -> None:
    outside = [character for character in text if character not in CODES]
    assert list(measure(text).forcing) == sorted(set(outside), key=outside.index)
    assert is_gsm_7(text) is (not outside)


@given(texts)
def test_capacity_holds_the_text_and_no_segment_less_would(text: str) -> None:
    measured = measure(text)
    assert measured.units <= measured.capacity
    several = 153 if measured.encoding is Encoding.GSM_7 else 67
    if measured.segments > 1:
        assert measured.capacity == several * measured.segments


def test_an_empty_text_takes_no_segment() -> None:
    assert measure("") == Segmentation(Encoding.GSM_7, 0, 0, 160, ())


@pytest.mark.parametrize(
    ("text", "units", "segments", "capacity"),
    [
        ("a", 1, 1, 160),
        ("a" * 160, 160, 1, 160),
        ("a" * 161, 161, 2, 306),
        ("a" * 306, 306, 2, 306),
        ("a" * 307, 307, 3, 459),
        ("a" * (9 * 153), 1377, MAX_SEGMENTS, 1377),
        ("a" * (9 * 153 + 1), 1378, MAX_SEGMENTS + 1, 1530),
        ("€" * 80, 160, 1, 160),
        ("€" * 81, 162, 2, 306),
        ("ж" * 70, 70, 1, 70),
        ("ж" * 71, 71, 2, 134),
        ("ж" * 134, 134, 2, 134),
        ("ж" * 135, 135, 3, 201),
        ("😀" * 35, 70, 1, 70),
        ("😀" * 36, 72, 2, 134),
    ],
)
def test_limits(text: str, units: int, segments: int, capacity: int) -> None:
    measured = measure(text)
    assert (measured.units, measured.segments, measured.capacity) == (units, segments, capacity)


def test_an_escape_pair_moves_whole_to_the_next_segment() -> None:
    assert measure("a" * 152 + "€" + "a" * 152).segments == 3
    assert measure("a" * 151 + "€" + "a" * 153).segments == 2


def test_a_surrogate_pair_moves_whole_to_the_next_segment() -> None:
    assert measure("ж" * 66 + "😀" + "ж" * 66).segments == 3
    assert measure("ж" * 65 + "😀" + "ж" * 67).segments == 2


def test_the_whole_alphabet_is_gsm_7_and_costs_what_its_codes_cost() -> None:
    assert len(CODES) == 137
    for character, codes in CODES.items():
        assert measure(character) == Segmentation(Encoding.GSM_7, len(codes), 1, 160, ())


@pytest.mark.parametrize("character", ["ç", "í", "`", "\t", "\x1b", "\u00a0", "’", "\u0391"])
def test_near_relations_of_the_alphabet_are_not_in_it(character: str) -> None:
    assert measure(f"a{character}").forcing == (character,)


def test_a_lone_surrogate_is_measured_like_any_unit() -> None:
    assert measure("a\ud83d").units == 2

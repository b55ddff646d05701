"""Names for search and sorting (docs/rules.md 3.5, 3.6)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.names import digits, fold, full_name, search_rows


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("José  Núñez", "jose nunez"),
        ("  ANN\tLee\n", "ann lee"),
        ("Jo\u0301se", "jose"),
        ("Søren Łukasz Đorđe", "soren lukasz dorde"),
        ("ÆON Œuvre", "aeon oeuvre"),
        ("Þór Guðrún", "thor gudrun"),
        ("Işık İpek", "isik ipek"),
        ("Ħal Straße STRASSE", "hal strasse strasse"),
        ("Ann\u00a0Lee", "ann lee"),
        ("O’Brien", "o'brien"),
        ("Иван", "иван"),
        ("100% _x_", "100% _x_"),
        ("", ""),
    ],
)
def test_case_accents_and_spaces_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_no_accent_and_no_spare_space_is_left(text: str) -> None:
    folded = fold(text)
    assert not any(unicodedata.combining(character) for character in folded)
    assert folded == " ".join(folded.split())


@given(st.text())
def test_composed_and_decomposed_spellings_are_one(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    ("first", "last", "full"),
    [
        ("Ann", "Lee", "Ann Lee"),
        ("Ann", "", "Ann"),
        ("", "Lee", "Lee"),
        ("", "", ""),
        (" Ann ", " Lee ", "Ann Lee"),
        ("mary ann", "McDONALD", "mary ann McDONALD"),
    ],
)
def test_a_full_name_keeps_its_spelling(first: str, last: str, full: str) -> None:
    assert full_name(first, last) == full


def test_digits_are_the_ascii_ones() -> None:
    assert digits("+1 (555) 010-2030 ext٣²") == "15550102030"


def test_a_search_finds_rows_whatever_the_case_and_the_accents_and_keeps_their_order() -> None:
    rows = ["Zoë Lo", "Ann  Otieno", "zoe Berg"]
    assert search_rows(rows, " ZOE ", str) == ["Zoë Lo", "zoe Berg"]
    assert search_rows(rows, "n o", str) == ["Ann  Otieno"]
    assert search_rows(rows, " ", str) == rows

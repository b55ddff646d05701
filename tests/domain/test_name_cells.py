"""Names as files give them (docs/rules.md 9.1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.name_cells import given_name, is_unseen, stands_for_none


@pytest.mark.parametrize(
    "written",
    [
        "Ada\u200b",
        "\ufeffAda",
        "\u200eAda\u200f",
        "A\u00adda",
        "Ad\u200ba",
        "\u00a0Ada\u2003",
        "Ada\ufe0f",
        "\u2060Ada\u034f",
        "A\u200fda",
        "\u3164Ada",
        *("A\x07da", "Ada\x7f", "A\x9bda", "A\x1bda", "Ad\U000f0000a"),
    ],
)
def test_what_is_not_seen_is_left_out_of_a_name(written: str) -> None:
    assert given_name(written) == "Ada"


def test_every_space_in_a_name_is_a_plain_one() -> None:
    assert given_name("Mary\u00a0Ann\u2009Lee\u2028Poe\x85Fox\nKay") == "Mary Ann Lee Poe Fox Kay"


@pytest.mark.parametrize(
    "name",
    [
        "\u0645\u0647\u200c\u0631\u0648",  # Persian, with a joiner that parts letters
        "\u0928\u094d\u200d\u092e",  # Devanagari, with one that joins them
        "\u05d3\u200e-\u05d0",  # Hebrew, with a mark of direction
        "Zo\u0308e",
        "\u202eevil\u202c",  # which is shown harmlessly, docs/rules.md 7.4
        "\u845b\U000e0100",  # a Chinese character, in one of its forms
        "Ada \u2764\ufe0f",
        "\U0001f469\u200d\U0001f33e",
        "O'Neil",
        "'t Hooft",
    ],
)
def test_what_a_name_is_written_with_stays(name: str) -> None:
    assert given_name(name) == name


@given(st.text())
def test_a_name_read_again_is_the_same(text: str) -> None:
    assert given_name(given_name(text)) == given_name(text)


@given(st.text())
def test_nothing_that_is_seen_is_ever_left_out(text: str) -> None:
    def seen(name: str) -> str:
        return "".join(each for each in name if not each.isspace() and not is_unseen(each))

    assert seen(given_name(text)) == seen(text)


@pytest.mark.parametrize(
    "cell",
    [
        "null",
        "NULL",
        "N/A",
        "n/a",
        "#N/A",
        "NaN",
        "nan",
        "NA",
        "none",
        "None",
        "NONE",
        "?",
        "???",
        "-",
        "--",
        ".",
        "#REF!",
        "undefined",
        "(null)",
        "<NA>",
        "\u2014",
        *("#ERROR!", "#SPILL!", "#CALC!", "Err:502", "#NAME ?", "#VALEUR!", "#NV", "#\u00a1REF!", "'#N/A"),
        *("n / a", "N.A", "'null'", '"NULL"', "null null"),
        *("nil", "<nil>", "(empty)", "[blank]", "(unknown)", "FNU"),
        *("No Name", "no first name", "Not Available", "not provided", "None Given"),
    ],
)
def test_a_cell_that_a_program_writes_for_nothing_is_no_first_name(cell: str) -> None:
    assert stands_for_none(cell)


@pytest.mark.parametrize(
    "name",
    [
        *("Null", "Nan", "NAN", "Na", "Nil", "NIL", "Nat", "Fnu", "Noname"),
        *("Ana", "O", "X \u00c6 A-12", "\U0001f600", "7", "J.R.", "'t Hooft"),
    ],
)
def test_what_people_are_called_is_a_name(name: str) -> None:
    assert not stands_for_none(name)


@pytest.mark.parametrize("name", ["Null", "None", "NA", "Nan"])
def test_last_names_that_look_so_are_names(name: str) -> None:
    assert not stands_for_none(name, last=True)


def test_a_last_name_that_a_program_writes_for_nothing_is_none() -> None:
    assert all(stands_for_none(cell, last=True) for cell in ("NULL", "null", "N/A", "NaN", "none", "-", "undefined"))

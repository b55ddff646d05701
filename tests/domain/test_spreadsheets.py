"""The apostrophe against formulas, and back (docs/rules.md 7.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.spreadsheets import guarded, unguarded


@given(st.text() | st.from_regex(r"\A'{0,3}[=+\-@\t\r]?.{0,5}\Z"))
def test_every_text_comes_back_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(st.text())
def test_no_guarded_text_is_a_formula(text: str) -> None:
    assert not guarded(text).startswith(("=", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("name", ["'t Hooft", "'Abd", "''", "O'Neil", "+14155550142"])
def test_what_is_no_formula_is_left_alone(name: str) -> None:
    assert guarded(name) == unguarded(name) == name


@pytest.mark.parametrize(
    ("text", "cell"), [("=1", "'=1"), ("'=1", "''=1"), ("-Ann", "'-Ann"), ("+1 (415)", "'+1 (415)")]
)
def test_what_looks_guarded_is_guarded_again(text: str, cell: str) -> None:
    assert (guarded(text), unguarded(cell)) == (cell, text)

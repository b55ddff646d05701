"""Words that agree with a number, and capital letters."""

from __future__ import annotations

import pytest

from thrumsg_tui.domain.wording import capitalized, inflect, pluralize


@pytest.mark.parametrize(("number", "said"), [(0, "0 users"), (1, "1 user"), (2, "2 users")])
def test_only_one_is_singular(number: int, said: str) -> None:
    assert pluralize(number, "user") == said


def test_a_plural_that_no_s_makes_is_given() -> None:
    assert [pluralize(number, "reply", "replies") for number in (1, 2)] == ["1 reply", "2 replies"]
    assert [inflect(number, "stays", "stay") for number in (1, 0)] == ["stays", "stay"]


@pytest.mark.parametrize(("text", "capital"), [("", ""), ("moved 1 to Ann Lee", "Moved 1 to Ann Lee"), ("é", "É")])
def test_only_the_first_letter_becomes_a_capital(text: str, capital: str) -> None:
    assert capitalized(text) == capital

"""What is empty for whoever gets it (docs/rules.md 3.18)."""

import pytest

from thrumsg_tui.domain.blank_text import is_blank
from thrumsg_tui.domain.send_rules import Obstacle, unfit


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\u200b", " \u2060\ufeff\u00ad\n", "\u2800", "\u3164", "\ufe0f", "\x00\x1b", "\u202e"]
)
def test_nothing_that_can_be_seen_is_empty(text: str) -> None:
    assert is_blank(text)
    refusal = unfit(text)
    assert refusal is not None
    assert refusal.obstacle is Obstacle.EMPTY


@pytest.mark.parametrize(
    "text", ["a", ".", "?", "\u2764\ufe0f", "👍", "\u200bé", "\u05d0\u200f", "\u0301", "\uf8ff", "\U000107ff"]
)
def test_one_sign_is_a_text(text: str) -> None:
    assert not is_blank(text)
    assert unfit(text) is None

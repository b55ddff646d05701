"""What is painted line by line looks as if the whole screen had been painted."""

from __future__ import annotations

import random
import re

import pytest

from tests.e2e.conftest import Office
from tests.e2e.messenger import SIZES, open_messenger
from tests.e2e.terminal import Terminal

_BOX = 8
"""Lines of the message box and the notice below it."""

LIST = ["j", "k", "j", "j", "g", "G", "ctrl+d", "ctrl+u", "space", "s"]
MESSENGER = [*LIST, "1", "2", "4", "5", "T", "n", "N", "A", "V", "u", "i", "e", "a"]
OVERVIEW = [*LIST, "b", "w"]
HISTORY = [*LIST, "t", "c"]


_AGE = re.compile(r" *\b(now|\d+ min)\b")
"""An age grows while the test runs: only its place is compared."""


def shown(terminal: Terminal) -> list[str]:
    return [_AGE.sub(" age", line) for line in terminal.lines[:-_BOX]]


def assert_nothing_stale(terminal: Terminal, pressed: list[str]) -> None:
    """In a window of another width everything is drawn anew; back in this one it must look as before.

    All but the notice and the message box, which Textual paints, and may wrap otherwise.
    """
    terminal.settle()
    before = shown(terminal)
    columns, rows = terminal.columns, terminal.rows
    terminal.resize(columns + 1, rows)
    terminal.resize(columns, rows)
    terminal.settle()
    assert shown(terminal) == before, f"after {pressed}"


def walk(terminal: Terminal, keys: list[str], seed: int) -> None:
    """Press keys in a random order, looking at the screen now and then."""
    chance = random.Random(seed)
    pressed: list[str] = []
    for _ in range(4):
        some = [chance.choice(keys) for _ in range(7)]
        pressed += some
        for key in some:
            terminal.press(key)
            if key in {"i", "e", "a"}:
                terminal.press("escape")
        assert_nothing_stale(terminal, pressed)


@pytest.mark.parametrize("size", SIZES, ids=["120x40", "80x24"])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_messenger_shows_nothing_stale(spring: Office, size: tuple[int, int], seed: int) -> None:
    walk(open_messenger(spring, "Sender One", size).terminal, MESSENGER, seed)


def test_the_overview_and_the_history_show_nothing_stale(spring: Office) -> None:
    terminal = spring.open(size=(80, 24))
    terminal.wait_for("Overview", "Sender Two")
    walk(terminal, OVERVIEW, 3)
    terminal.press("H")
    terminal.wait_for("changes:")
    walk(terminal, HISTORY, 4)

"""What a terminal pastes into any field is text, whatever it holds, and is shown harmlessly (docs/rules.md 7.4)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from tests.e2e.conftest import Office
from tests.e2e.messenger import open_messenger
from tests.e2e.strange_output import strange
from tests.e2e.terminal import Terminal

HOSTILE = "Zo\u00eb \x1b[31;7mred\x1b[0m \x1b]52;c;cHduZWQ=\x07\u202e\x1b[?1049l q"
SHOWN = re.compile("Zo\u00eb (?:\u241b|\\^\\[)\\[31;7m")


def paste(terminal: Terminal, text: str) -> None:
    """Paste as a terminal with bracketed paste does."""
    terminal.send(b"\x1b[200~" + text.encode() + b"\x1b[201~")
    terminal.settle()


@pytest.mark.parametrize(
    "keys",
    [["/"], ["enter"], ["a"], ["v"], ["r"], ["escape", "q", "q", "c"]],
    ids=["search", "message box", "replies", "viewing as", "reassign", "form"],
)
def test_hostile_text_is_pasted_as_text(spring: Office, keys: Sequence[str]) -> None:
    messenger = open_messenger(spring, "Sender Two")
    terminal = messenger.terminal
    before = spring.bodies("Rosa Reed")
    terminal.press(*keys)
    paste(terminal, HOSTILE)
    terminal.wait_for(SHOWN)
    assert strange(bytes(terminal.written)) == set()
    assert terminal.status is None
    assert spring.bodies("Rosa Reed") == before


def test_lines_stay_lines_in_the_message_box_and_none_of_them_sends(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender Two")
    before = spring.bodies("Rosa Reed")
    messenger.terminal.press("enter")
    paste(messenger.terminal, "First line\r\nSecond line\rThird line\n")
    messenger.terminal.wait_for("First line", "Second line", "Third line")
    assert "First line Second" not in messenger.terminal.screen
    assert spring.bodies("Rosa Reed") == before


def test_what_is_pasted_into_a_list_is_no_key(spring: Office) -> None:
    """An escape sequence within it would end the paste for Textual, and the rest would be commands."""
    messenger = open_messenger(spring, "Sender Two")
    paste(messenger.terminal, "\x1b[31m o y q q")
    messenger.terminal.press("j")
    messenger.terminal.wait_for("Viewing as: Sender Two", "Seth Shaw  (")
    assert "Opt Out \u2500" not in messenger.terminal.screen

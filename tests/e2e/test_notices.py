"""A long notice is drawn over other rows, and leaves nothing there (docs/rules.md 12.3)."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Office
from tests.e2e.messenger import open_messenger


@pytest.mark.parametrize("then", ["h", "escape"])
@pytest.mark.parametrize("size", [(60, 18), (80, 24)])
def test_it_leaves_nothing_where_it_was(spring: Office, size: tuple[int, int], then: str) -> None:
    """What it stands above moves with the key that takes it away."""
    messenger = open_messenger(spring, "Sender One", size)
    terminal = messenger.terminal
    messenger.wait_for_row("Abby Stone")
    messenger.open_box()
    messenger.write("Thanks.")
    terminal.press("enter")
    terminal.wait_for("Reply queued for Abby Stone.")
    terminal.settle()
    terminal.press(then)
    terminal.settle()
    seen = terminal.lines
    terminal.press("ctrl+l")
    terminal.settle()
    assert terminal.lines == seen

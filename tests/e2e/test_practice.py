"""The walkthrough delivers by itself, and only one process delivers from a database (docs/rules.md 6.6, 10.1)."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.e2e.conftest import Office

PATIENCE = 60.0


def deliver(office: Office) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "thrumsg_tui", "deliver", "--once", "--db", str(office.database)]
    return subprocess.run(command, env=office.environment, capture_output=True, text=True, check=False)


def test_an_app_delivers_its_practice_database_and_then_lets_others(practice: Office) -> None:
    terminal = practice.open("demo")
    terminal.wait_for("Spring Turnout")
    ends_at = time.monotonic() + PATIENCE
    while (refused := deliver(practice)).returncode == 0:  # the app has not begun yet
        assert time.monotonic() < ends_at
    assert refused.returncode == 1
    assert "is being delivered already" in refused.stderr
    assert "Traceback" not in refused.stderr
    terminal.press("q", "q")
    assert terminal.wait_exit() == 0
    assert deliver(practice).returncode == 0


def test_the_demo_offers_a_tour_which_its_key_begins_and_the_command_too(practice: Office) -> None:
    terminal = practice.open("demo", size=(80, 24))
    terminal.wait_for("F6 shows you round")
    terminal.press("f6")
    terminal.wait_for("Tour 1/12", "Enter opens the conversations")
    terminal.press("enter")
    terminal.wait_for("Tour 2/12", "Viewing as: Unassigned")
    terminal.press("f9")
    terminal.wait_for("The tour has ended")
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    again = practice.open("demo", "--tour", "presenter", size=(80, 24))
    again.wait_for("Tour 1/12 Twelve senders on one screen")
    again.press("ctrl+q")
    assert again.wait_exit() == 0

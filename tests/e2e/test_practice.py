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

"""Copying a number, and what to do where the terminal does not take it."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import Office
from tests.e2e.messenger import open_messenger
from tests.e2e.terminal import Terminal

NUMBER, SHOWN = "+14155550100", "(415) 555-0100"
BY_OSC_52 = b"\x1b]52;c;" + base64.b64encode(NUMBER.encode()) + b"\x07"


def opened(office: Office, **environment: str) -> Terminal:
    """The messenger on the first contact."""
    office.environment |= environment
    terminal = open_messenger(office, "Sender One").terminal
    terminal.wait_for(SHOWN)
    return terminal


def test_the_terminal_is_given_the_number_and_the_sentence_has_it_to_mark(spring: Office) -> None:
    terminal = opened(spring)
    terminal.press("y")
    terminal.wait_for(f"Copied {SHOWN}. If the terminal did not take it, mark it here with Shift and the mouse.")
    assert BY_OSC_52 in terminal.written


def test_the_console_of_linux_has_no_clipboard(spring: Office) -> None:
    terminal = opened(spring, TERM="linux")
    terminal.press("y")
    terminal.wait_for(f"has no clipboard: note {SHOWN}")
    assert b"\x1b]52;" not in terminal.written


@pytest.fixture
def tmux(tmp_path: Path) -> Path:
    """The socket of a server of tmux with one session."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    socket = tmp_path / "tmux"
    subprocess.run(["tmux", "-S", socket, "-f", "/dev/null", "new-session", "-d"], check=True)
    return socket


def test_tmux_gets_a_buffer(spring: Office, tmux: Path) -> None:
    try:
        terminal = opened(spring, TMUX=f"{tmux},1,0", TERM="tmux-256color")
        terminal.press("y")
        terminal.wait_for(f"Copied {SHOWN}, also into tmux's buffer")
        shown = subprocess.run(["tmux", "-S", tmux, "show-buffer"], capture_output=True, check=True)
        assert shown.stdout.decode() == NUMBER
    finally:
        subprocess.run(["tmux", "-S", tmux, "kill-server"], check=True)


def test_a_tmux_that_is_gone_is_no_error(spring: Office, tmp_path: Path) -> None:
    terminal = opened(spring, TMUX=f"{tmp_path / 'none'},1,0")
    terminal.press("y")
    terminal.wait_for(f"Copied {SHOWN}. If the terminal did not take it")
    assert BY_OSC_52 in terminal.written

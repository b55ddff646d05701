"""A window that is dragged: the app takes the size that it has at last."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.conftest import Office
from tests.e2e.terminal import Terminal

SLOW = """
import os, pathlib, sys, time
from textual.drivers.linux_driver import LinuxDriver
from thrumsg_tui.__main__ import main
real = LinuxDriver._get_terminal_size
def slow(driver):
    size = real(driver)
    if size[0] == {narrow}:
        pathlib.Path({file!r}).touch()
        until = time.monotonic() + 60
        while real(driver) == size and time.monotonic() < until:
            time.sleep(0.01)
    return size
LinuxDriver._get_terminal_size = slow
sys.exit(main())
"""
"""The app on a machine that is so busy that the window has another size before the app has told itself the last one."""

NARROW = 60


def grows_whole(terminal: Terminal, size: tuple[int, int]) -> bool:
    """Whether a small window that grows shows what it shows when all is drawn anew.

    A busy machine may be late with either picture, so a single False says nothing.
    """
    terminal.resize(80, 24)
    terminal.press("ctrl+l")
    terminal.resize(*size)
    grown = terminal.screen
    terminal.press("ctrl+l")
    return terminal.lines[-1] != "" and terminal.screen == grown


def test_a_size_that_comes_while_another_is_told_is_the_one_that_stays(spring: Office) -> None:
    script, asked = spring.folder / "slow.py", spring.folder / "asked"
    script.write_text(SLOW.format(narrow=NARROW, file=str(asked)))
    terminal = spring.open(program=(sys.executable, str(script)), PYTHONPATH=os.fspath(Path.cwd()))
    terminal.wait_for("Overview", "Sender Two")
    terminal.drag(NARROW, 20)
    terminal.wait_until_so(asked.exists, "the question for the narrow size")
    terminal.drag(100, 30)
    terminal.wait_until(lambda: len(terminal.lines[0]) > NARROW and terminal.lines[-1] != "", "the last size")
    terminal.settle()
    assert len(terminal.lines[0]) > NARROW


@pytest.mark.parametrize("keys", ["?", "m", "m f1", "v", "r", "ctrl+p"])
def test_a_window_that_grows_around_a_dialog_shows_all_of_both(spring: Office, keys: str) -> None:
    terminal = spring.open(size=(80, 24))
    terminal.wait_for("Overview", "Sender Two")
    terminal.press("enter")
    terminal.wait_for("Viewing as")
    terminal.press(*keys.split())
    for size in ((81, 24), (80, 25), (150, 50)):
        terminal.wait_until(partial(grows_whole, terminal, size), "all of both")
    terminal.press(*["escape"] * len(keys.split()))
    terminal.wait_for("Viewing as")

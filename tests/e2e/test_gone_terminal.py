"""A terminal that is gone ends the app, whoever started it and whatever becomes of signals (docs/rules.md 3.11)."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Office
from tests.e2e.drafts import half_written, stored_draft
from tests.e2e.messenger import Messenger, open_messenger
from tests.e2e.terminal import Terminal

WAITS = (
    "import signal, subprocess, sys\n"
    "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP, signal.SIGTERM])\n"
    "sys.exit(subprocess.call(sys.argv[1:]))\n"
)
"""Ignores hang-ups, lets its child inherit that, and waits for it; only this one is told of the hang-up."""

SH = shutil.which("sh") or "/bin/sh"
TTY = 'exec "$@" </dev/tty >/dev/tty 2>/dev/tty'
MAKE = r"""printf 'app:\n\t@$(WORDS)\n' >~/app.mk; exec make -s -f ~/app.mk app WORDS="$*" """
APP = (sys.executable, "-m", "thrumsg_tui")
IGNORING = (sys.executable, "-c", WAITS)

WAYS = {
    "a parent that ignores it": (*IGNORING, *APP),
    "a shell that waits": (SH, "-c", '"$@"; exit $?', "sh", *APP),
    "nohup": (*IGNORING, "sh", "-c", f"nohup sh -c '{TTY}' sh \"$@\" >/dev/null 2>&1", "sh", *APP),
    "setsid": (*IGNORING, "setsid", "--wait", *APP),
    "two parents": (*IGNORING, *IGNORING, *APP),
    "make": (SH, "-c", MAKE, "sh", *APP),
    "script": (SH, "-c", 'exec script -qec "$*" /dev/null', "sh", *APP),
    "script that was not told": (*IGNORING, "sh", "-c", 'exec script -qec "$*" /dev/null', "sh", *APP),
}


def needs(way: str) -> pytest.MarkDecorator:
    """The program that somebody is started by may not be there."""
    program = way.split(maxsplit=1)[0]
    there = program not in {"nohup", "setsid", "make", "script"} or shutil.which(program)
    return pytest.mark.skipif(not there, reason=f"needs {program}")


def opened(office: Office, way: tuple[str, ...]) -> Terminal:
    """Open the app as others do that start it, and write half a reply."""
    terminal = office.open(program=way)
    messenger = Messenger(terminal)
    terminal.wait_for("Overview", "Sender One")
    terminal.press("j", "enter")
    messenger.wait_for_row("Abby Stone")
    messenger.open_box()
    messenger.write("Your polling place is")
    return terminal


def running(office: Office) -> list[int]:
    """The processes that have the office's database on their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if str(office.database).encode() in words:
            found.append(int(entry.name))
    return found


def assert_ended(office: Office, terminal: Terminal) -> None:
    """Nobody is left, and nothing is lost."""
    terminal.wait_exit()
    terminal.wait_until_so(lambda: not running(office), "the end of all processes")
    assert list(office.folder.rglob("*.log")) == []
    assert stored_draft(office) == "Your polling place is"
    assert presences(office) == 0


def presences(office: Office) -> int:
    """How many are said to be at work."""
    conn = sqlite3.connect(office.database)
    try:
        return int(conn.execute("SELECT COUNT(*) FROM presence").fetchone()[0])
    finally:
        conn.close()


@pytest.mark.parametrize("way", [pytest.param(each, marks=needs(each)) for each in WAYS])
def test_it_ends_and_keeps_the_draft_under(spring: Office, way: str) -> None:
    terminal = opened(spring, WAYS[way])
    terminal.close()
    assert_ended(spring, terminal)


def test_it_ends_where_only_reading_says_that_the_terminal_is_gone(spring: Office) -> None:
    """No signal comes, and writing goes on: input is another terminal than output."""
    master, slave = pty.openpty()
    terminal = spring.open(program=(SH, "-c", f'exec "$@" <{os.ttyname(slave)}', "sh", *APP))
    terminal.wait_for("Overview", "Sender One")
    os.close(slave)
    os.close(master)
    terminal.wait_exit()
    assert presences(spring) == 0


def test_told_to_end_it_does_though_its_terminal_takes_nothing_any_more(spring: Office) -> None:
    terminal = half_written(spring).terminal
    terminal.send(b"x" * 4000)
    terminal.let_it_fill()
    terminal.kill_unread(signal.SIGTERM)
    assert terminal.leftovers() == []
    assert (stored_draft(spring) or "").startswith("Your polling place isx")
    assert presences(spring) == 0


def test_ctrl_d_is_a_key_where_the_terminal_answers(spring: Office) -> None:
    terminal = open_messenger(spring, "Sender One").terminal
    mark = terminal.mark
    terminal.press("ctrl+d")
    terminal.wait_until(lambda: b"\x1b[c" in terminal.since(mark), "the question who is there")
    terminal.press("g", "G")
    assert terminal.status is None

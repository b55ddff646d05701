"""While another process keeps the database locked the app says so, and loses nothing (docs/rules.md 3.11)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.conftest import Office
from tests.e2e.drafts import stored_draft
from tests.e2e.messenger import open_messenger
from tests.e2e.terminal import PATIENCE

APP = (sys.executable, "-m", "thrumsg_tui")
WAITING = "Waiting for the database: another change is being written."

LOCKS = (
    "import sqlite3, sys\n"
    "conn = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
    "conn.execute('BEGIN IMMEDIATE')\n"
    "print('locked', flush=True)\n"
    "sys.stdin.read()\n"
)


class Locker:
    """Another process that keeps the database locked until it is released."""

    def __init__(self, path: Path) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([sys.executable, "-c", LOCKS, path], stdin=pipe, stdout=pipe)
        assert self._process.stdout
        assert self._process.stdout.readline() == b"locked\n"

    def release(self) -> None:
        """Let others write."""
        self._process.communicate(timeout=PATIENCE)


@contextmanager
def locked(office: Office) -> Iterator[Locker]:
    """Keep the database locked."""
    locker = Locker(office.database)
    try:
        yield locker
    finally:
        if locker._process.poll() is None:
            locker.release()


def test_what_is_done_waits_in_words_and_is_done(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    messenger.wait_for_row("Abby Stone")
    messenger.terminal.press("e")
    with locked(spring) as other:
        messenger.terminal.send(b"1")
        messenger.terminal.wait_for(WAITING)
        other.release()
        messenger.terminal.wait_for("Answer recorded")
        messenger.terminal.wait_gone(WAITING)
    assert spring.thread("Abby Stone")["answers"] == {"Will you vote?": "Yes"}


def test_typing_goes_on_meanwhile_and_is_kept(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    messenger.open_box()
    messenger.wait_for_conversation("Abby Stone")
    with locked(spring) as other:
        messenger.terminal.send(b"Your polling")
        messenger.terminal.wait_for(WAITING)
        messenger.terminal.send(b" place is")
        messenger.wait_for_box("Your polling place is")
        messenger.terminal.wait_for(WAITING)
        other.release()
        messenger.terminal.wait_gone(WAITING)
        messenger.terminal.wait_until(lambda: stored_draft(spring) == "Your polling place is", "the draft")


def test_what_is_typed_behind_a_message_that_waits_comes_after_it(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    messenger.open_box()
    messenger.wait_for_conversation("Abby Stone")
    messenger.write("Thank you")
    messenger.terminal.wait_until(lambda: stored_draft(spring) == "Thank you", "the draft")
    with locked(spring) as other:
        messenger.terminal.send(b"\r")
        messenger.terminal.wait_for(WAITING)
        messenger.terminal.send(b"Hello Ben")
        other.release()
        messenger.wait_for_conversation("Ben Archer")
        messenger.wait_for_box("Hello Ben")
    assert spring.bodies("Abby Stone")[-1] == "Thank you"


def test_an_app_that_begins_meanwhile_says_so_before_its_first_screen(spring: Office) -> None:
    with locked(spring) as other:
        terminal = spring.open()
        terminal.wait_for(WAITING)
        other.release()
        terminal.wait_for("Overview", "Sender One")


def test_a_command_says_so_to_a_person_and_not_to_a_script(spring: Office) -> None:
    with locked(spring) as other:
        terminal = spring.open("settings", "organization", "Harbor")
        terminal.wait_for(WAITING)
        words = [
            sys.executable,
            "-m",
            "thrumsg_tui",
            "--db",
            str(spring.database),
            "settings",
            "organization",
            "Harbor",
        ]
        pipe = subprocess.PIPE
        script = subprocess.Popen(words, env=spring.environment, stdout=pipe, stderr=pipe, text=True)
        other.release()
        assert terminal.wait_exit() == 0
        assert script.communicate(timeout=PATIENCE)[1] == ""

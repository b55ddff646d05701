"""Three people have the app open while the database goes back to a backup (docs/rules.md 11.4)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import FIRST_PHONE, SENDER_ONE, Office
from tests.e2e.drafts import half_written, stored_draft
from tests.e2e.messenger import Messenger
from tests.e2e.terminal import Terminal

STOPPED = "Ben Archer"
"""Wrote STOP after the backup."""


def run(office: Office, *words: object) -> str:
    """Run a command in a process of its own, since closing a file here would drop the locks of the test."""
    ran = subprocess.run(
        [sys.executable, "-m", "thrumsg_tui", "--db", str(office.database), *map(str, words)],
        env=office.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def opened(office: Office) -> tuple[Messenger, Terminal, Terminal]:
    """The messenger with half a reply to Abby Stone, the history, and the overview."""
    overview, history = office.open(), office.open()  # an app opens where the last one was
    for terminal in (overview, history):
        terminal.wait_for("Overview", "Sender One")
    messenger = half_written(office)
    messenger.terminal.wait_until(lambda: stored_draft(office) is not None, "the draft in the database")
    history.press("H")
    history.wait_for("History")
    return messenger, history, overview


@pytest.fixture
def backup(spring: Office) -> Path:
    """A backup, after which a reply was sent and somebody wrote STOP."""
    run(spring, "backup", spring.folder / "backup.db")
    ids = spring.ids()
    spring.run("send", ids["Cora Diaz"], "--body", "After the backup")
    number = FIRST_PHONE + SENDER_ONE.index(STOPPED)
    spring.run("receive", "--from", number, "--body", "STOP")
    return spring.folder / "backup.db"


def assert_all_went_back(office: Office, *terminals: Terminal) -> None:
    """Each app says so, and shows and does what is in the backup."""
    for terminal in terminals:
        terminal.wait_for("went back to a backup")
    assert "After the backup" not in office.bodies("Cora Diaz")
    assert run(office, "doctor").splitlines()[1:] == ["All is well."]
    for terminal in terminals:
        terminal.press("q", "q")
        assert terminal.wait_exit() == 0
        assert b"Traceback" not in terminal.written
    assert list(office.folder.rglob("*.log")) == []


def test_three_apps_go_on_with_the_backup(spring: Office, backup: Path) -> None:
    messenger, history, overview = opened(spring)
    before = {name: spring.bodies(name) for name in ("Abby Stone", "Dan Evans")}
    said = run(spring, "restore", backup)
    assert "1 number opted out since then and stays opted out." in said
    assert {name: spring.bodies(name) for name in before} == before
    assert spring.thread(STOPPED)["opted_out"]
    assert_all_went_back(spring, messenger.terminal, history, overview)


def test_three_apps_go_on_where_the_file_was_damaged_beyond_opening(spring: Office, backup: Path) -> None:
    messenger, history, overview = opened(spring)
    zeros = "import sys; open(sys.argv[1], 'r+b').write(bytes(4096))"
    subprocess.run([sys.executable, "-c", zeros, str(spring.database)], check=True)
    said = run(spring, "restore", backup)
    assert "The database from before is damaged" in said
    assert_all_went_back(spring, messenger.terminal, history, overview)
    run(spring, "user", "list")


def test_a_reply_that_was_half_written_is_there_afterwards(spring: Office, backup: Path) -> None:
    messenger, _, _ = opened(spring)
    run(spring, "restore", backup)
    messenger.terminal.wait_for("went back to a backup")
    assert stored_draft(spring) == "Your polling place is"
    messenger.terminal.press("q", "q")
    assert messenger.terminal.wait_exit() == 0
    assert stored_draft(spring) == "Your polling place is"

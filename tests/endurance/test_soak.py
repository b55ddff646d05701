"""A short form of `make soak`; tests/endurance/soak.py runs for as long as one likes (docs/rules.md 2.6, 4.7, 8.3)."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.damaging import own_environment
from tests.endurance.ledger import missing, problems
from tests.endurance.office import Office, phone
from tests.store.processes import ROOT
from thrumsg_tui.store.database import Database

PEOPLE = 20


def test_many_who_work_at_once_see_no_error_and_lose_nothing() -> None:
    words = ("--minutes", "0.2", "--sessions", "3", "--writers", "2", "--people", "60", "--pace", "0.3")
    command = [sys.executable, "-W", "error", "-m", "tests.endurance.soak", *words]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr
    keys = re.search(r"^(\d+) keys: ", ran.stdout, re.MULTILINE)
    assert keys
    assert int(keys[1]) > 20, ran.stdout


@pytest.fixture
def office(tmp_path: Path) -> Office:
    with own_environment(tmp_path):
        return Office(tmp_path, admins=1, senders=2, watchers=1, people=PEOPLE, seed=1)


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        ("UPDATE assignment SET assigned = assigned + 1 WHERE id = 2", "are assigned, and there are"),
        ("UPDATE conversation SET assignment_id = 1 WHERE id = 1", "by the journal by"),
        ("UPDATE conversation SET status = 'answered' WHERE id = 20", "doctor: "),
        (
            "UPDATE event_conversation SET from_assignment_id = to_assignment_id WHERE conversation_id = 1",
            "moved conversation 1 from somebody else",
        ),
    ],
)
def test_the_ledger_sees_what_does_not_hold(office: Office, statement: str, seen: str) -> None:
    assert problems(office.database) == []
    db = Database(office.database)
    with db.writing() as tx:
        tx.conn.execute(statement)
    db.close()
    assert any(seen in problem for problem in problems(office.database))


def test_the_ledger_misses_what_was_acknowledged_and_is_not_there(office: Office) -> None:
    office.do("receive", "--from", phone(0), "--body", "once")
    for _ in range(2):
        office.do("receive", "--from", phone(0), "--body", "twice")
    assert missing(office.database, ["once"], PEOPLE + 1) == []
    assert missing(office.database, ["once", "twice", "never"], PEOPLE) == [
        "'twice' is acknowledged, and stored 2 times",
        "'never' is acknowledged, and stored 0 times",
        f"{PEOPLE} contacts were imported, and there are {PEOPLE + 1} conversations",
    ]

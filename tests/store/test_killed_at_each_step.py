"""A backup or a restore that is killed at any of its steps has happened whole or not at all (docs/rules.md 11.4)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.arranging import number, take_in
from tests.store.processes import ROOT
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.backup import backup
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.database import Database

pytestmark = pytest.mark.only_sqlite("a backup is a copy of a file")

FEW, MANY = 20, 60


@pytest.fixture
def folder(db: Database, owner: Identity, spring: Campaign, tmp_path: Path) -> Path:
    """A backup, and the database as it was later, when a number had opted out."""
    made = tmp_path / "made"
    made.mkdir()
    take_in(db, owner, "Spring", [f"P{nth}" for nth in range(FEW)], first=40)
    backup(db, made / "backup.db")
    take_in(db, owner, "Spring", [f"P{nth}" for nth in range(MANY)], first=40)
    opt_out_number(db, owner, number(40))
    backup(db, made / "before.db")
    return made


@pytest.mark.parametrize(("action", "states"), [("backup", {FEW, MANY}), ("restore", {FEW, MANY})])
def test_it_is_all_or_nothing(folder: Path, action: str, states: set[int]) -> None:
    found = killed_at_each_step(folder, action)
    assert set(found) == states
    assert found == sorted(found, reverse=action == "restore"), "from the old to the new, once"


def test_a_database_that_cannot_be_opened_is_restored_or_can_be(folder: Path) -> None:
    found = killed_at_each_step(folder, "restore-damaged")
    assert set(found) == {-1, FEW}
    assert found == sorted(found)


def killed_at_each_step(folder: Path, action: str) -> list[int]:
    """Return what was found after each kill, the last one after none."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.store.killed_at", action, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr
    steps = [tuple(map(int, line.split())) for line in ran.stdout.splitlines()]
    assert [at for at, _ in steps] == list(range(1, len(steps) + 1))
    assert len(steps) > 10
    return [state for _, state in steps]

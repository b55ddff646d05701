"""A move that is killed at any of its steps leaves one database that can be used, and can be finished (13.2)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres_server import shared_cluster
from tests.store.arranging import take_in
from tests.store.processes import ROOT
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.backup import backup
from thrumsg_tui.store.database import Database

pytestmark = pytest.mark.only_sqlite("it begins with a file, and moves it to a server itself")


@pytest.fixture
def folder(db: Database, owner: Identity, spring: Campaign, tmp_path: Path) -> Path:
    """A database to move."""
    made = tmp_path / "made"
    made.mkdir()
    take_in(db, owner, spring.name, [f"P{nth}" for nth in range(20)], first=40)
    backup(db, made / "before.db")
    return made


def killed_at_each_step(folder: Path, *kinds: str, steps: str, server: str = "") -> list[tuple[str, str]]:
    """Return how source and target stood after each kill, the last one after none."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.store.killed_database_move", str(folder), *kinds, server, steps],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr
    return [(line.split()[1], line.split()[2]) for line in ran.stdout.splitlines()]


USABLE, BETWEEN, MOVED = ("usable", "closed"), ("closed", "closed"), ("closed", "usable")


def judge(found: list[tuple[str, str]]) -> None:
    """The old database, then none for a moment, then the new one."""
    assert set(found) == {USABLE, BETWEEN, MOVED}
    assert found == sorted(found, key=[USABLE, BETWEEN, MOVED].index)
    assert found.count(BETWEEN) < 4


def test_between_files(folder: Path) -> None:
    found = killed_at_each_step(folder, "file", "file", steps="all")
    assert len(found) > 20
    judge(found)


@pytest.mark.parametrize("kinds", [("file", "server"), ("server", "file")])
def test_with_a_server(folder: Path, kinds: tuple[str, str]) -> None:
    found = killed_at_each_step(folder, *kinds, steps="commits", server=shared_cluster().address("NAME"))
    assert len(found) > 7
    judge(found)

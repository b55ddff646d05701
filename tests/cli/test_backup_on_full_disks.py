"""Backup and restore where the disk becomes full at any point (docs/rules.md 11.4, 11.5)."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import ANN, Shell
from tests.full_disk import SmallDisk, small_disk

pytestmark = pytest.mark.only_sqlite("the database lies on a disk of its own")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", "8m") as disk:
        yield disk


def content(path: Path) -> list[str]:
    """Everything in a database, read from a copy."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
        return list(conn.iterdump())


@pytest.fixture
def later(spring: Shell, tmp_path: Path) -> Path:
    """An older backup, `old.db`, and the database as it is now, `now.db`."""
    spring.done("backup", tmp_path / "old.db")
    spring.done("send", 1)
    spring.done("opt-out", ANN)
    spring.done("backup", tmp_path / "now.db")
    return tmp_path


def frees(database: Path) -> Iterator[int]:
    """So many bytes free, from none to enough for everything."""
    size = database.stat().st_size
    return iter(range(0, 7 * size, size // 3))


def test_a_restore_happens_whole_or_not_at_all(spring: Shell, disk: SmallDisk, later: Path) -> None:
    codes, folder = set(), disk.folder
    before, wanted = content(later / "now.db"), content(later / "old.db")
    for free in frees(later / "now.db"):
        for each in folder.iterdir():
            each.unlink()
        shutil.copyfile(later / "now.db", folder / "live.db")
        disk.fill(free=free)
        ran = spring.run("--db", folder / "live.db", "restore", later / "old.db")
        codes.add(ran.code)
        assert ran.code in {0, 1, 3}, ran
        disk.empty()
        left = sorted(each.name for each in folder.iterdir() if not each.name.startswith("live.db"))
        if ran.code:
            assert ran.err.count("\n") == 1
            assert "full" in ran.err or "No space" in ran.err or "no room" in ran.err, ran.err
            assert content(folder / "live.db") == before
            assert left == []
        else:
            assert len(left) == 1
            assert content(folder / left[0]) == before
            assert spring.json("--db", folder / "live.db", "overview", "Spring")["sent"] == 0
            assert spring.json("--db", folder / "live.db", "doctor")["healthy"]
    assert 0 in codes
    assert len(codes) > 1
    assert content(later / "old.db") == wanted


def test_a_backup_that_finds_no_room_keeps_the_older_one(spring: Shell, disk: SmallDisk, later: Path) -> None:
    old = (later / "old.db").read_bytes()
    codes, folder = set(), disk.folder
    for free in frees(later / "now.db"):
        for each in folder.iterdir():
            each.unlink()
        shutil.copyfile(later / "old.db", folder / "backup.db")
        disk.fill(free=free)
        ran = spring.run("--db", later / "now.db", "backup", folder / "backup.db")
        codes.add(ran.code)
        disk.empty()
        assert [each.name for each in folder.iterdir()] == ["backup.db"]
        assert ran.code in {0, 1}, ran
        if ran.code:
            assert (folder / "backup.db").read_bytes() == old
        else:
            assert spring.json("doctor", "--file", folder / "backup.db")["opted_out"] == 1
    assert codes == {0, 1}

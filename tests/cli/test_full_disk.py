"""A disk that becomes full in the middle of something, or takes no writes (docs/rules.md 11.5)."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.cli.in_steps import pacing
from tests.full_disk import SmallDisk, small_disk
from thrumsg_tui.cli.main import main

pytestmark = pytest.mark.only_sqlite("what a server does is in test_full_disk_of_server.py")

ROWS = 3000

CHANGES: dict[str, tuple[object, ...]] = {
    "send": ("send", 1),
    "send-all": ("send-all", "Spring", "--unassigned"),
    "import": ("import", "contacts", "{folder}/many.csv", "--campaign", "Spring"),
    "reassign": ("reassign", "Spring", "--from-unassigned", "--to", "kim", "--to", "lee"),
    "export": ("export", "conversations", "--out", "{disk}/out.csv"),
    "backup": ("backup", "{disk}/backup.db"),
    "campaign": ("campaign", "create", "Autumn", "--initial", "Hi"),
}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", "8m") as disk:
        yield disk


@pytest.fixture
def on_disk(spring: Shell, disk: SmallDisk, tmp_path: Path) -> Shell:
    """A database on that disk with 500 contacts, and a file with thousands more."""
    for name, first, count in (("some.csv", 2_000_000, 500), ("many.csv", 3_000_000, ROWS)):
        rows = "\n".join(f"Ann{nth},415{first + nth:07d},School number {nth}" for nth in range(count))
        (tmp_path / name).write_text(f"first,phone,polling place\n{rows}\n")
    spring.done("import", "contacts", tmp_path / "some.csv", "--campaign", "Spring")
    shutil.copy(spring.database, disk.folder / "thrumsg.db")
    return spring


@pytest.mark.parametrize("free", [40, 300], ids="{} KiB free".format)
@pytest.mark.parametrize("change", CHANGES)
def test_a_disk_that_becomes_full_is_called_full_and_loses_nothing(
    on_disk: Shell, disk: SmallDisk, tmp_path: Path, change: str, free: int
) -> None:
    database = disk.folder / "thrumsg.db"
    before = on_disk.json("--db", database, "campaign", "list")
    words = [str(word).format(folder=tmp_path, disk=disk.folder) for word in CHANGES[change]]
    disk.fill(free=free * 1024)
    ran = on_disk.run("--db", database, *words)
    left = [each.name for each in disk.folder.iterdir() if each.name not in {"thrumsg.db", "ballast"}]
    disk.empty()
    if ran.code:
        assert ran.err.count("\n") == 1, ran
        assert "is full" in ran.err or "no room" in ran.err.lower() or "No space" in ran.err, ran
        assert not [name for name in left if not name.startswith("thrumsg.db")], left
        assert change in {"send-all", "reassign"} or on_disk.json("--db", database, "campaign", "list") == before
    assert ran.code in {0, 1, 3}, ran
    assert on_disk.done("--db", database, "doctor").splitlines()[1:] == ["All is well."]
    again = on_disk.run("--db", database, *words)
    assert again.code == 0 or (change in {"send", "campaign", "send-all"} and ran.code == 0), again


def test_what_was_sent_before_the_disk_became_full_is_said(on_disk: Shell, disk: SmallDisk) -> None:
    database = disk.folder / "thrumsg.db"
    disk.fill(free=300 * 1024)
    ran = on_disk.run("--db", database, "send-all", "Spring", "--unassigned")
    disk.empty()
    with closing(sqlite3.connect(database)) as conn:
        (sent,) = conn.execute("SELECT COUNT(*) FROM message").fetchone()
    assert 0 < sent < 503
    assert ran.code == 3
    assert "is full. Nothing was changed" in ran.err
    assert ran.err.endswith(f" Before that, {sent} messages were sent; Send All again sends the rest.\n")
    again = on_disk.json("--db", database, "send-all", "Spring", "--unassigned")
    assert again["sent"] == 503 - sent


def test_what_was_moved_before_the_disk_became_full_is_said_in_the_same_sentence(
    on_disk: Shell, disk: SmallDisk, capsys: pytest.CaptureFixture[str]
) -> None:
    database = disk.folder / "thrumsg.db"
    words = ["--db", str(database), "reassign", "Spring", "--from-unassigned", "--to", "kim"]
    disk.fill(free=300 * 1024)
    capsys.readouterr()
    assert main(words, pacing=pacing(above=100, step=10, stalled_after=0)) == 3
    err = capsys.readouterr().err
    disk.empty()
    assert err.count("\n") == 1
    told = re.search(r"is full\. Nothing was changed.* Before that, (\d+) of 503 were moved; the next thrumsg", err)
    assert told, err
    with closing(sqlite3.connect(database)) as conn:
        (moved,) = conn.execute("SELECT COUNT(*) FROM conversation WHERE assignment_id <> 1").fetchone()
    assert 0 < moved == int(told[1]) < 503
    on_disk.done("--db", database, "campaign", "list")
    assert on_disk.json("--db", database, "overview", "Spring")["senders"][1]["assigned"] == 503


@pytest.mark.parametrize("words", [("campaign", "list"), ("send", 1), ("doctor",), ("export", "messages")])
def test_a_disk_that_takes_no_writes_is_explained(on_disk: Shell, disk: SmallDisk, words: tuple[object, ...]) -> None:
    database = disk.folder / "thrumsg.db"
    with disk.read_only():
        ran = on_disk.run("--db", database, *words)
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1), ran
    assert "mounted read-only" in ran.err
    assert on_disk.run("--db", database, *words).code == 0

"""`thrumsg doctor --file`: whether a backup is good, without changing it (docs/rules.md 11.4)."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import ANN, Shell
from tests.store.formats import make_format

pytestmark = pytest.mark.only_sqlite("what a server does is in test_backup_of_server.py")


@pytest.fixture
def saved(spring: Shell, tmp_path: Path) -> Path:
    """A backup of the campaign, in a folder of its own."""
    spring.done("send", 1)
    spring.done("opt-out", ANN)
    (tmp_path / "backups").mkdir()
    spring.done("backup", tmp_path / "backups" / "spring.db")
    return tmp_path / "backups" / "spring.db"


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_it_says_what_is_in_it_and_changes_nothing(spring: Shell, saved: Path) -> None:
    before = files(saved.parent)
    said = spring.done("doctor", "--file", saved)
    assert said.startswith(f"{saved} is a whole backup, as of ")
    assert said.endswith(": 1 campaign, 3 contacts, 1 message, 1 opt-out.\n")
    found = spring.json("doctor", "--file", saved)
    assert (found["healthy"], found["problems"], found["practice"]) == (True, [], False)
    assert [found[key] for key in ("campaigns", "contacts", "messages", "opted_out")] == [1, 3, 1, 1]
    assert files(saved.parent) == before


def test_it_needs_no_database_and_no_user(spring: Shell, saved: Path) -> None:
    spring.database.unlink()
    spring.log_in("mallory")
    spring.done("doctor", "--file", saved)
    assert not spring.database.exists()


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_it_works_where_nothing_can_be_written(spring: Shell, saved: Path) -> None:
    saved.parent.chmod(0o500)
    try:
        spring.done("doctor", "--file", saved)
    finally:
        saved.parent.chmod(0o700)


def test_it_works_where_no_name_for_a_copy_beside_it_is_left(spring: Shell, saved: Path) -> None:
    long = saved.rename(saved.with_name("b" * 244 + ".db"))
    before = files(saved.parent)
    spring.done("doctor", "--file", long)
    assert files(saved.parent) == before


def test_a_damaged_one_is_3(spring: Shell, saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[4096 * 3 : 4096 * 9] = bytes(4096 * 6)
    saved.write_bytes(content)
    before = files(saved.parent)
    ran = spring.run("doctor", "--file", saved)
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert f"{saved} is damaged" in ran.err
    assert files(saved.parent) == before


def test_wrong_figures_are_1_and_named(spring: Shell, saved: Path) -> None:
    with closing(sqlite3.connect(saved)) as conn, conn:
        conn.execute("UPDATE assignment SET sent = sent + 1 WHERE user_id IS NULL")
    ran = spring.run("doctor", "--file", saved)
    assert (ran.code, ran.err) == (
        1,
        "thrumsg: 1 wrong figure; they can be computed again: `thrumsg doctor --repair` after a restore.\n",
    )
    assert "Unassigned" in ran.out
    assert " is a whole backup" in ran.out


def test_one_with_its_log_is_checked_with_it(spring: Shell, saved: Path, tmp_path: Path) -> None:
    """As `cp thrumsg.db*` leaves it; the newest messages are in the log alone."""
    copied = tmp_path / "backups" / "copied.db"
    with closing(sqlite3.connect(spring.database)) as conn:
        conn.execute("SELECT COUNT(*) FROM message").fetchall()
        spring.done("send", 2)
        for ending in ("", "-wal"):
            shutil.copyfile(f"{spring.database}{ending}", f"{copied}{ending}")
    before = files(saved.parent)
    assert spring.json("doctor", "--file", copied)["messages"] == 2
    assert files(saved.parent) == before
    Path(f"{copied}-wal").unlink()
    assert spring.json("doctor", "--file", copied)["messages"] == 1


def test_one_of_an_older_version_is_checked_in_the_present_format(spring: Shell, tmp_path: Path) -> None:
    make_format(tmp_path / "old.db", 2)
    before = (tmp_path / "old.db").read_bytes()
    spring.done("doctor", "--file", tmp_path / "old.db")
    assert (tmp_path / "old.db").read_bytes() == before


def test_what_is_none_is_refused_untouched(spring: Shell, saved: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter"
    letter.write_text("Dear Ann")
    assert "is not a thrumsg database" in spring.refused("doctor", "--file", letter)
    assert "There is no file" in spring.refused("doctor", "--file", tmp_path / "none.db")
    assert "is a folder" in spring.refused("doctor", "--file", tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "is a device or a pipe" in spring.refused("doctor", "--file", tmp_path / "pipe")
    assert letter.read_text() == "Dear Ann"
    with closing(sqlite3.connect(saved)) as conn:
        conn.execute("PRAGMA user_version = 99")
    ran = spring.run("doctor", "--file", saved)
    assert ran.code == 3
    assert f"{saved} was written by a newer thrumsg" in ran.err


def test_it_is_for_people_with_a_login_here_and_repairs_nothing(spring: Shell, saved: Path) -> None:
    assert "for people with a login here" in spring.refused("--forced-login", "root", "doctor", "--file", saved)
    assert spring.run("doctor", "--file", saved, "--repair").code == 2

"""A backup is looked through before it takes the place of an older one (docs/rules.md 11.4)."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from tests.store.arranging import take_in
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.errors import DatabaseDamaged, DatabaseUnusable, Refused
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.backup import backup
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine

PAGE = 4096

pytestmark = pytest.mark.only_sqlite("a backup is a copy of a file")


@pytest.fixture
def worked(db: Database, owner: Identity, spring: Campaign) -> Database:
    """A database of a hundred contacts, some of them texted, that nobody has open."""
    people = take_in(db, owner, "Spring", [f"Person{nth} Lopez" for nth in range(100)])
    for each in people[:30]:
        send(db, owner, each)
    db.close()
    return db


def zeroed(content: bytearray, random: Random) -> None:
    page = random.randrange(1, len(content) // PAGE)
    content[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)


def flipped(content: bytearray, random: Random) -> None:
    for _ in range(60):
        content[random.randrange(PAGE, len(content))] ^= 1 << random.randrange(8)


def cut(content: bytearray, random: Random) -> None:
    del content[random.randrange(PAGE, len(content) - PAGE) :]


def not_utf_8(content: bytearray, random: Random) -> None:
    names = [place for place in range(len(content)) if content.startswith(b"Lopez", place)]
    content[random.choice(names)] = 0xFF


def no_such_word(content: bytearray, _: Random) -> None:
    place = content.rindex(b"queued")
    content[place : place + 6] = b"queuet"


@pytest.mark.parametrize("harm", [zeroed, flipped, cut, not_utf_8, no_such_word])
@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_copy_never_takes_the_place_of_a_good_one(
    worked: Database, tmp_path: Path, harm: Callable[[bytearray, Random], None], seed: int
) -> None:
    target = tmp_path / "backup.db"
    backup(worked, target)
    worked.close()
    good = target.read_bytes()
    content = bytearray(worked.path.read_bytes())
    harm(content, Random(seed))
    worked.path.write_bytes(content)
    refused = pytest.raises(DatabaseUnusable, match="damaged") if harm is not flipped else suppress(DatabaseUnusable)
    with refused:
        backup(Database(worked.path), target)
    if harm is not flipped:
        assert target.read_bytes() == good
    copy = Database(target)  # a flipped bit may have met nothing that counts
    assert [each for each in examine(copy) if each.damage] == []
    copy.close()
    assert not list(tmp_path.glob(".*"))


def test_an_older_backup_that_stays_is_named(worked: Database, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    backup(worked, target)
    worked.close()
    content = bytearray(worked.path.read_bytes())
    not_utf_8(content, Random(1))
    worked.path.write_bytes(content)
    with pytest.raises(DatabaseDamaged, match=f"No backup was made. {target} stays as it was."):
        backup(worked, target)


def test_a_wrong_count_forbids_no_backup_and_is_told(worked: Database, tmp_path: Path) -> None:
    with worked.writing() as tx:
        tx.conn.execute("UPDATE assignment SET sent = sent + 1 WHERE user_id IS NULL")
    assert backup(worked, tmp_path / "backup.db") == 1


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_backup_is_its_maker_s_only_and_a_replaced_one_keeps_its_mode(worked: Database, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    backup(worked, target)
    assert mode(target) == 0o600
    target.chmod(0o640)
    backup(worked, target)
    assert mode(target) == 0o640


def test_no_name_leads_a_backup_onto_the_database_itself(worked: Database, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(worked.path)
    os.link(worked.path, tmp_path / "hard.db")
    (tmp_path / "log.db").symlink_to(f"{worked.path}-wal")
    (tmp_path / "round.db").symlink_to("round.db")
    before = worked.path.read_bytes()
    for name in ("link.db", "hard.db", "log.db", "round.db", "x" * 300):
        with pytest.raises(Refused):
            backup(worked, tmp_path / name)
    worked.close()
    assert worked.path.read_bytes() == before


WRITER = """
import os, sqlite3, sys

conn = sqlite3.connect(sys.argv[1])
conn.execute("INSERT INTO setting (key, value) VALUES ('x', '1')")
conn.commit()
print("written", flush=True)
sys.stdin.read()
os._exit(9)
"""


def test_a_log_that_a_killed_process_left_beside_an_older_backup_is_in_nobody_s_way(
    worked: Database, tmp_path: Path
) -> None:
    """The new backup must not get that log either: SQLite would take it for its own."""
    target = tmp_path / "backup.db"
    backup(worked, target)
    db = Database(target)
    db.close()
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(target)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "written\n"
        good = target.read_bytes()
        with pytest.raises(Refused, match=r"is in use as a database .*: close it, or name another file"):
            backup(worked, target)
        assert target.read_bytes() == good
        assert Path(f"{target}-wal").exists()
        writer.kill()
    assert Path(f"{target}-wal").exists()
    backup(worked, target)
    assert [path.name for path in tmp_path.glob("backup.db*")] == ["backup.db"]
    copy = Database(target)
    assert examine(copy) == []
    with copy.reading() as conn:
        assert conn.execute("SELECT COUNT(*) FROM setting WHERE key = 'x'").fetchone()[0] == 0
    copy.close()


def test_a_backup_through_a_link_replaces_what_the_link_points_at(worked: Database, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "backup.db").symlink_to(tmp_path / "elsewhere" / "backup.db")
    backup(worked, tmp_path / "backup.db")
    assert (tmp_path / "backup.db").is_symlink()
    assert (tmp_path / "elsewhere" / "backup.db").is_file()

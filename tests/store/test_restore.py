"""Going back to a backup (docs/rules.md 11.4)."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.store.arranging import sentence_of, take_in
from tests.store.formats import make_format
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import DatabaseBusy, DatabaseUnusable, NotPermitted, Refused
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.opened_points import EVERYTHING
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store import restore as restoring
from thrumsg_tui.store.backup import backup
from thrumsg_tui.store.changes.campaigns import create_campaign, edit_campaign
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.presence import show_presence
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.settings import store_setting
from thrumsg_tui.store.changes.users import make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.engines import waits
from thrumsg_tui.store.queries.campaigns import campaigns
from thrumsg_tui.store.queries.history import history
from thrumsg_tui.store.queries.settings import PRACTICE
from thrumsg_tui.store.restore import Restored, openable, restore
from thrumsg_tui.store.since_backup import Since

pytestmark = pytest.mark.only_sqlite("a backup is a copy of a file")

ANN = ConversationId(1)
SINCE = 3
"""Messages once Bea was texted, and Ann was and is told that she is opted out."""


@pytest.fixture
def saved(db: Database, owner: Identity, spring: Campaign, clock: Clock, tmp_path: Path) -> Path:
    """A backup with one message that is queued; since then Bea was texted too, and Ann opted out."""
    take_in(db, owner, "Spring", ["Ann Otieno", "Bea Lind"])
    send(db, owner, ANN)
    show_presence(db, "somebody", owner.user.id, spring.id, ANN)
    backup(db, tmp_path / "backup.db")
    clock.now += timedelta(hours=1)
    send(db, owner, ConversationId(2))
    with db.reading() as conn:
        phone = conn.execute("SELECT phone FROM contact WHERE id = 1").fetchone()["phone"]
    opt_out_number(db, owner, phone)
    return tmp_path / "backup.db"


def go_back(db: Database, to: Path, owner: Identity | None) -> Restored:
    return restore(db.path, to, "ana", who=owner, clock=db.clock)


def states(db: Database) -> list[str]:
    with db.reading() as conn:
        return [row["state"] for row in conn.execute("SELECT state FROM message ORDER BY id")]


def content(path: Path) -> list[str]:
    conn = sqlite3.connect(path)
    try:
        return list(conn.iterdump())
    finally:
        conn.close()


def test_all_is_as_it_was_and_the_present_is_kept(db: Database, owner: Identity, saved: Path) -> None:
    before, of_the_backup = content(db.path), content(saved)
    done = go_back(db, saved, owner)
    assert done.kept is not None
    assert done.kept.name == f"thrumsg-before-restore-{db.clock():%Y%m%dT%H%M%SZ}.db"
    assert stat.S_IMODE(done.kept.stat().st_mode) == 0o600
    assert content(done.kept) == before
    assert content(saved) == of_the_backup
    assert (done.since, done.in_doubt, done.opted_out) == (Since(sent=2, received=0), 1, 1)
    assert len(states(db)) == 1
    assert examine(db) == []
    assert not list(db.path.parent.glob(".*"))
    go_back(db, done.kept, owner)
    assert len(states(db)) == len([line for line in before if 'INTO "message"' in line])


def test_what_was_on_its_way_is_in_doubt_and_nobody_is_online(db: Database, owner: Identity, saved: Path) -> None:
    go_back(db, saved, owner)
    assert states(db) == ["in_doubt"]
    with db.reading() as conn:
        assert conn.execute("SELECT COUNT(*) FROM presence").fetchone()[0] == 0


def test_what_was_held_is_in_doubt_once_its_time_has_passed(
    db: Database, owner: Identity, spring: Campaign, clock: Clock, tmp_path: Path
) -> None:
    opens = (clock.now.hour + 2) % 22 * 60
    create_campaign(db, owner, Setup("Later", "Hi", hours=DailyHours("UTC", opens, opens + 60)))
    take_in(db, owner, "Later", ["Ann Otieno"])
    send(db, owner, ANN)
    assert states(db) == ["unsent"]
    backup(db, tmp_path / "backup.db")
    go_back(db, tmp_path / "backup.db", owner)
    assert states(db) == ["unsent"]
    clock.now += timedelta(days=2)
    go_back(db, tmp_path / "backup.db", owner)
    assert states(db) == ["in_doubt"]


def test_what_was_scheduled_for_later_is_in_doubt_if_it_left_since(
    db: Database, owner: Identity, spring: Campaign, clock: Clock, tmp_path: Path
) -> None:
    opens = (clock.now.hour + 2) % 22 * 60
    later = create_campaign(db, owner, Setup("Later", "Hi", hours=DailyHours("UTC", opens, opens + 60)))
    take_in(db, owner, "Later", ["Ann Otieno"])
    send(db, owner, ANN)
    backup(db, tmp_path / "backup.db")
    edit_campaign(db, owner, later.id, replace(later.setup, hours=DailyHours("UTC", 0, 1440)), confirmed=EVERYTHING)
    let_due(db)
    assert states(db) == ["queued"]
    done = go_back(db, tmp_path / "backup.db", owner)
    assert (states(db), done.in_doubt) == (["in_doubt"], 1)
    # Where the database is gone, nobody knows what left.
    db.close()
    db.path.unlink()
    done = go_back(db, tmp_path / "backup.db", owner)
    assert (states(db), done.in_doubt) == (["in_doubt"], 1)


def test_the_journal_says_who_went_back_to_what(db: Database, owner: Identity, saved: Path) -> None:
    go_back(db, saved, owner)
    with db.reading() as conn:
        kept, went_back = history(conn)[:2]
    assert (went_back.by, sentence_of(went_back).split(",")[0]) == ("ana", "went back to the backup backup.db")
    assert (kept.by, sentence_of(kept)) == ("ana", "kept 1 number opted out, from after the backup")
    restore(db.path, saved, "stranger", who=None)
    with db.reading() as conn:
        assert sentence_of(history(conn)[1]).endswith("(by stranger)")


def test_whoever_has_it_open_sees_it_at_once(db: Database, owner: Identity, saved: Path) -> None:
    other = Database(db.location)
    before = other.version()
    go_back(db, saved, owner)
    assert other.version() != before
    assert states(other) == ["in_doubt"]
    with other.writing() as tx:
        tx.conn.execute("UPDATE message SET segments = segments")
    other.close()


def test_nothing_is_changed_while_somebody_else_writes(
    db: Database, owner: Identity, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waits, "BUSY_SECONDS", 0.1)
    writer = sqlite3.connect(db.path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy):
        go_back(db, saved, owner)
    writer.execute("COMMIT")
    writer.close()
    assert len(states(db)) == SINCE
    assert not list(db.path.parent.glob("*before-restore*"))


def test_a_sender_may_not(db: Database, kim: Identity, saved: Path) -> None:
    with pytest.raises(NotPermitted):
        go_back(db, saved, kim)


def test_a_backup_that_was_copied_with_its_log_is_whole(
    db: Database, owner: Identity, spring: Campaign, tmp_path: Path
) -> None:
    """As `cp thrumsg.db* elsewhere` leaves it, or a writer that was killed."""
    take_in(db, owner, "Spring", ["Ann Otieno"])
    send(db, owner, ANN)
    copied = tmp_path / "elsewhere.db"
    for end in ("", "-wal"):
        shutil.copyfile(f"{db.path}{end}", f"{copied}{end}")
    with db.writing() as tx:
        tx.conn.execute("DELETE FROM message")
    go_back(db, copied, owner)
    assert states(db) == ["in_doubt"]
    assert Path(f"{copied}-wal").exists(), "the backup itself stays as it was"
    assert not Path(f"{copied}-shm").exists()


def test_an_older_one_is_brought_up_to_date_in_a_copy(db: Database, owner: Identity, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    make_format(old, 1)
    before = old.read_bytes()
    restore(db.path, old, "ana", who=owner)
    assert old.read_bytes() == before
    assert states(db) == []
    assert examine(db) == []


def test_a_newer_one_is_refused(db: Database, owner: Identity, saved: Path) -> None:
    conn = sqlite3.connect(saved)
    conn.execute("PRAGMA user_version = 99")
    conn.close()
    with pytest.raises(DatabaseUnusable, match=r"backup\.db was written by a newer thrumsg"):
        go_back(db, saved, owner)
    assert len(states(db)) == SINCE


def test_practice_and_what_is_real_are_not_mixed_up(db: Database, owner: Identity, saved: Path) -> None:
    practice = Database(saved)
    with practice.writing() as tx:
        store_setting(tx, PRACTICE, "7")
    practice.close()
    with pytest.raises(Refused, match="is a practice database"):
        go_back(db, saved, owner)
    assert len(states(db)) == SINCE


def test_what_is_no_backup_is_refused_untouched(db: Database, owner: Identity, saved: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    (tmp_path / "letter.db").write_text("Dear Ann")
    (tmp_path / "link.db").symlink_to(db.path)
    theirs = sqlite3.connect(tmp_path / "theirs.db")
    theirs.execute("CREATE TABLE recipe (name)")
    theirs.close()
    for name in ("empty.db", "letter.db", "link.db", "theirs.db", "none.db", "."):
        with pytest.raises(Refused):
            go_back(db, tmp_path / name, owner)
    assert (tmp_path / "letter.db").read_text() == "Dear Ann"
    assert (tmp_path / "empty.db").stat().st_size == 0
    assert len(states(db)) == SINCE


def test_a_damaged_one_is_refused(db: Database, owner: Identity, saved: Path) -> None:
    damaged = bytearray(saved.read_bytes())
    place = damaged.rindex(b"Otieno")
    damaged[place] = 0xFF
    saved.write_bytes(damaged)
    with pytest.raises(DatabaseUnusable, match=f"{saved} is damaged"):
        go_back(db, saved, owner)
    assert len(states(db)) == SINCE


@pytest.mark.parametrize("harm", ["header", "first page", "half", "all zeros", "middle"])
def test_it_works_where_the_database_is_damaged(db: Database, saved: Path, harm: str) -> None:
    db.close()
    broken = bytearray(db.path.read_bytes())
    match harm:
        case "header":
            broken[:16] = b"x" * 16
        case "first page":
            broken[:4096] = bytes(4096)
        case "half":
            del broken[len(broken) // 2 + 100 :]
        case "all zeros":
            broken[:] = bytes(len(broken))
        case "middle":
            broken[8192 : 4096 * 20] = b"\x55" * (4096 * 18)
        case _:
            raise ValueError(harm)
    db.path.write_bytes(broken)
    done = restore(db.path, saved, "ana", who=None)
    assert done.kept is not None
    assert done.kept.read_bytes() == broken or harm in {"middle", "half"}
    assert done.kept.stat().st_size >= len(broken)
    again = Database(db.location)
    assert states(again) == ["in_doubt"]
    assert examine(again) == []
    again.close()


def test_whoever_has_a_damaged_one_open_goes_on_with_the_new_one(db: Database, owner: Identity, saved: Path) -> None:
    """It is another file by then; what they wrote into the old one would be lost."""
    other = Database(db.location, clock=db.clock)
    before = other.version()
    assert len(states(other)) == SINCE
    with db.path.open("r+b") as file:
        file.write(bytes(4096))
    db.close()
    inode = db.path.stat().st_ino
    restore(db.path, saved, "ana", who=None, clock=db.clock)
    assert db.path.stat().st_ino != inode
    assert other.version() != before
    assert states(other) == ["in_doubt"]
    with other.writing() as tx:
        tx.conn.execute("UPDATE message SET body = 'Still here'")
    other.close()
    again = Database(db.location)
    with again.reading() as conn:
        assert conn.execute("SELECT body FROM message").fetchone()[0] == "Still here"
    assert examine(again) == []
    again.close()


def test_it_works_where_there_is_no_database_any_more(saved: Path, tmp_path: Path) -> None:
    done = restore(tmp_path / "new.db", saved, "ana", who=None)
    assert done.kept is None
    again = Database(tmp_path / "new.db")
    with again.reading() as conn:
        assert [each.name for each in campaigns(conn)] == ["Spring"]
    again.close()


def test_a_stranger_s_file_is_never_replaced(saved: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ann" * 100)
    with pytest.raises(DatabaseUnusable, match="is not a thrumsg database"):
        openable(letter)
    assert letter.read_text() == "Dear Ann" * 100


def test_a_second_copy_in_the_same_second_has_a_name_of_its_own(db: Database, owner: Identity, saved: Path) -> None:
    first, second = (go_back(db, saved, owner).kept for _ in range(2))
    assert first != second
    assert first is not None
    assert first.exists()


def test_make_first_owner_is_not_needed_after_it(db: Database, owner: Identity, saved: Path) -> None:
    go_back(db, saved, owner)
    assert make_first_owner(db, "mallory", "M", "") is False


def test_what_a_killed_one_has_half_copied_goes_with_the_next(
    db: Database, owner: Identity, saved: Path, clock: Clock, tmp_path: Path
) -> None:
    def die_in_the_copy() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(restoring, "copy_into", lambda *_: os._exit(9))
            restore(db.path, saved, "ana", who=owner, clock=db.clock)

    def half_copied() -> list[str]:
        return [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")]

    child = get_context("fork").Process(target=die_in_the_copy)
    child.start()
    child.join()
    assert child.exitcode == 9
    assert half_copied() != []
    clock.now += timedelta(minutes=1)
    go_back(db, saved, owner)
    assert half_copied() == []

"""Many processes on one file, and what becomes of it when one of them dies (docs/rules.md 4.8; the design, 3)."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.new_database import ON_SERVER, Template, no_database
from tests.store.arranging import assignment_of, give, holders, known_as, take_in
from tests.store.processes import at_once
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.errors import DatabaseBusy, DatabaseUnusable
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.reassignment import FromEveryone, Request, ToAssignments
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.users import add_user, make_first_owner
from thrumsg_tui.store.database import Database, overwrite
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.engines import waits
from thrumsg_tui.store.location import Location
from thrumsg_tui.store.queries.campaigns import find_campaign, totals
from thrumsg_tui.store.queries.users import users
from thrumsg_tui.store.schema import MIGRATIONS

SENDERS = ("kim", "lee", "zed")
MANY = 3000


def build(path: Path, people: int, campaign: str = "Spring") -> Path:
    """Make a file with a campaign, three senders, and people whom nobody holds."""
    fill(path, people, campaign)
    return path


def fill(location: Location, people: int, campaign: str = "Spring") -> None:
    """Fill a new database with a campaign, three senders, and people whom nobody holds."""
    db = Database(location, scratch=True)
    make_first_owner(db, "ana", "Ana", "Ortiz")
    ana = known_as(db, "ana")
    for login in SENDERS:
        add_user(db, ana, login, login.capitalize(), "", role=Role.SENDER)
    create_campaign(db, ana, Setup(campaign, "Hi %first_name%", hours=DailyHours("UTC", 0, 1440)))
    add_senders(db, ana, campaign, SENDERS)
    take_in(db, ana, campaign, [f"P{nth}" for nth in range(people)])
    db.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Template:
    fill(location := no_database(tmp_path_factory.mktemp("small") / "small.db"), 40)
    return Template(location)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Template:
    fill(location := no_database(tmp_path_factory.mktemp("large") / "large.db"), MANY)
    return Template(location)


def file_of(template: Template, path: Path) -> Path:
    assert template.copy(path) == path
    return path


def held_by(location: Location) -> Counter[str | None]:
    db = Database(location)
    with db.reading() as conn:
        campaign = find_campaign(conn, "Spring")
    found = Counter(holders(db, campaign).values())
    assert examine(db) == []
    db.close()
    return found


# Beginning


def test_processes_that_open_a_new_file_at_once_make_one_database_with_one_owner(tmp_path: Path) -> None:
    for turn in range(3):
        place = no_database(tmp_path / f"new{turn}.db")
        logins = [f"ana{nth}" for nth in range(3)]
        with at_once(*(("own", place, login) for login in logins)) as processes:
            said = [process.end() for process in processes]
        assert Counter(line for lines in said for line in lines) == {"owner": 1, "user": 2}
        db = Database(place)
        with db.reading() as conn:
            assert [user.role for user in users(conn)] == [Role.OWNER]
        assert examine(db) == []
        db.close()


@pytest.mark.only_sqlite("a file has one writer, and a lock of the whole")
def test_who_opens_a_new_file_waits_for_the_one_who_is_writing_to_it(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    Database(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA journal_mode = DELETE")  # as it is between the migrations and the end of opening
    other.execute("BEGIN IMMEDIATE")
    told: list[bool] = []

    def wait(begins: bool) -> None:
        told.append(begins)
        if begins:
            other.execute("COMMIT")

    Database(path, on_wait=wait).close()
    other.close()
    assert told == [True, False]


# Working


def test_nobody_fails_and_nothing_is_lost_when_four_write_at_once(small: Template, tmp_path: Path) -> None:
    location = small.copy(tmp_path / "thrumsg.db")
    with at_once(*(("work", location, seed, 60) for seed in range(4))) as processes:
        said = [process.end() for process in processes]
    assert [len(lines) for lines in said] == [60] * 4
    assert sum(held_by(location).values()) == 40


def test_two_who_reassign_the_same_conversations_never_lose_or_double_one(large: Template, tmp_path: Path) -> None:
    location = large.copy(tmp_path / "thrumsg.db")
    with at_once(("take_all", location, "kim"), ("take_all", location, "lee")) as processes:
        for process in processes:
            process.end()
    held = held_by(location)
    assert sum(held.values()) == MANY
    assert sorted(held.values()) == [MANY]  # whoever was last has them all


def test_a_message_that_four_gateways_bring_is_stored_once(small: Template, tmp_path: Path) -> None:
    location = small.copy(tmp_path / "thrumsg.db")
    with at_once(*[("receive_once", location, "SM1")] * 4) as processes:
        said = Counter(line for process in processes for line in process.end())
    assert said == {"new": 1, "again": 3}
    db = Database(location)
    with db.reading() as conn:
        assert conn.execute("SELECT COUNT(*) FROM message").fetchone()[0] == 1
    db.close()


# Dying


def test_a_process_that_is_killed_while_reassigning_leaves_all_or_nothing(large: Template, tmp_path: Path) -> None:
    location, chance = large.copy(tmp_path / "thrumsg.db"), Random(1)
    for kill in range(5):
        with at_once(("move_for_ever", location, kill)) as [process]:
            said = [process.hear() for _ in range(chance.randrange(3))]
            _dawdle(chance)
            said += process.kill()
        held = held_by(location)
        assert list(held.values()) == [MANY]
        db = Database(location)
        with db.reading() as conn:
            stored = {str(row["id"]) for row in conn.execute("SELECT id FROM event WHERE action = 'reassign'")}
        db.close()
        assert {line.split()[0] for line in said} - {"0"} <= stored


def test_every_message_that_was_acknowledged_outlives_a_kill(small: Template, tmp_path: Path) -> None:
    location, chance = small.copy(tmp_path / "thrumsg.db"), Random(2)
    for kill in range(5):
        with at_once(("send_for_ever", location, kill)) as [process]:
            said = [process.hear() for _ in range(chance.randrange(1, 60))]
            _dawdle(chance)
            said += process.kill()
        db = Database(location)
        with db.reading() as conn:
            rows = conn.execute("SELECT id FROM message WHERE body LIKE ?", (f"message {kill}-%",)).fetchall()
        stored = {str(row["id"]) for row in rows}
        assert set(said) <= stored
        assert len(stored) - len(said) <= 1  # at most the one under way was stored and not said
        assert examine(db) == []
        db.close()


def _dawdle(chance: Random) -> None:
    """Let a moment pass that nobody can foresee."""
    sum(range(chance.randrange(400_000)))


# What cannot be used


@pytest.mark.only_sqlite("a file has one writer, and a lock of the whole")
def test_a_database_that_somebody_else_keeps_locked_is_reported_in_words(
    db: Database, owner: Identity, spring: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waits, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(db.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = Database(db.location, clock=db.clock)
    with pytest.raises(DatabaseBusy, match=r"Somebody else kept .* locked for .* seconds. Nothing was changed"):
        add_user(waiting, owner, "new", "New", "", role=Role.SENDER)
    with waiting.reading() as conn:
        assert len(users(conn)) == 3  # reading goes on meanwhile
    other.execute("ROLLBACK")
    other.close()
    add_user(waiting, owner, "new", "New", "", role=Role.SENDER)
    waiting.close()


@pytest.mark.only_sqlite("it fills the disk of a file")
def test_a_full_disk_is_reported_in_words_and_loses_nothing(db: Database, owner: Identity, spring: Campaign) -> None:
    [ann] = take_in(db, owner, "Spring", ["Ann"])
    with db.writing() as tx:
        pages = tx.conn.execute("PRAGMA page_count").fetchone()[0]
        tx.conn.execute(f"PRAGMA max_page_count = {pages + 3}")
    sent = 0
    with pytest.raises(DatabaseUnusable, match=r"is full\. Nothing was changed, and all that was stored is kept"):  # noqa: PT012
        for _ in range(1000):
            send(db, owner, ann, body="x" * 1000)
            sent += 1
    with db.reading() as conn:
        assert conn.execute("SELECT COUNT(*) FROM message").fetchone()[0] == sent > 0
    assert examine(db) == []
    with db.writing() as tx:
        tx.conn.execute("PRAGMA max_page_count = 1000000")
    send(db, owner, ann, body="there is room again")


@pytest.mark.only_sqlite("it fills the disk of a file")
def test_a_file_that_may_not_grow_is_reported_in_words_and_loses_nothing(small: Template, tmp_path: Path) -> None:
    path = file_of(small, tmp_path / "thrumsg.db")
    with at_once(("fill_disk", path, path.stat().st_size + 60_000)) as [process]:
        *sent, refusal = process.end()
    assert refusal.startswith("refused DatabaseUnusable")
    assert "Traceback" not in refusal
    db = Database(path)
    with db.reading() as conn:
        assert {str(row["id"]) for row in conn.execute("SELECT id FROM message")} == set(sent)
    assert examine(db) == []
    db.close()


def _foreign(path: Path) -> None:
    conn = sqlite3.connect(path)
    conn.execute("CREATE TABLE letter (text TEXT)")
    conn.execute("PRAGMA user_version = 7")
    conn.commit()
    conn.close()


def _text(path: Path) -> None:
    path.write_text("Dear Ann,\n" * 100)


def _newer(path: Path) -> None:
    Database(path).close()
    conn = sqlite3.connect(path)
    conn.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    conn.commit()
    conn.close()


def _damaged(path: Path) -> None:
    build(path, 40)
    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 20] = b"\xff" * (4096 * 19)
    path.write_bytes(content)


@pytest.mark.only_sqlite("a file is recognised by its beginning")
@pytest.mark.parametrize(
    ("make", "why"),
    [
        (_foreign, "is not a thrumsg database; it was left as it is"),
        (_text, "is not a thrumsg database; it was left as it is"),
        (_newer, "was written by a newer thrumsg.*Nothing was changed; install the newer version"),
    ],
)
def test_a_file_that_is_not_ours_to_use_is_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], None], why: str
) -> None:
    path = tmp_path / "file.db"
    make(path)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    with pytest.raises(DatabaseUnusable, match=why):
        Database(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


@pytest.mark.only_sqlite("a file is recognised by its beginning")
def test_nothing_is_left_beside_a_file_that_was_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.db"
    _newer(path)
    with pytest.raises(DatabaseUnusable) as refused:
        Database(path)
    assert refused.traceback  # which keeps alive what was left open
    assert [each.name for each in tmp_path.iterdir()] == ["file.db"]


@pytest.mark.only_sqlite("there is no folder on a server")
def test_a_folder_and_a_place_in_no_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="is a folder"):
        Database(tmp_path)
    with pytest.raises(DatabaseUnusable, match="There is no folder"):
        Database(tmp_path / "nowhere" / "thrumsg.db")


@pytest.mark.only_sqlite("it is about a file")
def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    db = Database(path)
    assert examine(db) == []
    db.close()


@pytest.mark.only_sqlite("it damages a file")
def test_a_damaged_file_is_reported_in_words(tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    _damaged(path)
    with pytest.raises(DatabaseUnusable, match="is damaged"):  # noqa: PT012 - wherever it is noticed first
        db = Database(path)
        with db.reading() as conn:
            conn.execute("SELECT COUNT(*), MAX(body), SUM(at) FROM message").fetchall()
            conn.execute("SELECT SUM(LENGTH(first_name)) FROM contact").fetchall()


# Replacing the contents


@pytest.mark.only_sqlite("the contents of a file are replaced")
def test_who_reads_while_the_contents_are_replaced_sees_one_or_the_other(small: Template, tmp_path: Path) -> None:
    path = file_of(small, tmp_path / "thrumsg.db")
    fall = build(tmp_path / "fall.db", 300, "Fall")
    with at_once(("read_for_ever", path), ("read_for_ever", path)) as processes:
        assert [process.hear() for process in processes] == ["[('Spring', 40)]"] * 2
        overwrite(path, fall)
        assert [process.hear() for process in processes] == ["[('Fall', 300)]"] * 2
        overwrite(path, file_of(small, tmp_path / "again.db"))
        assert [process.hear() for process in processes] == ["[('Spring', 40)]"] * 2
        assert [process.kill() for process in processes] == [[], []]
    db = Database(path)
    assert examine(db) == []
    db.close()


def test_another_process_notices_a_change_by_the_version(db: Database, owner: Identity, spring: Campaign) -> None:
    other = Database(db.location, clock=db.clock)
    before = other.version()
    assert other.version() == before or ON_SERVER  # which also counts what other tests do in its other databases
    take_in(db, owner, "Spring", ["Ann"])
    assert other.version() != before
    before = other.version()
    with other.reading() as conn:
        assert totals(conn, spring.id).total == 1
    assert other.version() == before or ON_SERVER
    other.close()


def test_a_reader_sees_one_state_while_others_write(db: Database, owner: Identity, spring: Campaign) -> None:
    other = Database(db.location, clock=db.clock)
    [ann] = take_in(db, owner, "Spring", ["Ann"])
    to = (assignment_of(db, spring, "kim"),)
    with other.reading() as conn:
        before = totals(conn, spring.id)
        reassign(db, owner, Request(spring.id, FromEveryone(), ToAssignments(to)))
        send(db, owner, ann)
        assert totals(conn, spring.id) == before
    with other.reading() as conn:
        assert totals(conn, spring.id).sent == 1
    other.close()
    give(db, owner, spring, "lee", [ann])


@pytest.mark.only_sqlite("it is about the locks of a file")
def test_a_second_database_object_in_one_process_leaves_the_first_ones_locks(small: Template, tmp_path: Path) -> None:
    path = file_of(small, tmp_path / "thrumsg.db")
    first = Database(path)
    with first.reading() as conn:
        before = totals(conn, find_campaign(conn, "Spring").id)
    Database(path).close()
    with at_once(("take_all", path, "kim")) as (other,):
        other.end()  # it is not the last one to have the file open, and must not take the log away
    with first.reading() as conn:
        assert totals(conn, find_campaign(conn, "Spring").id).total == before.total
        assert conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert path.with_name(f"{path.name}-wal").exists()
    first.close()


@pytest.mark.only_sqlite("it is about the log beside a file")
def test_a_database_opens_while_whoever_had_it_last_closes_it(
    small: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite removes its log then: here just between two looks of ours at the log."""
    path = file_of(small, tmp_path / "thrumsg.db")
    other = sqlite3.connect(path)
    other.execute("SELECT COUNT(*) FROM message").fetchone()
    assert path.with_name(f"{path.name}-shm").exists()
    accessible = os.access

    def access(file: Path, mode: int) -> bool:
        if file.name.endswith("-shm"):
            other.close()
        return accessible(file, mode)

    monkeypatch.setattr(os, "access", access)
    Database(path).close()

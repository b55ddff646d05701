"""The spool: what it keeps, and that backup, restore and doctor know of it (docs/rules.md 10.6, 11.4)."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.gateway.small_carrier import GATEWAY, SmallWebhooks, message
from tests.store.arranging import number
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import DatabaseDamaged, DatabaseUnusable, Refused
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.gateway.spool import Drain, SpoolWriter
from thrumsg_tui.store.backup import backup
from thrumsg_tui.store.changes.spooled import spooled
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine, repair
from thrumsg_tui.store.output_files import writing_text
from thrumsg_tui.store.restore import restore
from thrumsg_tui.store.spool import MOST_TRIES, Spool, SpooledRequest, spool_path, spool_state

ANN = number(0)


@pytest.fixture
def spool(db: Database, clock: Clock) -> Spool:
    return Spool(db.path, clock=clock)


def request(clock: Clock, nth: int = 1, body: str = "hello") -> SpooledRequest:
    content = message(f"M{nth}", ANN, body)
    return SpooledRequest(GATEWAY, f"/small/message M{nth}", "/small/message", "", content, clock())


def drained(db: Database, spool: Spool, turns: int = 1) -> None:
    """Store what is in the spool."""
    something = threading.Event()
    writer = SpoolWriter(spool, something)
    drain = Drain(db, spool, writer, GATEWAY, SmallWebhooks(), something, pause=0)
    for _ in range(turns):
        drain.turn()
    writer.close()


def bodies(db: Database) -> list[str]:
    with db.reading() as conn:
        return [row["body"] for row in conn.execute("SELECT body FROM message ORDER BY id")]


# What it keeps


def test_a_request_is_kept_once_and_read_as_it_came(spool: Spool, clock: Clock) -> None:
    first = request(clock)
    spool.write([first, request(clock, 2)])
    spool.write([first])
    kept = spool.waiting(GATEWAY, 10)
    assert [(each.key, each.body, each.at) for each in kept] == [
        (each.key, each.body, each.at) for each in (first, request(clock, 2))
    ]
    assert spool.waiting("another", 10) == []
    spool.write([], done=[kept[0].id])
    assert [each.id for each in spool.waiting(GATEWAY, 10)] == [kept[1].id]


def test_a_row_that_was_deleted_leaves_its_number_to_nobody(spool: Spool, clock: Clock) -> None:
    spool.write([request(clock)])
    [first] = spool.waiting(GATEWAY, 10)
    spool.write([], done=[first.id])
    spool.write([request(clock)])
    assert spool.waiting(GATEWAY, 10)[0].id > first.id


def test_it_is_for_its_owner_only(spool: Spool) -> None:
    assert stat.S_IMODE(spool.path.stat().st_mode) == 0o600


def test_nothing_of_somebody_else_is_taken_for_a_spool(db: Database, tmp_path: Path) -> None:
    path = spool_path(db.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("notes")
    with pytest.raises(DatabaseUnusable, match="is not a spool of thrumsg; it was left as it is"):
        Spool(db.path)
    assert path.read_text() == "notes"
    path.unlink()
    Database(path, scratch=True).close()
    with pytest.raises(DatabaseUnusable, match="is not a spool"):
        Spool(db.path)


@pytest.mark.only_sqlite("a backup is a copy of a file")
def test_no_export_and_no_backup_takes_its_place(db: Database, owner: Identity, spool: Spool) -> None:
    with pytest.raises(Refused, match="is a thrumsg database"), writing_text(spool.path):
        pass
    with pytest.raises(Refused, match="it was left as it is"):
        backup(db, spool.path)


def test_what_fails_again_and_again_stays_and_keeps_nothing_behind_it(
    db: Database, spool: Spool, clock: Clock, ann: ConversationId
) -> None:
    spool.write([request(clock, 1, "unreadable"), request(clock, 2, "readable")])
    drained(db, spool, MOST_TRIES + 1)
    state = spool.state()
    assert (state.waiting, state.failed) == (0, 1)
    assert state.error
    assert state.error.startswith("ValueError in _store")
    assert bodies(db) == ["readable"]


def test_stored_before_a_crash_and_stored_again_is_one_message(
    db: Database, spool: Spool, clock: Clock, ann: ConversationId
) -> None:
    for _ in range(2):
        spool.write([request(clock)])
        drained(db, spool)
    assert bodies(db) == ["hello"]


# Doctor


def test_doctor_tells_of_what_waits_and_of_what_failed(
    db: Database, owner: Identity, spool: Spool, clock: Clock, ann: ConversationId
) -> None:
    spool.write([request(clock, 1, "unreadable"), request(clock, 2)])
    assert examine(db) == []
    clock.forward(minutes=2)
    [waiting] = examine(db)
    assert waiting.sentence.startswith("has 2 messages or reports, since ")
    drained(db, spool, MOST_TRIES)
    [failed] = examine(db)
    assert failed.sentence.startswith("has 1 message or report that could not be stored in 5 tries (ValueError")
    assert repair(db, owner) == ["1 request of the carrier to be tried again by `thrumsg listen`"]
    assert spool.state().waiting == 1


def test_a_broken_spool_is_named_and_not_the_database(db: Database, owner: Identity, spool: Spool) -> None:
    spool.close()
    content = bytearray(spool.path.read_bytes())
    content[4096:] = b"x" * (len(content) - 4096)
    spool.path.write_bytes(content)
    [problem] = examine(db)
    assert (problem.subject, problem.damage) == ("the spool", True)
    assert "damage" in problem.sentence


# Backup and restore


@pytest.mark.only_sqlite("a backup is a copy of a file")
def test_a_backup_takes_along_what_is_in_the_spool(
    db: Database, owner: Identity, spool: Spool, clock: Clock, ann: ConversationId, tmp_path: Path
) -> None:
    spool.write([request(clock, nth, f"text {nth}") for nth in range(3)])
    copy = tmp_path / "copy.db"
    assert backup(db, copy) == 0
    moved = Database(copy, clock=clock)
    assert [each.key for each in spooled(moved, 10)] == [f"/small/message M{nth}" for nth in range(3)]
    [problem] = examine(moved)
    assert "of the backup had 3 messages or reports" in problem.sentence
    own = Spool(copy, clock=clock)
    drained(moved, own)
    assert bodies(moved) == ["text 0", "text 1", "text 2"]
    assert spooled(moved, 10) == []
    assert examine(moved) == []
    moved.close()


@pytest.mark.only_sqlite("a backup is a copy of a file")
def test_after_a_restore_everything_that_was_acknowledged_is_stored_once(
    db: Database, owner: Identity, spool: Spool, clock: Clock, ann: ConversationId, tmp_path: Path
) -> None:
    spool.write([request(clock, 1, "before the backup")])
    copy = tmp_path / "copy.db"
    backup(db, copy)
    drained(db, spool)
    spool.write([request(clock, 2, "waits while the backup is restored")])
    restore(db.path, copy, "ana", who=owner, clock=clock)
    drained(db, spool)
    assert sorted(bodies(db)) == ["before the backup", "waits while the backup is restored"]


@pytest.mark.only_sqlite("a backup is a copy of a file")
def test_a_backup_without_its_spool_is_none(db: Database, owner: Identity, spool: Spool, tmp_path: Path) -> None:
    spool.close()
    content = bytearray(spool.path.read_bytes())
    content[4096:] = b"x" * (len(content) - 4096)
    spool.path.write_bytes(content)
    with pytest.raises(DatabaseDamaged, match=r"\.spool is damaged"):
        backup(db, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_database_without_a_spool_gets_none_by_being_looked_at(db: Database, owner: Identity, tmp_path: Path) -> None:
    backup(db, tmp_path / "copy.db")
    assert examine(db) == []
    assert spool_state(db.path) is None
    assert not spool_path(db.path).exists()

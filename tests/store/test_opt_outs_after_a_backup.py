"""A restore takes no opt-out back that came after its backup (docs/rules.md 11.4, 5.1)."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.store.arranging import known_as, look_at, number, sentence_of, take_in
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.backup import backup
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.purge import purge
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.opt_out_report import opt_out_report
from thrumsg_tui.store.queries.thread_events import thread_events
from thrumsg_tui.store.restore import Restored, restore

pytestmark = pytest.mark.only_sqlite("a backup is a copy of a file")

ANN, BEA, CY = (ConversationId(nth) for nth in (1, 2, 3))
HOUR = timedelta(hours=1)


@pytest.fixture
def saved(db: Database, owner: Identity, spring: Campaign, clock: Clock, tmp_path: Path) -> Path:
    """A backup of an hour ago, in which Ann was texted and Cy is opted out."""
    take_in(db, owner, "Spring", ["Ann Otieno", "Bea Lind", "Cy Ro"], first=40)
    send(db, owner, ANN)
    opt_out_number(db, owner, number(42), "at the door")
    backup(db, tmp_path / "backup.db")
    clock.now += HOUR
    return tmp_path / "backup.db"


def go_back(db: Database, to: Path, clock: Callable[[], datetime] | None = None) -> Restored:
    return restore(db.path, to, "ana", who=known_as(db, "ana"), clock=clock or db.clock)


def opted_out(db: Database) -> dict[str, tuple[str, str, datetime]]:
    with db.reading() as conn:
        rows = conn.execute("SELECT phone, kind, note, at FROM opt_out").fetchall()
    return {row["phone"]: (row["kind"], row["note"], row["at"]) for row in rows}


def test_who_opted_out_since_stays_opted_out_as_they_were(
    db: Database, owner: Identity, saved: Path, clock: Clock
) -> None:
    receive(db, None, number(40), "STOP")
    opt_out_number(db, owner, number(41), "called the office")
    before = opted_out(db)
    clock.now += HOUR
    assert go_back(db, saved).opted_out == 2
    assert opted_out(db) == before
    assert before[number(40)][:2] == ("automatic", "STOP")
    assert [look_at(db, each).opted_out for each in (ANN, BEA, CY)] == [True, True, True]
    with pytest.raises(Refused):
        send(db, owner, BEA)
    assert examine(db) == []
    with db.reading() as conn:
        said = [sentence_of(event) for event in thread_events(conn, ANN)]
    assert said[-1] == "opted out, from after the backup that was restored"


def test_an_opt_out_during_the_restore_is_kept_too(db: Database, owner: Identity, saved: Path) -> None:
    """It comes after the copy of the backup was prepared, and before the database is locked."""
    asked = []

    def clock() -> datetime:
        asked.append(db.clock())
        if len(asked) == 2:  # the first is that of the prepared copy
            opt_out_number(db, owner, number(41))
        return db.clock()

    assert go_back(db, saved, clock).opted_out == 1
    assert len(asked) > 1
    assert look_at(db, BEA).opted_out


def test_an_opt_in_word_from_before_the_opt_out_that_comes_again_opts_nobody_in(
    db: Database, saved: Path, clock: Clock
) -> None:
    """Cy was opted out already, and the word since says when they last wanted it."""
    earlier = clock.now - timedelta(minutes=1)
    receive(db, None, number(42), "STOP", at=clock.now)
    clock.now += HOUR
    go_back(db, saved)
    receive(db, None, number(42), "START", at=earlier)
    assert look_at(db, CY).opted_out


def test_who_entered_it_is_known_by_login(db: Database, owner: Identity, saved: Path, tmp_path: Path) -> None:
    """Ids after a backup may be somebody else's in it."""
    add_user(db, owner, "new", "New", "Person", role=Role.ADMIN)
    opt_out_number(db, known_as(db, "new"), number(41))
    opt_out_number(db, owner, number(40))
    go_back(db, saved)
    with db.reading() as conn:
        rows = conn.execute(
            "SELECT phone, login FROM opt_out LEFT JOIN users ON users.id = opt_out.user_id ORDER BY phone"
        ).fetchall()
    assert [(row["phone"], row["login"]) for row in rows] == [
        *((number(40), "ana"), (number(41), None)),
        (number(42), "ana"),
    ]


def test_the_auditors_report_has_them_at_their_own_time(
    db: Database, owner: Identity, saved: Path, clock: Clock
) -> None:
    receive(db, None, number(40), "STOP")
    asked = clock.now
    clock.now += HOUR
    go_back(db, saved)
    out = StringIO()
    opt_out_report(db, owner, out)
    rows = {row["contact_phone"]: row for row in csv.DictReader(StringIO(out.getvalue()))}
    row = rows[number(40)]
    assert row["timestamp"] == f"{asked:%Y-%m-%dT%H:%M:%SZ}"
    assert (row["opt_out_type"], row["by"], row["words"]) == ("automatic", "the contact", "STOP")
    assert rows[number(42)]["words"] == "at the door"


def test_to_go_back_and_forth_loses_none(db: Database, owner: Identity, saved: Path, clock: Clock) -> None:
    opt_out_number(db, owner, number(40))
    kept = go_back(db, saved).kept
    assert kept is not None
    clock.now += HOUR
    opt_out_number(db, owner, number(41))
    go_back(db, kept)
    assert set(opted_out(db)) == {number(40), number(41), number(42)}
    assert examine(db) == []


def test_an_opt_in_since_is_lost_rather_than_an_opt_out(db: Database, owner: Identity, saved: Path) -> None:
    opt_in_number(db, owner, number(42))
    assert go_back(db, saved).opted_out == 0
    assert look_at(db, CY).opted_out


def test_what_had_not_left_to_them_is_cancelled(
    db: Database, owner: Identity, saved: Path, clock: Clock, tmp_path: Path
) -> None:
    with db.writing() as tx:  # as a message is that waits for the opening
        tx.conn.execute(
            "UPDATE message SET state = 'unsent', leaves_at = ? WHERE conversation_id = ?",
            (tx.now_ms + 10 * 3_600_000, ANN),
        )
    backup(db, tmp_path / "later.db")
    opt_out_number(db, owner, number(40))
    done = go_back(db, tmp_path / "later.db")
    assert done.opted_out == 1
    with db.reading() as conn:
        states = [row["state"] for row in conn.execute("SELECT state FROM message WHERE conversation_id = ?", (ANN,))]
    assert states == ["cancelled"]
    assert examine(db) == []


def test_a_database_that_was_cut_off_gives_what_can_be_read(
    db: Database, owner: Identity, saved: Path, clock: Clock
) -> None:
    take_in(db, owner, "Spring", [f"Person{nth}" for nth in range(400)], first=100)
    opt_out_number(db, owner, number(41))
    db.close()
    content = db.path.read_bytes()
    db.path.write_bytes(content[: len(content) * 9 // 10])
    done = restore(db.path, saved, "ana", who=None, clock=clock)
    assert (done.since, done.kept is not None) == (None, True)
    assert done.opted_out == 1
    again = Database(db.location, clock=clock)
    assert look_at(again, BEA).opted_out
    assert examine(again) == []
    again.close()


def test_one_that_cannot_be_read_at_all_says_that_opt_outs_may_be_missing(
    db: Database, owner: Identity, saved: Path, clock: Clock
) -> None:
    opt_out_number(db, owner, number(41))
    db.close()
    db.path.write_bytes(bytes(db.path.stat().st_size))
    done = restore(db.path, saved, "ana", who=None, clock=clock)
    assert (done.opted_out, done.all_opt_outs) == (0, False)


def test_what_no_thrumsg_wrote_does_not_get_into_the_new_one(
    db: Database, owner: Identity, saved: Path, clock: Clock
) -> None:
    opt_out_number(db, owner, number(41), "a note")
    with db.writing() as tx:
        tx.conn.execute("UPDATE opt_out SET phone = 'nobody' WHERE phone = ?", (number(41),))
    done = go_back(db, saved)
    assert (done.opted_out, done.all_opt_outs) == (0, False)
    assert "nobody" not in opted_out(db)


def test_a_purge_since_is_said_to_be_taken_back(db: Database, owner: Identity, saved: Path) -> None:
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    purge(db, owner, "Spring")
    done = go_back(db, saved)
    assert done.since is not None
    assert done.since.purged == ("Spring",)

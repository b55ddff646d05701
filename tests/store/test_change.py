"""A change is run again when others or a lost connection kept it from being stored, and never made twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.new_database import new_database
from tests.store.flaky_engine import FlakyEngine, engine_of
from thrumsg_tui.domain.errors import DatabaseBusy, DatabaseUnreachable, OutcomeUnknown, Refused
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.users import Identity, UserId
from thrumsg_tui.store import lost_commits
from thrumsg_tui.store.change import TRIES
from thrumsg_tui.store.changes.preferences import set_preference
from thrumsg_tui.store.changes.users import add_user, edit_user, make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.store.queries.users import identify

pytestmark = pytest.mark.only_sqlite("a file plays a server that fails")


@pytest.fixture
def waits() -> list[float]:
    """How long it waited between two tries."""
    return []


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float]) -> Iterator[Database]:
    monkeypatch.setattr("thrumsg_tui.store.database.engine_for", FlakyEngine)
    database = Database(new_database(tmp_path / "thrumsg.db"), clock=Clock(), pacing=Pacing(wait=waits.append))
    make_first_owner(database, "ana", "Ana", "Ortiz")
    yield database
    engine_of(database).dead = False
    database.close()


@pytest.fixture
def owner(db: Database) -> Identity:
    with db.reading() as conn:
        return identify(conn, "ana")


def added(db: Database) -> list[str]:
    """The logins that were added to the owner's; each is journalled once."""
    with db.reading() as conn:
        logins = [row["login"] for row in conn.execute("SELECT login FROM users ORDER BY id")]
        assert conn.execute("SELECT COUNT(*) FROM event WHERE action = 'add_user'").fetchone()[0] == len(logins)
        return logins[1:]


def add_kim(db: Database, owner: Identity) -> None:
    add_user(db, owner, "kim", "Kim", "Alvarez", role=Role.SENDER)


@pytest.mark.parametrize("failure", ["begin", "conflict", "commit"])
def test_what_was_surely_not_stored_is_done_again(db: Database, owner: Identity, failure: str) -> None:
    engine_of(db).failures.extend([failure] * TRIES)
    add_kim(db, owner)
    assert added(db) == ["kim"]


def test_what_was_stored_without_an_answer_is_not_done_again(db: Database, owner: Identity) -> None:
    engine_of(db).failures.append("answer")
    add_kim(db, owner)
    assert added(db) == ["kim"]
    assert len(engine_of(db).awaited) == 1


def test_a_lost_commit_is_looked_up_only_once_its_transaction_has_ended(db: Database, owner: Identity) -> None:
    engine_of(db).failures.append("commit")
    add_kim(db, owner)
    assert engine_of(db).awaited == ["key 2"]
    with db.reading() as conn:  # the look began a transaction, too
        assert [row["change_key"] for row in conn.execute("SELECT change_key FROM event")] == ["key 1", "key 4"]


def test_the_waits_grow_and_end(db: Database, owner: Identity, waits: list[float]) -> None:
    engine_of(db).failures.extend(["conflict"] * (TRIES + 1))
    with pytest.raises(DatabaseBusy, match="Others were first"):
        add_kim(db, owner)
    assert len(waits) == TRIES
    assert all(0.002 <= wait <= 0.2 for wait in waits)
    assert added(db) == []


def test_without_its_server_a_change_says_that_nothing_was_changed(db: Database, owner: Identity) -> None:
    engine_of(db).failures.extend(["begin"] * (TRIES + 1))
    with pytest.raises(DatabaseUnreachable, match=r"Nothing was changed"):
        add_kim(db, owner)
    assert added(db) == []


def test_without_its_server_nobody_knows_of_a_lost_commit_and_it_is_not_done_again(
    db: Database, owner: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_commits, "BUSY_SECONDS", 0)
    engine_of(db).failures.append("no server")
    with pytest.raises(OutcomeUnknown) as told:
        add_kim(db, owner)
    assert "may have been done" in str(told.value)
    assert "Nothing was changed" not in str(told.value)
    engine_of(db).dead = False
    assert added(db) == ["kim"]


def test_the_server_may_come_back_before_the_look(
    db: Database, owner: Identity, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    def revive(seconds: float) -> None:
        waits.append(seconds)
        engine_of(db).dead = len(waits) < 3

    db.pacing = Pacing(wait=revive)
    engine_of(db).failures.append("no server")
    add_kim(db, owner)
    assert added(db) == ["kim"]
    assert len(waits) == 3


def test_what_is_not_journalled_and_may_be_stored_twice_is_stored_again(db: Database, owner: Identity) -> None:
    engine_of(db).failures.append("answer")
    set_preference(db, owner.user.id, "order", "name")
    with db.reading() as conn:
        assert conn.execute("SELECT value FROM preference").fetchall()[0]["value"] == "name"
    assert engine_of(db).keys >= 3


def test_nobody_says_that_it_was_not_stored_where_the_first_try_may_have_been(db: Database, owner: Identity) -> None:
    engine_of(db).failures.extend(["answer", *["conflict"] * TRIES])
    with pytest.raises(OutcomeUnknown):
        set_preference(db, owner.user.id, "order", "name")


def test_a_refusal_is_not_tried_again(db: Database, owner: Identity, waits: list[float]) -> None:
    add_kim(db, owner)
    with pytest.raises(Refused):
        add_kim(db, owner)
    assert waits == []


def test_a_reader_whose_connection_was_lost_meanwhile_reads_on_another(db: Database) -> None:
    engine_of(db).failures.append("read")
    with db.reading() as conn:
        assert conn.execute("SELECT COUNT(*) FROM users").fetchone()[0] == 1
    engine_of(db).failures.extend(["read", "read"])
    with pytest.raises(DatabaseUnreachable), db.reading():
        pass


def test_only_the_first_event_of_a_transaction_has_its_key(db: Database, owner: Identity) -> None:
    add_kim(db, owner)
    edit_user(db, owner, "kim", first_name="Kimberly", role=Role.MODERATOR)
    with db.reading() as conn:
        keys = [row["change_key"] for row in conn.execute("SELECT change_key FROM event ORDER BY id")]
    assert keys[-2:] == [keys[-2], None]
    assert keys[-2]


def test_what_others_did_meanwhile_is_not_searched_for_damage(
    db: Database, owner: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[object] = []

    def damage(*args: object) -> list[object]:
        searched.append(args)
        return []

    monkeypatch.setattr("thrumsg_tui.store.doctor.damage.damage", damage)
    with pytest.raises(Refused, match="no longer in the database"):
        set_preference(db, UserId(owner.user.id + 7), "order", "name")
    assert searched == []

"""A database that was moved is taken into use again (docs/rules.md 13.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.new_database import no_database
from tests.store.arranging import sentence_of
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.errors import DatabaseMoved, NotPermitted, Refused
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.replies import add_reply
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.database_move.move import move_database
from thrumsg_tui.store.database_move.take_back import take_back
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.history import history


@pytest.fixture
def target(db: Database, owner: Identity, spring: Campaign, tmp_path: Path, clock: Clock) -> Iterator[Database]:
    """The database to which that of `spring` was moved."""
    database = Database(no_database(tmp_path / "target.db"), clock=clock, scratch=True, closed_too=True)
    move_database(db, database, owner)
    yield database
    database.close()


def moved(db: Database) -> Database:
    """Open a database that was moved."""
    return Database(db.location, clock=db.clock, closed_too=True)


def test_it_is_used_again_and_the_other_one_no_longer(db: Database, target: Database, owner: Identity) -> None:
    take_back(moved(db), target, owner)
    with pytest.raises(DatabaseMoved, match=re.escape(f"was moved to {db.location} by ana")):
        Database(target.location)
    with pytest.raises(DatabaseMoved):
        add_reply(target, owner, None, "When", "Tuesday")
    add_reply(db, owner, None, "When", "Tuesday")
    assert examine(Database(db.location, clock=db.clock)) == []
    with db.reading() as conn:
        event = history(conn)[1]
    assert sentence_of(event) == f"took the database back from {target.location}, as it was when it was moved"


def test_what_was_done_since_is_not_left_behind_unasked(db: Database, target: Database, owner: Identity) -> None:
    add_reply(target, owner, None, "When", "Tuesday")
    with pytest.raises(Refused, match=r"has 1 change since the move, .* add --anyway"):
        take_back(moved(db), target, owner)
    Database(target.location).close()
    with pytest.raises(DatabaseMoved):
        Database(db.location)
    take_back(moved(db), target, owner, anyway=True)
    with pytest.raises(DatabaseMoved):
        Database(target.location)


def test_what_cannot_be_closed_may_be_in_use(db: Database, target: Database, owner: Identity) -> None:
    with pytest.raises(Refused, match="cannot be opened now, and might still be in use"):
        take_back(moved(db), None, owner)
    take_back(moved(db), None, owner, anyway=True)
    Database(db.location).close()


def test_one_that_went_on_to_a_third_is_no_longer_that_of_the_first(
    db: Database, target: Database, owner: Identity, tmp_path: Path, clock: Clock
) -> None:
    third = Database(no_database(tmp_path / "third.db"), clock=clock, closed_too=True)
    move_database(target, third, owner)
    with pytest.raises(Refused, match="is not the database to which"):
        take_back(moved(db), moved(target), owner)
    third.close()


def test_a_database_that_is_in_use_is_not_taken_back(
    db: Database, owner: Identity, moderator: Identity, target: Database
) -> None:
    with pytest.raises(Refused, match="was not moved to another database"):
        take_back(target, None, owner)
    with pytest.raises(NotPermitted):
        take_back(moved(db), target, moderator)


def test_a_kill_between_the_two_is_made_good_by_the_same_command(
    db: Database, target: Database, owner: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("thrumsg_tui.store.database_move.take_back.record", interrupted)
        with pytest.raises(KeyboardInterrupt):
            take_back(moved(db), target, owner)
    for closed in (db, target):
        with pytest.raises(DatabaseMoved):
            Database(closed.location)
    take_back(moved(db), moved(target), owner)
    Database(db.location).close()

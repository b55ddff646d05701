"""Who waits for another writer is told so while they wait; keys and changes are kept (docs/rules.md 3.11)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from thrumsg_tui.domain.errors import DatabaseBusy
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines import waits
from thrumsg_tui.store.engines.sqlite.locks import when_free
from thrumsg_tui.store.pacing import Pacing

pytestmark = pytest.mark.only_sqlite("a file has one writer, and a lock of the whole")


@contextmanager
def locked(path: Path, how: str = "IMMEDIATE") -> Iterator[sqlite3.Connection]:
    """Somebody else writes."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute(f"BEGIN {how}")
    try:
        yield other
    finally:
        other.close()


def test_a_writer_that_waits_tells_so_until_it_has_its_turn(tmp_path: Path) -> None:
    path = tmp_path / "thrumsg.db"
    told: list[bool] = []

    def tell(begins: bool) -> None:
        told.append(begins)
        if begins:  # it is only told while the other one still writes
            other.execute("ROLLBACK")

    db = Database(path, on_wait=tell)
    with locked(path) as other, db.writing():
        pass
    assert told == [True, False]
    db.close()


def test_it_tries_again_every_few_milliseconds_and_is_told_within_half_a_second(tmp_path: Path) -> None:
    """The time here passes only in the pauses: a clock would measure the machine's load too."""
    path = tmp_path / "thrumsg.db"
    Database(path).close()
    pauses: list[float] = []
    told_at: list[float] = []

    def tell(_: bool) -> None:
        told_at.append(sum(pauses))
        if len(told_at) == 1:
            other.execute("ROLLBACK")

    with closing(sqlite3.connect(path, isolation_level=None)) as conn, locked(path) as other:
        when_free(conn, "BEGIN IMMEDIATE", tell, clock=lambda: sum(pauses), pause=pauses.append)
    assert 0.1 < told_at[0] < 0.5
    assert told_at[1] == told_at[0]
    assert max(pauses) < Pacing().pause / 2


def test_who_waits_in_vain_has_waited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "BUSY_SECONDS", 0.05)
    path = tmp_path / "thrumsg.db"
    told: list[bool] = []
    db = Database(path, on_wait=told.append)
    with locked(path), pytest.raises(DatabaseBusy, match="Nothing was changed"), db.writing():
        pass
    assert told == [True, False]
    db.close()


def test_who_need_not_wait_is_told_nothing(tmp_path: Path) -> None:
    told: list[bool] = []
    db = Database(tmp_path / "thrumsg.db", on_wait=told.append)
    with db.writing():
        pass
    assert told == []
    db.close()


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_opening_waits_in_words_too(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "thrumsg.db"
    Database(path).close()
    before = sqlite3.connect(path, isolation_level=None)
    before.execute(f"PRAGMA journal_mode = {mode}")
    before.close()
    told: list[bool] = []

    def tell(begins: bool) -> None:
        told.append(begins)
        if begins and other.in_transaction:
            other.execute("ROLLBACK")

    with locked(path, "EXCLUSIVE") as other:
        db = Database(path, on_wait=tell)
        with db.writing():
            pass
        db.close()
    assert told == [True, False]

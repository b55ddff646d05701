"""Who waits for a lock of somebody else on a server is told so while they wait (docs/rules.md 3.11)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tests.postgres_server import PATIENCE
from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.errors import DatabaseBusy
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines import waits, whole_tables_of
from thrumsg_tui.store.engines.waits import TOLD_AFTER
from thrumsg_tui.store.location import ServerAddress
from thrumsg_tui.store.locks import CampaignLock

SPRING = CampaignLock(CampaignId(1))


def test_a_change_that_waits_for_another_tells_so_until_it_has_its_turn(empty: ServerAddress) -> None:
    told: list[bool] = []
    begun = threading.Event()

    def tell(begins: bool) -> None:
        told.append(begins)
        if begins:
            begun.set()

    first, second = Database(empty), Database(empty, on_wait=tell)

    def hold_until_the_other_waits() -> None:
        with first.writing() as tx:
            tx.hold(SPRING)
            tx.await_locks()
            is_held.set()
            assert begun.wait(PATIENCE)
        first.close()

    is_held = threading.Event()
    holder = threading.Thread(target=hold_until_the_other_waits)
    holder.start()
    assert is_held.wait(PATIENCE)
    with second.writing() as tx:
        opened_at = tx.now
        tx.hold(SPRING)
        tx.await_locks()
        assert told == [True, False]
        assert tx.now - opened_at >= timedelta(seconds=TOLD_AFTER)  # it happens after what it has waited for
    holder.join(PATIENCE)
    second.close()


def test_tables_are_locked_against_readers_all_at_once(empty: ServerAddress) -> None:
    """A reader that has one and wants another would wait for who has that and wants the first."""
    waits = threading.Event()
    reader, loader = Database(empty), Database(empty, on_wait=lambda begins: waits.set() if begins else None)
    done: list[str] = []

    def load() -> None:
        tables = whole_tables_of(empty)
        with loader.writing() as tx, tables.loading(tx.conn, ["message", "setting"]):
            done.append("loaded")
        loader.close()

    with reader.reading() as conn:
        conn.execute("SELECT 1 FROM setting").fetchall()
        loading = threading.Thread(target=load)
        loading.start()
        assert waits.wait(PATIENCE)
        assert conn.execute("SELECT 1 FROM message").fetchall() == []
        assert done == []
    loading.join(PATIENCE)
    assert done == ["loaded"]
    reader.close()


def test_nothing_is_told_where_nobody_waits(empty: ServerAddress) -> None:
    told: list[bool] = []
    db = Database(empty, on_wait=told.append)
    with db.writing() as tx:
        tx.hold(SPRING)
    assert told == []
    db.close()


def test_the_end_is_told_also_if_the_wait_was_in_vain(empty: ServerAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "BUSY_SECONDS", 2 * TOLD_AFTER)
    told: list[bool] = []
    first, second = Database(empty), Database(empty, on_wait=told.append)
    with first.writing() as holder:
        holder.hold(SPRING)
        holder.await_locks()
        with pytest.raises(DatabaseBusy), second.writing() as tx:
            tx.hold(SPRING)
    assert told == [True, False]
    for db in (first, second):
        db.close()

"""Who waits for a lock of somebody else on a server is told so while they wait (docs/rules.md 3.11)."""

from __future__ import annotations

import threading

import pytest

from tests.postgres_server import PATIENCE
from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines.postgres.waiting import wait_reported
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
            is_held.set()
            assert begun.wait(PATIENCE)
        first.close()

    is_held = threading.Event()
    holder = threading.Thread(target=hold_until_the_other_waits)
    holder.start()
    assert is_held.wait(PATIENCE)
    with second.writing() as tx:
        tx.hold(SPRING)
        assert told == [True, False]
    holder.join(PATIENCE)
    second.close()


def test_nothing_is_told_where_nobody_waits(empty: ServerAddress) -> None:
    told: list[bool] = []
    db = Database(empty)
    with db.writing() as tx:
        tx.hold(SPRING)
    with wait_reported(told.append):
        pass
    assert told == []
    db.close()


def test_the_end_is_told_also_if_the_wait_was_in_vain() -> None:
    told: list[bool] = []
    begun = threading.Event()

    def tell(begins: bool) -> None:
        told.append(begins)
        begun.set()

    def wait_in_vain() -> None:
        with wait_reported(tell):
            assert begun.wait(PATIENCE)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        wait_in_vain()
    assert told == [True, False]

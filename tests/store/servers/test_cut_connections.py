"""A connection that is cut at a COMMIT: what was sent is there once, and whoever sent it knows (docs/rules.md 13.1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from random import Random

import pytest

from tests.cutting_proxy import Cut, CuttingProxy, cutting_proxy
from tests.postgres_server import USER, shared_cluster
from tests.store.arranging import known_as, look_at
from tests.store.servers.failing_server import Told, make_campaign, make_database, require_true, send_all
from thrumsg_tui.domain.errors import OutcomeUnknown
from thrumsg_tui.store import lost_commits
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines.postgres import engine
from thrumsg_tui.store.location import ServerAddress

CUTS = [Cut.BEFORE, Cut.SILENT, Cut.MIDDLE, Cut.UNDER_WAY, Cut.AFTER]


@pytest.fixture
def name() -> str:
    return make_database(shared_cluster())


@pytest.fixture
def proxy() -> Iterator[CuttingProxy]:
    with cutting_proxy(shared_cluster().folder / ".s.PGSQL.5432") as running:
        yield running


@pytest.mark.parametrize("cut", CUTS)
def test_a_message_is_sent_once_whenever_its_connection_is_cut(
    name: str, proxy: CuttingProxy, cut: Cut, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_IDLE", 600)  # nobody waits for that
    address = shared_cluster().address(name)
    with closing(Database(ServerAddress(address))) as near:
        [conversation] = make_campaign(near, 1)
    with closing(Database(ServerAddress(proxy.address(USER, name)))) as db:
        who = known_as(db, "ana")
        proxy.cuts.append(cut)
        sent = send(db, who, conversation)
        assert proxy.done == [cut]
        assert [message.id for message in look_at(db, conversation).messages] == [sent.message_id]
    require_true(address, Told({conversation: sent.message_id}))


def test_of_many_that_are_cut_none_is_missing_and_none_is_there_twice(name: str, proxy: CuttingProxy) -> None:
    address = shared_cluster().address(name)
    with closing(Database(ServerAddress(address))) as near:
        conversations = make_campaign(near, 100)
    chance = Random(13)
    proxy.cuts.extend(chance.choice([*CUTS, Cut.NONE, Cut.NONE]) for _ in range(100))
    told = send_all(proxy.address(USER, name), conversations, threads=4, persistent=False)
    assert proxy.done.count(Cut.AFTER) > 5
    assert len(told.sent) >= 90  # a change is tried six times
    require_true(address, told)


def test_what_a_client_holds_that_is_gone_without_a_word_is_free_after_a_while(
    name: str, proxy: CuttingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_IDLE", 1)
    address = shared_cluster().address(name)
    with closing(Database(ServerAddress(address))) as near:
        conversations = make_campaign(near, 2)
    with closing(Database(ServerAddress(proxy.address(USER, name)))) as gone:
        who = known_as(gone, "ana")
        monkeypatch.setattr(lost_commits, "BUSY_SECONDS", 0)
        proxy.cuts.append(Cut.SILENT)
        proxy.refuse()
        with pytest.raises(OutcomeUnknown):
            send(gone, who, conversations[0])
    told = send_all(address, conversations, threads=2, persistent=False)
    assert len(told.sent) == 2
    require_true(address, told)

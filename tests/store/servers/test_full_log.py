"""The disk of a server's log of changes becomes full, which stops the server (docs/rules.md 11.5, 13.1)."""

from __future__ import annotations

from contextlib import closing

from tests.full_server import server_with_small_log
from tests.store.servers.failing_server import make_campaign, make_database, require_true, send_all
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import ServerAddress


def test_what_was_sent_until_then_is_there_and_of_the_rest_nothing_is_claimed() -> None:
    with server_with_small_log() as (cluster, disk):
        address = cluster.address(make_database(cluster))
        with closing(Database(ServerAddress(address))) as db:
            conversations = make_campaign(db, 300)
        disk.fill(free=512 << 10)
        told = send_all(address, conversations, threads=2, persistent=False)
        assert told.sent
        assert told.not_sent
        assert not cluster.is_running(), "the disk was not full"
        disk.empty()
        cluster.start()
        require_true(address, told)
        again = send_all(address, sorted(told.not_sent), threads=2, persistent=False)
        assert again.sent.keys() == told.not_sent

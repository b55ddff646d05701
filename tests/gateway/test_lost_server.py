"""A listener whose server is away takes messages all the same, and stores them later (docs/rules.md 10.6, 13.1)."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.gateway.listening import listening, post
from tests.gateway.small_carrier import message
from tests.postgres_server import own_cluster
from tests.store.arranging import look_at, number
from tests.store.servers.failing_server import make_campaign, make_database
from thrumsg_tui.store.database import Database


def test_what_comes_while_the_server_is_away_is_acknowledged_and_stored_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))  # where the spool of a server is
    with (
        own_cluster({"synchronous_commit": "on"}) as cluster,
        closing(Database(cluster.address(make_database(cluster)))) as db,
    ):
        [ann] = make_campaign(db, 1)
        with listening(db.location) as listener:
            assert post(listener.address, message("M1", number(0), "before")).status == 200
            cluster.stop("immediate")
            assert post(listener.address, message("M2", number(0), "while it is away")).status == 200
            assert post(listener.address, message("M2", number(0), "while it is away")).status == 200
            cluster.start()
            assert post(listener.address, message("M3", number(0), "after")).status == 200
        assert [each.body for each in look_at(db, ann).messages] == ["before", "while it is away", "after"]

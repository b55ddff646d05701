"""What a command says when its server is gone in the middle of its work (docs/rules.md 13.1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import count

import pytest

from tests.cli.conftest import Shell
from tests.postgres_server import USER, Cluster, own_cluster
from tests.store.arranging import known_as
from tests.store.servers.failing_server import make_campaign, make_database
from thrumsg_tui.cli.main import main
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.pacing import Pacing


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with own_cluster({"synchronous_commit": "on"}) as running:
        yield running


def test_a_move_in_steps_says_that_what_was_moved_stays_moved_and_is_finished_later(
    cluster: Cluster, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    address = cluster.address(make_database(cluster))
    with closing(Database(address)) as db:
        make_campaign(db, 60)
        ana = known_as(db, "ana")
        add_user(db, ana, USER, "Thea", "Rum", role=Role.OWNER)  # who signs in to the server
        add_senders(db, ana, "Spring", ["ana"])
    waits = count()

    def stop_after_three_steps(_: float) -> None:
        if next(waits) == 3:
            cluster.stop("immediate")

    words = ["--db", address, "reassign", "Spring", "--from-unassigned", "--to", "ana"]
    pacing = Pacing(most_at_once=20, step=10, hold=0, pause=0, stalled_after=0, wait=stop_after_three_steps)
    assert main(words, pacing=pacing) == 3
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "does not answer" in err
    assert "If the move was made in steps, what was moved before stays moved; the next thrumsg" in err
    cluster.start()
    shell.done("--db", address, "campaign", "list")
    assert shell.json("--db", address, "overview", "Spring")["senders"][1]["assigned"] == 60
    assert shell.done("--db", address, "doctor").splitlines()[1:] == ["All is well."]

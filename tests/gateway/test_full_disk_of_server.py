"""The disk of the server becomes full under the services: no message is lost or leaves twice (docs/rules.md 11.5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.full_server import FullServer, full_server
from tests.gateway.chaos import PATIENCE, traffic
from tests.gateway.listening import listening, post
from tests.gateway.small_carrier import message
from tests.store.arranging import look_at, number
from tests.store.servers.failing_server import make_campaign
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.spool import spool_state

A_TURN = 0.05


@pytest.fixture
def server() -> Iterator[FullServer]:
    with full_server() as running:
        yield running


def test_a_deliverer_keeps_the_answers_of_the_carrier_until_there_is_room(tmp_path: Path, server: FullServer) -> None:
    with traffic(tmp_path, 120, location=server.location) as run:
        with run.deliverer() as process:
            run.await_traffic(process, 10)
            server.fill()
            limit = monotonic() + PATIENCE
            while "is full. All that was stored is kept." not in run.log:
                assert monotonic() < limit, run.log
                assert process.poll() is None, run.log
                sleep(A_TURN)
            server.empty()
            run.await_traffic(process, 10)
        run.finish()
        verdict = run.verdict()
        assert "Traceback" not in run.log
    assert verdict.is_good, verdict
    absent = run.log.count("settled=queued_again")  # claimed, and not with the carrier yet when the disk was full
    assert verdict.tries == verdict.messages + absent


def test_what_a_carrier_calls_is_acknowledged_and_stored_when_there_is_room(
    tmp_path: Path, server: FullServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))  # where the spool of a server is
    with closing(Database(server.location)) as db:
        [ann] = make_campaign(db, 1)
        with listening(db.location) as listener:
            server.fill()
            for nth in range(5):
                assert post(listener.address, message(f"M{nth}", number(0), f"{nth}")).status == 200
            state = spool_state(db.path)
            assert state is not None
            assert (state.waiting, state.failed) == (5, 0)
            assert look_at(db, ann).messages == ()
            server.empty()
        assert [each.body for each in look_at(db, ann).messages] == ["0", "1", "2", "3", "4"]

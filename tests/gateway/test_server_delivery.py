"""Of several hosts one delivers from a database on a server, whatever ends it (docs/rules.md 13.5).

The carrier runs in a process of its own, and its log is the judge.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import pytest

from tests.gateway.chaos import NAIVE, PATIENCE, Traffic, halt, traffic
from tests.outside_tools import require_tool
from tests.team_server import DATABASE, Team, team_server
from thrumsg_tui.domain.errors import DatabaseUnusable, Refused
from thrumsg_tui.gateway.delivery_lock import DeliveryLock, LockLost
from thrumsg_tui.gateway.practice_delivery import PracticeDelivery
from thrumsg_tui.host import this_host
from thrumsg_tui.store.changes.settings import store_setting
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines import engine_for
from thrumsg_tui.store.engines.postgres.delivery_lock import ServerDeliveryLock
from thrumsg_tui.store.location import ServerAddress
from thrumsg_tui.store.queries.settings import PRACTICE

BOUNCER = Path("/usr/sbin/pgbouncer")
SECONDS_TO_TAKE_OVER = 5

AFTER_EVERY_CALL = 12.0
"""Seconds to the first look for a message in doubt whose process may still live: its call must have ended."""


@pytest.fixture(scope="module")
def server() -> Iterator[Team]:
    with team_server() as team:
        yield team


@pytest.fixture
def team(server: Team) -> Team:
    """A server whose database has its tables."""
    server.make_database()
    Database(server.location("olga")).close()
    return server


@contextmanager
def on_server(team: Team, folder: Path, messages: int, *, wait: float = 1.5) -> Iterator[Traffic]:
    olga, host = team.location("olga"), team.location("host_a")
    with traffic(folder, messages, wait=wait, location=olga, address=host) as run:
        yield run


def until(met: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < limit
        time.sleep(0.02)


def holders(team: Team) -> list[str]:
    """Who has the lock, as the server sees it."""
    with team.connected() as conn:
        found = conn.execute(
            "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND classid = 10 AND granted"
        ).fetchall()
    return [str(name) for (name,) in found]


def test_one_connection_at_a_time_has_the_lock(team: Team) -> None:
    with DeliveryLock(team.location("host_a")) as lock:
        assert lock.is_held
        other = DeliveryLock(team.location("host_a"))
        assert not other.acquire()
        assert re.fullmatch(rf"process \d+ on {this_host()}", other.holder())
        with pytest.raises(Refused, match=r"being delivered already: process \d+ on "), other:
            pass
        stranger = DeliveryLock(team.location("host_b"))
        assert stranger.holder() == other.holder()
        stranger.release()
    assert not lock.is_held
    assert other.acquire()
    other.release()
    assert holders(team) == []


def test_organizations_in_schemas_of_one_database_have_locks_of_their_own(team: Team) -> None:
    with team.connected("olga") as conn:
        conn.execute("CREATE SCHEMA north")
    north = ServerAddress(team.address("olga", "&options=-csearch_path%3Dnorth"))
    with DeliveryLock(team.location("olga")), DeliveryLock(north) as lock:
        assert lock.is_held


def test_whoever_loses_the_connection_has_lost_the_lock(team: Team) -> None:
    with DeliveryLock(team.location("host_a")) as lock:
        lock.require()
        with team.connected() as conn:
            conn.execute("SELECT pg_terminate_backend(pid, 60000) FROM pg_locks WHERE classid = 10")
        with pytest.raises(LockLost, match="hands over nothing more"):
            lock.require()
        assert lock.acquire()
        lock.require()


@pytest.mark.parametrize(("seconds", "words"), [(60, "60 seconds ahead of"), (-60, "60 seconds behind")])
def test_a_host_whose_clock_is_wrong_does_not_deliver(team: Team, seconds: float, words: str) -> None:
    """It would ask the carrier about a message whose call another host has only just begun."""
    with pytest.raises(DatabaseUnusable, match=f"The clock of this host is {words} the server's"):
        lock_by_clock(team, seconds).acquire()
    near = lock_by_clock(team, seconds / 6)
    assert near.acquire()
    near.release()


def lock_by_clock(team: Team, seconds: float) -> ServerDeliveryLock:
    """The lock of a host whose clock is so far ahead."""
    engine = engine_for(team.location("host_a"))
    return ServerDeliveryLock(lambda: engine.open("writer"), engine.explained, clock=lambda: time.time() + seconds)


@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_a_pooler_is_refused(team: Team, mode: str) -> None:
    """It would give the connection, and the lock with it, to somebody else."""
    require_tool("postgresql", is_there=BOUNCER.exists())
    with pooled(team, mode) as address:
        with Database(address).reading() as conn:
            assert conn.execute("SELECT 1").fetchone()[0] == 1
        lock = DeliveryLock(address)
        with pytest.raises(Refused, match="leads to a pooler, such as PgBouncer"):
            lock.acquire()
        assert not lock.is_held
        assert holders(team) == []


def listens(path: Path) -> bool:
    """Whether somebody takes connections at a socket."""
    with socket.socket(socket.AF_UNIX) as caller:
        return caller.connect_ex(str(path)) == 0


@contextmanager
def pooled(team: Team, mode: str) -> Iterator[ServerAddress]:
    """Put PgBouncer before the server, for anybody."""
    server = team.cluster.folder
    account: dict[str, Any] = {} if os.geteuid() else {"user": server.owner(), "group": server.group()}
    with TemporaryDirectory(prefix="thrumsg-pooler-", dir="/tmp") as name:
        folder = Path(name)
        settings, log = folder / "settings", folder / "log"
        settings.write_text(
            f"[databases]\n{DATABASE} = host={server} user=host_a\n"
            f"[pgbouncer]\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = {folder}\nauth_type = any\n"
            f"pool_mode = {mode}\nlogfile = {log}\n"
        )
        shutil.chown(folder, server.owner(), server.group())
        process = subprocess.Popen([str(BOUNCER), "--quiet", str(settings)], **account)
        try:
            until(lambda: listens(folder / ".s.PGSQL.6432") or process.poll() is not None)
            assert process.poll() is None, log.read_text()
            yield ServerAddress(f"postgresql://host_a@/{DATABASE}?host={quote(name, safe='')}&port=6432")
        finally:
            process.kill()
            process.wait(PATIENCE)


class Pair:
    """Two hosts that deliver: whoever has the lock, and the other one, which stands by."""

    def __init__(self, run: Traffic, hosts: ExitStack) -> None:
        self._run, self._hosts = run, hosts
        self.active, self.standby = self.begun(), self.begun()
        until(lambda: run.is_at_work(self.active) or run.is_at_work(self.standby))
        if not run.is_at_work(self.active):
            self.active, self.standby = self.standby, self.active

    def begun(self) -> subprocess.Popen[bytes]:
        """Start one more."""
        return self._hosts.enter_context(self._run.deliverer(None, "--wait"))

    def take_over(self) -> float:
        """Wait until the other one delivers; return how many seconds that took."""
        begun = time.monotonic()
        until(lambda: self._run.is_at_work(self.standby))
        self.active, self.standby = self.standby, self.active
        return time.monotonic() - begun


@contextmanager
def pair(run: Traffic) -> Iterator[Pair]:
    with ExitStack() as hosts:
        yield Pair(run, hosts)


def test_a_standby_takes_over_when_the_active_one_is_killed(team: Team, tmp_path: Path) -> None:
    """Again and again, under traffic; nothing is lost, and nothing leaves twice."""
    with on_server(team, tmp_path, 160) as run:
        with pair(run) as hosts:
            for _ in range(3):
                assert run.await_traffic(hosts.active, 20)
                hosts.active.kill()
                assert hosts.take_over() < SECONDS_TO_TAKE_OVER
                hosts.standby = hosts.begun()
        run.finish()
        verdict = run.verdict()
    assert verdict.is_good, verdict


def test_the_judge_sees_what_is_sent_twice_where_no_carrier_is_asked(team: Team, tmp_path: Path) -> None:
    with on_server(team, tmp_path, 90) as run:
        run.kill_again_and_again(3, Random(1), each=10, program=NAIVE)
        run.finish(NAIVE)
        assert run.verdict().doubled > 0


def test_whoever_loses_the_lock_under_traffic_stands_by_again(team: Team, tmp_path: Path) -> None:
    with on_server(team, tmp_path, 120, wait=AFTER_EVERY_CALL) as run:
        with pair(run) as hosts:
            for _ in range(2):
                assert run.await_traffic(hosts.active, 20)
                with team.connected() as conn:
                    conn.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE classid = 10 AND granted")
                until(lambda: len(holders(team)) == 1)
                assert (hosts.active.poll(), hosts.standby.poll()) == (None, None)
                if run.is_at_work(hosts.standby):
                    hosts.active, hosts.standby = hosts.standby, hosts.active
        run.finish()
        verdict = run.verdict()
    assert verdict.is_good, verdict


def test_a_halted_deliverer_keeps_the_lock(team: Team, tmp_path: Path) -> None:
    with on_server(team, tmp_path, 120) as run:
        with pair(run) as hosts:
            run.await_traffic(hosts.active, 20)
            halt(hosts.active, 1.0)
            assert run.is_at_work(hosts.active)
        run.finish()
        verdict = run.verdict()
    assert verdict.is_good, verdict


def test_both_go_on_when_a_killed_server_is_back(tmp_path: Path) -> None:
    with team_server({"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}) as team:
        Database(team.location("olga")).close()
        with on_server(team, tmp_path, 120, wait=AFTER_EVERY_CALL) as run:
            with pair(run) as hosts:
                for _ in range(2):
                    assert run.await_traffic(hosts.active, 20)
                    team.cluster.stop("immediate")
                    team.cluster.start()
                    until(lambda: len(holders(team)) == 1)
                    assert (hosts.active.poll(), hosts.standby.poll()) == (None, None)
                    if run.is_at_work(hosts.standby):
                        hosts.active, hosts.standby = hosts.standby, hosts.active
            run.finish()
            verdict = run.verdict()
    assert verdict.is_good, verdict


def test_of_several_apps_one_delivers_a_practice_database(team: Team) -> None:
    with closing(Database(team.location("olga"))) as db, closing(Database(team.location("kim"))) as other:
        with db.writing() as tx:
            store_setting(tx, PRACTICE, "7")
        first, second = PracticeDelivery(), PracticeDelivery()
        first.turn(db)
        second.turn(other)
        assert len(holders(team)) == 1
        first.end()
        assert holders(team) == []
        second.turn(other)
        assert len(holders(team)) == 1
        second.end()
    assert holders(team) == []

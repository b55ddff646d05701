"""What systemd is told of a service, over a real socket (docs/rules.md 10.1)."""

from __future__ import annotations

import os
import secrets
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.gateway.delivering import PATIENCE, Seconds, queue, states
from tests.gateway.scripted import ScriptedGateway
from tests.store.world import World
from thrumsg_tui.domain.delivery import Accepted, Outcome, Outgoing
from thrumsg_tui.gateway.configuration import Configuration
from thrumsg_tui.gateway.deliverer import Deliverer
from thrumsg_tui.gateway.delivery_lock import DeliveryLock, LockLost
from thrumsg_tui.gateway.delivery_service import Stopping, serve
from thrumsg_tui.gateway.service_manager import ServiceManager
from thrumsg_tui.store.engines import waits

DAY = 86_400_000_000


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as sock:
        sock.bind(str(tmp_path / "notify"))
        yield sock


def heard(sock: socket.socket) -> list[str]:
    sock.setblocking(False)
    said = []
    while True:
        try:
            said.append(sock.recv(4096).decode())
        except BlockingIOError:
            return said


def manager(systemd: socket.socket, clock: Seconds, **environment: str) -> ServiceManager:
    return ServiceManager({"NOTIFY_SOCKET": systemd.getsockname(), **environment}, now=clock)


def test_a_service_tells_that_it_begins_works_and_ends(systemd: socket.socket) -> None:
    told = manager(systemd, clock := Seconds())
    told.ready("0 queued")
    told.alive("3 queued")
    told.alive("4 queued")
    clock.now += 5
    told.alive("5 queued")
    told.ending()
    assert heard(systemd) == [
        "READY=1\nSTATUS=0 queued",
        "WATCHDOG=1\nSTATUS=3 queued",
        "WATCHDOG=1\nSTATUS=5 queued",
        "STOPPING=1",
    ]


@pytest.mark.parametrize(
    ("environment", "every"),
    [
        ({"WATCHDOG_USEC": "4000000"}, 2),
        ({"WATCHDOG_USEC": "4000000", "WATCHDOG_PID": str(os.getpid())}, 2),
        ({"WATCHDOG_USEC": "4000000", "WATCHDOG_PID": str(os.getpid() + 1)}, 5),
        ({"WATCHDOG_USEC": str(DAY)}, 5),
        ({"WATCHDOG_USEC": "soon"}, 5),
    ],
)
def test_the_watchdog_hears_twice_in_its_time(
    systemd: socket.socket, environment: dict[str, str], every: float
) -> None:
    told = manager(systemd, clock := Seconds(), **environment)
    told.alive("")
    clock.now += every - 0.1
    told.alive("")
    assert len(heard(systemd)) == 1
    clock.now += 0.1
    assert told.is_due
    told.alive("")
    assert len(heard(systemd)) == 1


def test_a_name_without_a_file_is_understood() -> None:
    name = f"thrumsg-{secrets.token_hex(8)}"
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as sock:
        sock.bind(f"\0{name}")
        ServiceManager({"NOTIFY_SOCKET": f"@{name}"}).ready("here")
        assert heard(sock) == ["READY=1\nSTATUS=here"]


def test_a_status_is_one_line_and_says_nothing_else(systemd: socket.socket) -> None:
    manager(systemd, Seconds()).ready("a sentence\nMAINPID=1")
    assert heard(systemd) == ["READY=1\nSTATUS=a sentence MAINPID=1"]


@pytest.mark.parametrize("address", ["", "nowhere", "/nowhere/notify", "@thrumsg-nobody", "vsock:2:1234"])
def test_nobody_who_hears_is_no_failure(address: str) -> None:
    told = ServiceManager({"NOTIFY_SOCKET": address})
    told.ready("")
    told.alive("")
    told.ending()


def test_without_systemd_nothing_is_ever_due() -> None:
    assert not ServiceManager({}).is_due


def test_one_who_does_not_read_holds_nothing_up(systemd: socket.socket) -> None:
    told = manager(systemd, clock := Seconds())
    for _ in range(2000):
        clock.now += 5
        told.alive("x" * 500)
    assert 0 < len(heard(systemd)) < 2000


@pytest.mark.only_sqlite("a file has one writer, and a lock of the whole")
def test_a_database_that_is_locked_makes_the_deliverer_seem_no_less_alive(
    world: World, systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/rules.md 10.1: if it were killed then, the answer that it keeps would be lost, and the message in doubt."""
    queue(world, 1)
    monkeypatch.setattr(waits, "BUSY_SECONDS", 0.05)
    systemd.settimeout(PATIENCE)
    may_answer, stopping = Event(), Stopping()

    def late(message: Outgoing) -> Outcome:
        may_answer.wait(PATIENCE)
        return Accepted("P1")

    told = ServiceManager({"NOTIFY_SOCKET": systemd.getsockname(), "WATCHDOG_USEC": "1000"})
    with DeliveryLock(world.db.path) as lock:
        deliverer = Deliverer(world.db, ScriptedGateway(always=late), Configuration("scripted"))
        thread = Thread(target=serve, args=(world.db, deliverer, stopping, lock, told))
        thread.start()
        try:
            wait_for(systemd, "WATCHDOG=1\nSTATUS=1 queued")
            with closing(sqlite3.connect(world.db.path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                may_answer.set()
                wait_for(systemd, "WATCHDOG=1\nSTATUS=The database cannot be used: ")
                other.execute("ROLLBACK")
            wait_for(systemd, "WATCHDOG=1\nSTATUS=0 queued")
        finally:
            may_answer.set()
            stopping.times = 1
            thread.join(PATIENCE)
    assert states(world) == ["sent"]
    world.db.close()


@pytest.mark.only_sqlite("the lock is a file there, which is removed")
def test_a_deliverer_that_loses_its_lock_is_not_about_to_end(world: World, systemd: socket.socket) -> None:
    """docs/rules.md 13.5: it stands by."""
    told = ServiceManager({"NOTIFY_SOCKET": systemd.getsockname(), "WATCHDOG_USEC": "1000"})
    with DeliveryLock(world.db.path) as lock:
        world.db.path.with_name(f"{world.db.path.name}.deliver.lock").unlink()
        with pytest.raises(LockLost, match="may have begun"):
            serve(world.db, Deliverer(world.db, ScriptedGateway(), Configuration("scripted")), Stopping(), lock, told)
    said = heard(systemd)
    assert said[0].startswith("READY=1")
    assert not any("STOPPING" in each for each in said)


@pytest.mark.parametrize(("is_replaced", "state"), [(False, "in_doubt"), (True, "sending")])
def test_what_another_process_has_under_way_is_left_to_it(world: World, is_replaced: bool, state: str) -> None:
    """docs/rules.md 13.5: whoever has lost the lock puts nothing in doubt."""
    queue(world, 1)
    begun, may_end = Event(), Event()

    def late(_: Outgoing) -> Outcome:
        begun.set()
        may_end.wait(PATIENCE)
        return Accepted("P1")

    deliverer = Deliverer(world.db, ScriptedGateway(always=late), Configuration("scripted"))
    deliverer.start()
    try:
        deliverer.turn()
        begun.wait(PATIENCE)
        deliverer.stop(lambda: 0.0, is_replaced=is_replaced)
        assert states(world) == [state]
    finally:
        may_end.set()


def wait_for(sock: socket.socket, beginning: str) -> None:
    while not sock.recv(4096).decode().startswith(beginning):
        pass

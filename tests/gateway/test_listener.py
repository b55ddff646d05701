"""What the listener answers, and that only what is stored is acknowledged (docs/rules.md 10.6)."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from time import sleep

import pytest

from tests.gateway.listening import Listener, ask, listening, opened_socket, post
from tests.gateway.small_carrier import message, signature
from tests.store.arranging import number
from tests.store.world import World
from thrumsg_tui.domain.carrier import ListenerStanding
from thrumsg_tui.store.changes.gateway_state import beat
from thrumsg_tui.store.locks import EverythingLock
from thrumsg_tui.store.queries.carrier_status import carrier_status
from thrumsg_tui.store.spool import spool_path, spool_state

ANN = number(0)
A_TURN = 0.02
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def listener(world: World) -> Iterator[Listener]:
    with listening(world.db.location, "--patience", "body=0.3", "--patience", "headers=0.3") as running:
        yield running


def bodies(world: World) -> list[str]:
    """The texts of all incoming messages, matched or not, in order."""
    found = world.rows("SELECT body FROM message WHERE direction = 'incoming' ORDER BY id")
    found += world.rows("SELECT body FROM unmatched ORDER BY id")
    return [row["body"] for row in found]


# What is stored


def test_a_message_is_acknowledged_and_stored_once(world: World, listener: Listener) -> None:
    first = post(listener.address, message("M1", ANN))
    assert (first.status, first.body, first.headers["content-type"]) == (
        200,
        b"thank you",
        "text/plain; charset=utf-8",
    )
    assert "server" not in first.headers
    assert post(listener.address, message("M1", ANN)).status == 200
    listener.end()
    assert bodies(world) == ["hello"]
    assert world.rows("SELECT gateway, our_number FROM message WHERE body = 'hello'")[0]["gateway"] == "small"


def test_messages_are_stored_in_the_order_in_which_they_came(world: World, listener: Listener) -> None:
    said = [f"number {nth}" for nth in range(150)]
    for nth, body in enumerate(said):
        assert post(listener.address, message(f"M{nth}", ANN, body)).status == 200
    listener.end()
    assert bodies(world) == said
    state = spool_state(world.db.path)
    assert state
    assert (state.waiting, state.failed, state.oldest) == (0, 0, None)


@contextmanager
def locked(world: World) -> Iterator[None]:
    """Let nobody else change the main database; a transaction that does nothing keeps nobody waiting on a server."""
    with world.db.writing(bulk=True) as tx:
        tx.hold(EverythingLock())
        yield


def test_it_is_acknowledged_while_the_main_database_is_locked(world: World, listener: Listener) -> None:
    with locked(world):
        assert post(listener.address, message("M1", ANN)).status == 200
        state = spool_state(world.db.path)
        assert state
        assert state.waiting == 1
    listener.end()
    assert bodies(world) == ["hello"]


def test_what_is_left_at_the_end_is_stored_at_the_next_start(world: World) -> None:
    with listening(world.db.location, "--patience", "drain=0") as first, locked(world):
        assert post(first.address, message("M1", ANN)).status == 200
        first.end()
    assert bodies(world) == []
    with listening(world.db.location):
        pass
    assert bodies(world) == ["hello"]


def test_a_request_that_cannot_be_read_keeps_nothing_behind_it(world: World, listener: Listener) -> None:
    assert post(listener.address, message("M1", ANN, "unreadable")).status == 200
    assert post(listener.address, message("M2", ANN, "readable")).status == 200
    log = listener.end()
    assert bodies(world) == ["readable"]
    assert "error=ValueError in _store" in log
    assert "unreadable" not in log


def standing(world: World) -> ListenerStanding | None:
    """What the database says of the listener."""
    beat(world.db, "small")
    with world.db.reading() as conn:
        return carrier_status(conn, world.db.clock()).listener


def test_the_database_says_while_a_listener_runs_and_that_it_was_stopped(world: World, listener: Listener) -> None:
    post(listener.address, message("M1", ANN))
    while bodies(world) != ["hello"]:  # the first beat comes before the first message
        sleep(A_TURN)
    found = standing(world)
    assert found is not None
    assert found.seen_at is not None
    assert found.ended_at is None
    listener.end()
    found = standing(world)
    assert found is not None
    assert found.ended_at is not None


def test_a_listener_that_was_killed_is_not_called_stopped(world: World) -> None:
    listener = Listener(world.db.location)
    post(listener.address, message("M1", ANN))
    while bodies(world) != ["hello"]:
        sleep(A_TURN)
    listener.kill()
    found = standing(world)
    assert found is not None
    assert (found.seen_at is None, found.ended_at) == (False, None)


def test_the_spool_is_for_its_owner_only(world: World, listener: Listener) -> None:
    post(listener.address, message("M1", ANN))
    path = spool_path(world.db.path)
    for file in (path, *path.parent.glob(f"{path.name}-*")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


# What is refused


def test_other_paths_and_methods(listener: Listener) -> None:
    assert ask(listener.address, "GET", "/").status == 404
    assert ask(listener.address, "POST", "/small/message/", b"").status == 404
    assert ask(listener.address, "POST", "/docs", b"").status == 404
    for method in ("GET", "PUT", "DELETE", "OPTIONS"):
        assert ask(listener.address, method, "/small/message").status == 405
    assert ask(listener.address, "POST", "/healthz", b"").status == 405


def test_bodies_that_are_refused(world: World, listener: Listener) -> None:
    address = listener.address
    assert exchanged(address, b"POST /small/message HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 411 ")
    chunked = b"POST /small/message HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
    assert exchanged(address, chunked).startswith(b"HTTP/1.1 411 ")
    both = chunked.replace(b"Transfer", b"Content-Length: 1\r\nTransfer").replace(
        b"Host", f"Content-Type: {FORM}\r\nHost".encode()
    )
    assert exchanged(address, both).startswith(b"HTTP/1.1 411 "), "the length says nothing then"
    large = b"POST /small/message HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n"
    assert exchanged(address, large).startswith(b"HTTP/1.1 413 "), "before anything of it was sent"
    assert post(address, b"x" * 65536, X_Signature="wrong").status == 403
    assert post(address, message("M1", ANN), Content_Type="text/plain").status == 415
    assert post(address, message("M1", ANN), Content_Type=f"{FORM}; charset=UTF-8").status == 200
    assert post(address, message("M2", ANN), X_Signature="wrong").status == 403
    assert post(address, b"from=1").status == 400
    assert post(address, b"id=\xff").status == 400
    log = listener.end()
    assert bodies(world) == ["hello"]
    assert sum("event=refused" in line for line in log.splitlines()) == 2, "at the first, and at the end"
    assert "status_403=2" in log


@pytest.mark.parametrize(
    "sent", [b"hello\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", b"\x16\x03\x01" + b"x" * 99]
)
def test_what_is_no_http_is_refused_and_logged_on_one_line(listener: Listener, sent: bytes) -> None:
    assert exchanged(listener.address, sent + b"\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert listener.end() == "event=server says='Invalid HTTP request received.' error=none\n"


def test_a_body_without_end_is_not_taken_in(listener: Listener) -> None:
    head = f"POST /small/message HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 10\r\n"
    with socket.create_connection(listener.address, timeout=10) as connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        with pytest.raises(ConnectionError):
            connection.sendall((b"10000\r\n" + b"x" * 65536 + b"\r\n") * 1000)


def exchanged(address: tuple[str, int], sent: bytes) -> bytes:
    """Send some bytes and read until the other side closes."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(sent)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def test_a_body_that_takes_too_long_is_refused(world: World, listener: Listener) -> None:
    body = message("M1", ANN)
    head = f"POST /small/message HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
    answer = exchanged(listener.address, head.encode() + body[:-1])
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer.lower()
    listener.end()
    assert bodies(world) == []


@pytest.mark.parametrize("sent", [b"", b"POST /small/mess", b"POST /small/message HTTP/1.1\r\nHost: x\r\n"])
def test_headers_that_take_too_long_end_the_connection(listener: Listener, sent: bytes) -> None:
    assert exchanged(listener.address, sent).startswith(b"HTTP/1.1 408 ")


def test_headers_of_a_second_request_on_a_connection_must_not_take_too_long_either(listener: Listener) -> None:
    first = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection(listener.address, timeout=10) as connection:
        connection.sendall(first)
        answer = connection.recv(65536)
        while not answer.endswith(b"Not Found"):
            answer += connection.recv(65536)
        connection.sendall(first[:10])
        assert connection.recv(65536).startswith(b"HTTP/1.1 408 ")


def test_half_a_body_and_a_closed_connection_are_no_message(world: World, listener: Listener) -> None:
    body = message("M1", ANN)
    head = f"POST /small/message HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(listener.address, timeout=10) as connection:
        connection.sendall(head.encode() + body[:-1])
    log = listener.end()
    assert bodies(world) == []
    assert "Traceback" not in log


def test_a_hundred_slow_connections_keep_nobody_out(world: World, listener: Listener) -> None:
    slow = [socket.create_connection(listener.address, timeout=10) for _ in range(100)]
    try:
        for connection in slow:
            connection.sendall(b"POST /small/message HTTP/1.1\r\n")
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda nth: post(listener.address, message(f"M{nth}", ANN)).status, range(100)))
        assert answers == [200] * 100
    finally:
        for connection in slow:
            connection.close()
    listener.end()
    assert len(bodies(world)) == 100


def test_where_the_spool_cannot_be_written_the_carrier_is_told_to_call_again(world: World) -> None:
    with listening(world.db.location, "--patience", "spool=0.2") as listener:
        with closing(sqlite3.connect(spool_path(world.db.path), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            refused = post(listener.address, message("M1", ANN))
            assert (refused.status, refused.headers["retry-after"], refused.body) == (503, "2", b"")
            assert ask(listener.address, "GET", "/healthz").status == 503
        assert post(listener.address, message("M1", ANN)).status == 200
    assert bodies(world) == ["hello"]


def test_on_a_full_disk_what_was_acknowledged_is_kept_and_the_rest_comes_again(world: World) -> None:
    with listening(world.db.location, "--largest-file", "600000", "--patience", "drain=0.1") as full:
        nth, acknowledged = 0, []
        while post(full.address, message(f"M{nth}", ANN, f"{nth} {'x' * 1000}")).status == 200:
            acknowledged.append(f"M{nth}")
            nth += 1
            assert nth < 1000, "the disk is not full"
        log = full.end()
    assert "event=spool_not_written" in log
    with listening(world.db.location) as roomy:
        assert post(roomy.address, message(f"M{nth}", ANN, "again")).status == 200
    stored = [row["provider_id"] for row in world.rows("SELECT provider_id FROM message WHERE gateway = 'small'")]
    assert sorted(stored) == sorted([*acknowledged, f"M{nth}"])


# Its health


def test_health_is_told_to_this_machine_only(world: World, listener: Listener) -> None:
    healthy = ask(listener.address, "GET", "/healthz")
    assert (healthy.status, json.loads(healthy.body)) == (200, {"ok": True, "spool": 0, "oldest": 0, "failed": 0})
    for name in ("X-Forwarded-For", "Forwarded", "Via"):
        assert ask(listener.address, "GET", "/healthz", None, {name: "1.2.3.4"}).status == 404


# Its end and its beginning


def test_a_listener_on_a_socket_of_somebody_else_starts_again_without_a_refused_connection(world: World) -> None:
    answers = []
    with opened_socket() as sock, ThreadPoolExecutor(4) as pool:
        words, descriptors = ("--fd", str(sock.fileno())), (sock.fileno(),)
        for turn in range(3):
            with listening(world.db.location, *words, descriptors=descriptors) as listener:
                ids = [f"M{turn}-{nth}" for nth in range(60)]
                waiting = [pool.submit(post, listener.address, message(id, ANN)) for id in ids]
                waiting[20].result()
            with listening(world.db.location, *words, descriptors=descriptors):
                answers += [each.result().status for each in waiting]
    assert answers == [200] * 180
    assert len(bodies(world)) == 180


def test_a_connection_from_just_before_the_end_is_answered(world: World, listener: Listener) -> None:
    body = message("M1", ANN)
    head = f"POST /small/message HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n"
    signed = f"X-Signature: {signature('/small/message', body)}\r\n\r\n"
    ask(listener.address, "GET", "/")
    with socket.create_connection(listener.address, timeout=10) as early:
        ask(listener.address, "GET", "/")  # what was accepted after it is answered, so it was accepted too
        os.kill(listener.process.pid, signal.SIGTERM)
        while is_listening(listener.address):
            sleep(A_TURN)
        early.sendall((head + signed).encode() + body)
        answer = early.recv(65536)
        while part := early.recv(65536):  # until it is closed
            answer += part
    assert answer.startswith(b"HTTP/1.1 200 ")
    listener.process.communicate()
    assert bodies(world) == ["hello"]


def is_listening(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=10).close()
    except ConnectionRefusedError:
        return False
    return True


def test_two_signals_end_it_once(listener: Listener) -> None:
    os.kill(listener.process.pid, signal.SIGTERM)
    listener.end()

"""Caddy, with the file that is shipped, in front of a real listener (docs/rules.md 10.6)."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import sleep

import pytest

from tests.free_ports import free_port
from tests.gateway.listening import PATIENCE, Listener, ask, listening, post
from tests.gateway.small_carrier import message, signature
from tests.outside_tools import require_tool
from tests.store.arranging import number
from tests.store.world import World

CADDYFILE = Path(__file__).parent.parent.parent / "deploy" / "Caddyfile"
ANN = number(0)


@contextmanager
def caddy(folder: Path, text: str, port: int) -> Iterator[None]:
    """Caddy, at work."""
    path = folder / "Caddyfile"
    path.write_text(text)
    env = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    subprocess.run(["caddy", "validate", "--config", path, "--adapter", "caddyfile"], env=env, check=True)
    with (folder / "caddy.log").open("w") as log:
        process = subprocess.Popen(
            ["caddy", "run", "--config", path, "--adapter", "caddyfile"], env=env, stdout=log, stderr=log
        )
    try:
        for _ in range(PATIENCE * 20):
            assert process.poll() is None, (folder / "caddy.log").read_text()
            with closing(socket.socket()) as sock:
                if sock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture
def listener(world: World) -> Iterator[Listener]:
    with listening(world.db.location, "--patience", "body=0.5") as running:
        yield running


@pytest.fixture
def proxy(listener: Listener, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """The address of Caddy with the file of deploy/, for plain HTTP on this machine and the small carrier."""
    require_tool("caddy", is_there=shutil.which("caddy") is not None)
    port = free_port()
    text = CADDYFILE.read_text()
    for ours, here in (
        ("{\n\tservers", "{\n\tadmin off\n\tservers"),
        ("\nsms.example.org {", f"\nhttp://127.0.0.1:{port} {{"),
        ("127.0.0.1:8437", f"127.0.0.1:{listener.address[1]}"),
        ("/twilio/*", "/small/*"),
    ):
        assert text.count(ours) == 1, ours
        text = text.replace(ours, here)
    with caddy(tmp_path, text, port):
        yield ("127.0.0.1", port)


def bodies(world: World) -> list[str]:
    return [row["body"] for row in world.rows("SELECT body FROM message WHERE direction = 'incoming' ORDER BY id")]


def test_the_file_is_valid_as_it_is(tmp_path: Path) -> None:
    require_tool("caddy", is_there=shutil.which("caddy") is not None)
    env = os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    words = ["--config", str(CADDYFILE), "--adapter", "caddyfile"]
    ended = subprocess.run(["caddy", "validate", *words], env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert '"level":"warn"' not in ended.stderr
    assert subprocess.run(["caddy", "fmt", str(CADDYFILE)], capture_output=True, text=True, check=True).stdout == (
        CADDYFILE.read_text()
    )


def test_what_the_carrier_calls_comes_through(world: World, listener: Listener, proxy: tuple[str, int]) -> None:
    answer = post(proxy, message("M1", ANN))
    assert (answer.status, answer.body) == (200, b"thank you")
    assert post(proxy, message("M2", ANN), X_Signature="wrong").status == 403
    listener.end()
    assert bodies(world) == ["hello"]


def test_nothing_else_does(listener: Listener, proxy: tuple[str, int]) -> None:
    """How the service fares is for this machine."""
    assert ask(listener.address, "GET", "/healthz").status == 200
    assert ask(proxy, "GET", "/healthz").status == 404
    assert ask(proxy, "GET", "/small/../healthz").status == 404
    assert ask(proxy, "GET", "/").status == 404
    assert ask(proxy, "GET", "/small/message").status == 405


def test_what_is_too_large_is_refused_by_the_listener(proxy: tuple[str, int]) -> None:
    """Caddy says 502 if it is still passing the body on when the listener has refused it."""
    assert post(proxy, b"x" * (64 * 1024 + 1)).status in {413, 502}


def test_half_a_message_is_never_answered_as_if_it_were_stored(
    world: World, listener: Listener, proxy: tuple[str, int]
) -> None:
    """Caddy answers 200 with nothing when its own time for a body is over, so the listener's must be shorter."""
    body = message("M1", ANN)
    with socket.create_connection(proxy, timeout=PATIENCE) as sock:
        head = (
            f"POST /small/message HTTP/1.1\r\nHost: 127.0.0.1:{proxy[1]}\r\nContent-Length: {len(body)}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nX-Signature: {signature('/small/message', body)}\r\n"
        )
        sock.sendall(head.encode() + b"\r\n" + body[: len(body) // 2])
        assert sock.recv(4096).startswith(b"HTTP/1.1 408 ")
    listener.end()
    assert bodies(world) == []


def test_without_a_listener_the_carrier_hears_that_it_must_call_again(
    listener: Listener, proxy: tuple[str, int]
) -> None:
    listener.end()
    assert post(proxy, message("M1", ANN)).status == 502

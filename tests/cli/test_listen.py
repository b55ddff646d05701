"""What `thrumsg listen` refuses to begin with (docs/rules.md 10.6)."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.gateway.configurations import written


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return written(tmp_path)


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_an_address_that_others_can_reach_needs_a_proxy(spring: Shell, config: Path, host: str) -> None:
    if host == "::" and not socket.has_dualstack_ipv6():
        pytest.skip("there is no IPv6 here")
    reason = spring.refused("listen", "--config", config, "--host", host, "--port", 0)
    assert "can be reached from outside this machine" in reason
    assert "--i-have-a-proxy" in reason


def test_a_socket_that_others_can_reach_is_refused_too(spring: Shell, config: Path) -> None:
    with socket.create_server(("0.0.0.0", 0)) as outside:
        assert "can be reached from outside" in spring.refused("listen", "--config", config, "--fd", outside.fileno())
        os.fstat(outside.fileno())


def test_what_is_no_listening_socket_is_refused(spring: Shell, config: Path, tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file:
        assert "is no socket that listens" in spring.refused("listen", "--config", config, "--fd", file.fileno())
    with socket.socket() as deaf:
        assert "is no socket that listens" in spring.refused("listen", "--config", config, "--fd", deaf.fileno())
    assert "is no socket that listens" in spring.refused("listen", "--config", config, "--fd", 1000)


def test_a_port_that_somebody_else_has_is_refused(spring: Shell, config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        reason = spring.refused("listen", "--config", config, "--port", port)
    assert f"127.0.0.1 port {port} cannot be listened on: " in reason
    assert "is no address of this machine" in spring.refused("listen", "--config", config, "--host", "nowhere.invalid")


def test_a_gateway_that_calls_nothing_needs_no_listener(practice: Shell) -> None:
    assert "there is nothing to listen for" in practice.refused("listen", "--port", 0)


def test_a_sender_may_not_listen(spring: Shell, config: Path) -> None:
    spring.log_in("kim")
    assert "You may not deliver messages" in spring.refused("listen", "--config", config, "--port", 0)


def test_wrong_options_are_named(spring: Shell) -> None:
    for words in (
        ("--port", "70000"),
        ("--port", "http"),
        ("--public-url", "sms.example.org"),
        ("--fd", "3", "--port", "1"),
    ):
        assert spring.run("listen", *words).code == 2

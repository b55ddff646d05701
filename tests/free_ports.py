"""Ports of this machine for programs of the tests that cannot choose one themselves."""

from __future__ import annotations

import socket
import sys
from random import SystemRandom

_NEVER_GIVEN_OUT = range(10_000, 32_768)
"""Ports below those that Linux gives to whoever connects or asks for any."""


def free_ports(count: int) -> list[int]:
    """Return so many ports at which nobody listens, and which no other test gets while this process runs."""
    return [free_port() for _ in range(count)]


def free_port() -> int:
    """Return one such port."""
    while True:
        port = SystemRandom().choice(_NEVER_GIVEN_OUT)
        probe = socket.socket()
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            probe.close()
            continue
        _keep_from_other_tests(probe)
        return port


def _keep_from_other_tests(probe: socket.socket) -> None:
    """Hold the port so that only a program which sets SO_REUSEADDR, as servers do, can get it.

    Other systems than Linux would keep it from those, too.
    """
    if sys.platform == "linux":
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.detach()  # open until the process ends
    else:
        probe.close()

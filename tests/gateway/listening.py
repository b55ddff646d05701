"""A real listener in a process of its own, and how to speak to it.

`python -m tests.gateway.listening DATABASE [--fd N] [--patience NAME=SECONDS] [--largest-file BYTES]` listens for the
small carrier.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.forked import Forked
from tests.gateway.small_carrier import GATEWAY, SmallWebhooks, signature
from thrumsg_tui.gateway.listening_socket import inherited_socket, new_socket, shown
from thrumsg_tui.store.location import Location

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60
"""Seconds after which a listener that says nothing has failed."""


class Answer(NamedTuple):
    """What the listener answered."""

    status: int
    headers: dict[str, str]
    body: bytes


class Listener:
    """A listener in another process."""

    def __init__(self, database: Location, *words: str, descriptors: tuple[int, ...] = ()) -> None:
        self.process = Forked("tests.gateway.listening", [database, *words], descriptors=descriptors)
        self.url = self.process.stdout.readline().strip()
        if not self.url.startswith("http"):
            raise AssertionError(self.process.communicate()[1])

    @property
    def address(self) -> tuple[str, int]:
        """Its host and port."""
        parts = urlsplit(self.url)
        assert parts.hostname
        assert parts.port
        return parts.hostname, parts.port

    def kill(self) -> None:
        """End it where it stands."""
        self.process.kill()
        self.process.communicate()

    def end(self) -> str:
        """Ask it to end, and return what it logged."""
        self.process.send_signal(signal.SIGTERM)
        _, log = self.process.communicate()
        assert self.process.returncode == 0, log
        return log


@contextmanager
def listening(database: Location, *words: str, descriptors: tuple[int, ...] = ()) -> Iterator[Listener]:
    """Run a listener, and end it well."""
    listener = Listener(database, *words, descriptors=descriptors)
    try:
        yield listener
        listener.end()
    finally:
        listener.kill()


def post(
    address: tuple[str, int], body: bytes, path: str = "/small/message", query: str = "", **headers: str
) -> Answer:
    """Call a listener as the small carrier does; headers with underscores replace its own."""
    own = {"Content-Type": "application/x-www-form-urlencoded", "X-Signature": signature(path, body)}
    own |= {name.replace("_", "-"): value for name, value in headers.items()}
    return ask(address, "POST", path + query, body, own)


def ask(
    address: tuple[str, int], method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """Send one request on a connection of its own."""
    connection = HTTPConnection(*address, timeout=PATIENCE)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()


def opened_socket() -> socket.socket:
    """Open a socket as systemd does, to be passed on."""
    listening = new_socket("127.0.0.1", 0)
    os.set_inheritable(listening.fileno(), True)
    return listening


def main() -> None:
    """Listen."""
    from thrumsg_tui.gateway.listener import Patience, listen
    from thrumsg_tui.gateway.service_manager import ServiceManager
    from thrumsg_tui.store.database import Database

    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("--fd", type=int)
    parser.add_argument("--patience", action="append", default=[])
    parser.add_argument("--largest-file", type=int, metavar="BYTES", help="as if the disk were full then")
    args = parser.parse_args()
    patience = Patience(
        **{name: float(seconds) for name, _, seconds in (each.partition("=") for each in args.patience)}
    )
    sock = new_socket("127.0.0.1", 0) if args.fd is None else inherited_socket(args.fd)
    if args.largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (args.largest_file, args.largest_file))

    def say_where() -> None:
        sys.stdout.write(f"{shown(sock)}\n")
        sys.stdout.flush()

    manager = ServiceManager()
    listen(Database(args.database), GATEWAY, SmallWebhooks(), sock, manager=manager, patience=patience, ready=say_where)


if __name__ == "__main__":
    main()

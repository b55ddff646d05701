"""A proxy before a PostgreSQL server that cuts a connection at its COMMIT."""

from __future__ import annotations

import socket
import struct
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto
from pathlib import Path

_REQUESTS = (80877103, 80877104)
"""The codes by which a client asks for TLS or GSSAPI; its start-up message follows."""


class Cut(Enum):
    """What happens to a connection when the client sends COMMIT."""

    NONE = auto()
    BEFORE = auto()
    """The server gets nothing of it, and sees that the client is gone."""
    SILENT = auto()
    """The server gets nothing of it, and does not see that the client is gone."""
    MIDDLE = auto()
    """The server gets half of it."""
    UNDER_WAY = auto()
    """The server gets it, and at the same moment the client is gone."""
    AFTER = auto()
    """The server has committed; the client gets no answer."""


class CuttingProxy:
    """Forwards to the Unix socket of a server, and cuts as `cuts` says, one for each COMMIT."""

    def __init__(self, target: Path) -> None:
        self.cuts: deque[Cut] = deque()
        self.done: list[Cut] = []
        self._target = target
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def address(self, user: str, database: str) -> str:
        """Return the address of a database behind the proxy."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}?sslmode=disable&gssencmode=disable"

    def refuse(self) -> None:
        """Take no more connections; those that are open stay."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def close(self) -> None:
        """End it, and all connections."""
        _close(self._listener)
        for each in list(self._open):
            _close(each)

    def _accept(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                client, _ = self._listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                server = socket.socket(socket.AF_UNIX)
                self._open |= {client, server}
                try:
                    server.connect(str(self._target))
                except OSError:
                    _close(client, server)
                    continue
                connection = _Forwarding(self, client, server)
                threading.Thread(target=connection.from_client, daemon=True).start()
                threading.Thread(target=connection.from_server, daemon=True).start()


class _Forwarding:
    """One connection."""

    def __init__(self, proxy: CuttingProxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._client_is_gone = False

    def from_client(self) -> None:
        silent = False
        with suppress(OSError, EOFError):
            self._start()
            while True:
                kind = _exactly(self._client, 1)
                head = _exactly(self._client, 4)
                body = _exactly(self._client, struct.unpack("!I", head)[0] - 4)
                message = kind + head + body
                cut = Cut.NONE
                if kind == b"Q" and body.endswith(b"COMMIT\0") and self._proxy.cuts:
                    cut = self._proxy.cuts.popleft()
                    self._proxy.done.append(cut)
                match cut:
                    case Cut.NONE:
                        self._server.sendall(message)
                        continue
                    case Cut.SILENT:
                        silent = True
                    case Cut.MIDDLE:
                        self._server.sendall(message[: len(message) // 2])
                    case Cut.UNDER_WAY:
                        self._server.sendall(message)
                    case Cut.AFTER:
                        self._client_is_gone = True
                        self._server.sendall(message + b"X\0\0\0\4")
                        return  # the server answers and ends; `from_server` closes then
                    case Cut.BEFORE:
                        pass
                break
        _close(self._client, *([] if silent else [self._server]))

    def from_server(self) -> None:
        with suppress(OSError):
            while some := self._server.recv(65536):
                if not self._client_is_gone:
                    self._client.sendall(some)
        _close(self._client, self._server)

    def _start(self) -> None:
        """Forward what has no kind: what comes before authentication."""
        while True:
            head = _exactly(self._client, 4)
            body = _exactly(self._client, struct.unpack("!I", head)[0] - 4)
            self._server.sendall(head + body)
            if struct.unpack("!I", body[:4])[0] not in _REQUESTS:
                return


def _exactly(source: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        some = source.recv(count - len(got))
        if not some:
            raise EOFError
        got += some
    return got


def _close(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


@contextmanager
def cutting_proxy(target: Path) -> Iterator[CuttingProxy]:
    """Run a proxy before the server with a Unix socket."""
    proxy = CuttingProxy(target)
    try:
        yield proxy
    finally:
        proxy.close()

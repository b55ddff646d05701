"""Hosts that answer with exact bytes, or not at all."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Served = Callable[[socket.socket], None]


@contextmanager
def host(serve: Served, *, reads: bool = True) -> Iterator[tuple[str, list[bytes]]]:
    """Serve each connection with a function, after the request was read; yield the address, and the requests."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    received.append(_request(connection) if reads else b"")
                    serve(connection)

        threading.Thread(target=run, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", received
        server.shutdown(socket.SHUT_RDWR)


def answering(status: int, content: bytes, *headers: str) -> Served:
    """Return what answers every request in the same way."""
    head = [f"HTTP/1.1 {status} Words", f"Content-Length: {len(content)}", "Connection: close", *headers]

    def serve(connection: socket.socket) -> None:
        connection.sendall("\r\n".join([*head, "", ""]).encode() + content)

    return serve


def sending(raw: bytes) -> Served:
    """Return what sends bytes that may be no HTTP, and hangs up."""

    def serve(connection: socket.socket) -> None:
        connection.sendall(raw)

    return serve


@contextmanager
def self_signed_host(serve: Served) -> Iterator[tuple[str, list[bytes]]]:
    """Serve requests with a certificate that nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("self_signed.pem"))
    received: list[bytes] = []

    def securely(connection: socket.socket) -> None:
        with suppress(OSError), context.wrap_socket(connection, server_side=True) as secure:
            received.append(_request(secure))
            serve(secure)

    with host(securely, reads=False) as (url, _):
        yield url.replace("http", "https"), received


def _request(connection: socket.socket) -> bytes:
    """Read one request with its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < int(lengths[0] if lengths else 0):
        if not (more := connection.recv(65536)):
            break
        body += more
    return head + b"\r\n\r\n" + body

"""A listener of a few lines, for what only needs an answer at the public address."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from thrumsg_tui.gateway.protocol import SpoolEntry, Webhooks, WebRefused, WebRequest


@contextmanager
def listening(hooks: Webhooks, server: ThreadingHTTPServer) -> Iterator[list[SpoolEntry]]:
    """Answer the carrier's calls; yield what was taken."""
    taken: list[SpoolEntry] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                entry = hooks.accept(WebRequest(path, query, {k.lower(): v for k, v in self.headers.items()}, body))
            except WebRefused as refused:
                self.answer(refused.status, refused.words.encode())
            else:
                taken.append(entry)
                self.answer(200, hooks.answer)

        def answer(self, status: int, content: bytes) -> None:
            with suppress(ConnectionError):  # a gateway that is closed hangs up in the middle of its call
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Write nothing."""

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield taken
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def listener() -> tuple[ThreadingHTTPServer, str]:
    """Return a server that does not serve yet, and its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    return server, f"http://127.0.0.1:{server.server_port}"

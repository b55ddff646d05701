"""The web server of the listener: uvicorn, with an end to waiting for headers, and its log in ours.

Only this module imports uvicorn.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from thrumsg_tui.gateway.spool import LOG, place

_LARGEST_HEADERS = 16 * 1024

_LAST_REQUEST = 0.5
"""Seconds for the first request of a connection that was accepted just before the end."""


class _ImpatientProtocol(H11Protocol):
    """A connection that is closed if a request's headers take too long; uvicorn itself waits for ever.

    At the end, one whose first request has yet to come gets a moment for it; uvicorn closes it at once.
    """

    header_seconds: float

    _deadline: asyncio.TimerHandle | None = None
    _ends = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Expect headers."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._expect_headers()

    def data_received(self, data: bytes) -> None:
        """Expect headers as long as they are not complete."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._expect_nothing()
        elif self._deadline is None and not self.transport.is_closing():
            self._expect_headers()
        if self._ends and self.cycle is not None:
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """Close the connection when its request is answered."""
        if self.cycle is None and not self.transport.is_closing():
            self._ends = True
            self._expect_nothing()
            self._deadline = self.loop.call_later(_LAST_REQUEST, self._give_up)
        else:
            super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing any more."""
        self._expect_nothing()
        super().connection_lost(exc)

    def _expect_headers(self) -> None:
        self._deadline = self.loop.call_later(self.header_seconds, self._give_up)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            self.transport.close()


def server_for(
    application: ASGIApp,
    *,
    header_seconds: float,
    idle_seconds: int,
    end_seconds: int,
    each_second: Callable[[], Awaitable[None]],
) -> uvicorn.Server:
    """Return the server of an application.

    Args:
        application: The application.
        header_seconds: How long the headers of a request may take.
        idle_seconds: How long a connection is kept without a request.
        end_seconds: How long the requests that are under way get at the end.
        each_second: Called about every second while the server serves.
    """
    protocol = type("Protocol", (_ImpatientProtocol,), {"header_seconds": header_seconds})
    configuration = uvicorn.Config(
        application,
        loop="asyncio",
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=256,
        h11_max_incomplete_event_size=_LARGEST_HEADERS,
        timeout_keep_alive=idle_seconds,
        timeout_graceful_shutdown=end_seconds,
        callback_notify=each_second,
        timeout_notify=1,
    )
    return uvicorn.Server(configuration)


@contextmanager
def ended_by_signals(server: uvicorn.Server) -> Iterator[None]:
    """Let signals end the server, also before it handles them; it raises them again when it has ended."""

    def end(_number: int, _frame: object) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class ServerLog(logging.Handler):
    """Writes what uvicorn logs into our log, without tracebacks, whose words may quote a request."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log a sentence of the server, and the place of an error."""
        error = record.exc_info[1] if record.exc_info else None
        sentence = str(record.msg).splitlines()[0]
        where = place(error) if isinstance(error, Exception) else "none"
        LOG.log(record.levelno, "event=server says=%r error=%s", sentence, where)

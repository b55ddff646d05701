"""The web end of a carrier: what it calls is checked, stored in the spool, and only then acknowledged.

The table of answers is in `docs/rules.md 10.6`.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from threading import Event
from time import monotonic
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.gateway.listening_socket import shown
from thrumsg_tui.gateway.protocol import SpoolEntry, Webhooks, WebRefused, WebRequest
from thrumsg_tui.gateway.service_manager import ServiceManager
from thrumsg_tui.gateway.spool import LOG, Drain, SpoolWriter
from thrumsg_tui.gateway.web_server import ServerLog, ended_by_signals, server_for
from thrumsg_tui.library_log import logged_by
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.spool import Spool, SpooledRequest, SpoolState

LARGEST_BODY = 64 * 1024
"""Bytes; a larger body is refused before anything of it is looked at."""

_TYPES = frozenset({"application/x-www-form-urlencoded", "application/json"})
_UNHEALTHY_AGE = 60
"""Seconds that the oldest request may wait for the main database before the listener calls itself unhealthy."""

_TOLD_EVERY = 60
"""Seconds between two log lines about refused requests."""

_SEEMS_HUNG = 60
"""Seconds after which the thread that empties the spool seems hung: it waits 15 for a database that is locked, and that
three times at most before it notes that it moves on."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds for each step of a request."""

    headers: float = 5
    body: float = 3
    """Less than any proxy in front allows: one of them answers 200 for us when its own time for a body is over."""
    spool: float = 2
    """Less than the carrier waits, so that it hears 503 and calls again."""
    idle: float = 130
    """Longer than a proxy keeps a connection, so that it never sends a request into one that we close."""
    drain: float = 20
    """For what is left in the spool at the end."""


def listen(
    db: Database,
    gateway: str,
    webhooks: Webhooks,
    sock: socket.socket,
    *,
    manager: ServiceManager,
    patience: Patience | None = None,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve a carrier's calls until SIGTERM or SIGINT; then answer what is under way and empty the spool.

    Args:
        db: The main database.
        gateway: The name of the gateway, which is stored with every message.
        webhooks: What the carrier calls.
        sock: The socket to listen on.
        manager: Is told again and again that the service works.
        patience: Seconds for each step.
        ready: Called once, when a signal would end it well.

    Raises:
        DatabaseUnusable: The spool cannot be used.
    """
    patience = patience or Patience()
    spool = Spool(db.path, clock=db.clock)
    something = Event()
    writer = SpoolWriter(spool, something)
    drain = Drain(db, spool, writer, gateway, webhooks, something)
    application = Application(gateway, webhooks, writer, patience, clock=db.clock)
    server = server_for(
        application.starlette(),
        header_seconds=patience.headers,
        idle_seconds=int(patience.idle),
        end_seconds=int(patience.body + patience.spool) + 1,
        each_second=partial(_tell, manager, writer, drain, patience),
    )
    with ended_by_signals(server), logged_by(ServerLog(), "uvicorn"):
        drain.start()
        LOG.info("event=listening gateway=%s at=%s", gateway, shown(sock))
        ready()
        manager.ready("Listening.")
        try:
            server.run(sockets=[sock])
        finally:
            manager.ending()
            application.tell_of_refusals()
            drain.stop(patience.drain)
            writer.close()
            spool.close()
            LOG.info("event=ended")


async def _tell(manager: ServiceManager, writer: SpoolWriter, drain: Drain, patience: Patience) -> None:
    """Tell the service manager that the listener works, if its event loop and both threads of the spool do.

    A spool that cannot be written is no hung service: another process could not write it either.
    """
    if not manager.is_due or monotonic() - drain.moved_at > _SEEMS_HUNG:
        return
    with suppress(TimeoutError):
        try:
            async with asyncio.timeout(patience.spool):
                state = await asyncio.wrap_future(writer.count())
        except ThrumsgError as reason:
            manager.alive(f"The spool cannot be used: {reason}")
        else:
            manager.alive(f"{state.waiting} in the spool" if state else "")


class Application:
    """Answers requests; everything that a carrier may do wrong has a status of its own."""

    def __init__(
        self,
        gateway: str,
        webhooks: Webhooks,
        writer: SpoolWriter,
        patience: Patience,
        *,
        clock: Callable[[], Any],
    ) -> None:
        self._gateway = gateway
        self._webhooks = webhooks
        self._writer = writer
        self._patience = patience
        self._clock = clock
        self._refused: dict[int, int] = {}
        self._told_at = -float(_TOLD_EVERY)

    def starlette(self) -> Starlette:
        """Return the application for the server."""
        routes = [Route(path, self._take, methods=["POST"]) for path in self._webhooks.paths]
        application = Starlette(routes=[*routes, Route("/healthz", self._health, methods=["GET"])])
        application.router.redirect_slashes = False
        return application

    async def _take(self, request: Request) -> Response:
        try:
            body = await self._body(request)
            query = request.scope["query_string"].decode("latin-1")
            asked = WebRequest(request.scope["path"], query, dict(request.headers), body)
            await self._keep(self._webhooks.accept(asked))
        except WebRefused as refused:
            return self._refusal(refused)
        except ClientDisconnect:  # the body is not whole, whatever has come of it
            return Response(status_code=400)
        return Response(self._webhooks.answer, media_type=self._webhooks.content_type)

    async def _body(self, request: Request) -> bytes:
        """Read a body of bounded size in bounded time."""
        length = request.headers.get("content-length")
        if length is None or "transfer-encoding" in request.headers:  # which would make the length untrue
            raise WebRefused(411, "no length")
        if int(length) > LARGEST_BODY:  # h11 has refused what is no number
            raise WebRefused(413, "too large")
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _TYPES:
            raise WebRefused(415, "neither a form nor JSON")
        try:
            async with asyncio.timeout(self._patience.body):
                return await _bounded(request)
        except TimeoutError:
            raise WebRefused(408, "slow body") from None

    async def _keep(self, entry: SpoolEntry) -> None:
        """Store a request in the spool, and wait until that survives a power cut."""
        request = SpooledRequest(
            self._gateway, entry.key, entry.path, entry.query, entry.body, entry.at or self._clock()
        )
        try:
            await self._written(self._writer.keep(request))
        except Exception:  # noqa: BLE001 - whatever it is, the carrier must call again; the writer has logged it
            raise WebRefused(503, "the spool cannot be written") from None

    async def _written(self, future: Future[SpoolState | None]) -> SpoolState | None:
        async with asyncio.timeout(self._patience.spool):
            return await asyncio.wrap_future(future)

    def _refusal(self, refused: WebRefused) -> Response:
        if refused.is_our_own:
            LOG.info("event=gateway_check answered=%d", refused.status)
            return Response(status_code=refused.status)
        self._refused[refused.status] = self._refused.get(refused.status, 0) + 1
        if monotonic() - self._told_at >= _TOLD_EVERY:
            self.tell_of_refusals()
        headers = {"Retry-After": "2"} if refused.status == 503 else {}
        if refused.status in {408, 411, 413}:  # the rest of the body is not read
            headers["Connection"] = "close"
        return Response(status_code=refused.status, headers=headers)

    def tell_of_refusals(self) -> None:
        """Log how many requests were refused since the last time, by status; nothing of the requests."""
        if self._refused:
            counts = " ".join(f"status_{status}={count}" for status, count in sorted(self._refused.items()))
            LOG.warning("event=refused %s", counts)
        self._refused.clear()
        self._told_at = monotonic()

    async def _health(self, request: Request) -> Response:
        """Say whether the spool can be written and emptied, to somebody on this machine."""
        if not _is_from_here(request):
            return Response(status_code=404)
        try:
            state = await self._written(self._writer.examine())
        except Exception:  # noqa: BLE001 - as above
            state = None
        if state is None:
            return JSONResponse({"ok": False, "spool": None, "oldest": None, "failed": None}, 503)
        age = 0 if state.oldest is None else max(0, int((self._clock() - state.oldest).total_seconds()))
        good = age <= _UNHEALTHY_AGE
        record = {"ok": good, "spool": state.waiting, "oldest": age, "failed": state.failed}
        return JSONResponse(record, 200 if good else 503)


async def _bounded(request: Request) -> bytes:
    """Read a body, and count: its length is what the caller says."""
    parts, size = [], 0
    async for part in request.stream():
        parts.append(part)
        if (size := size + len(part)) > LARGEST_BODY:
            raise WebRefused(413, "too large")
    return b"".join(parts)


def _is_from_here(request: Request) -> bool:
    """Whether a request comes from a program on this machine, and not through a proxy that runs here."""
    if any(name in request.headers for name in ("forwarded", "x-forwarded-for", "via")):
        return False
    if request.client is None:
        return True
    address = ipaddress.ip_address(request.client.host)
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback

"""The web server of `thrumsg web`: one page with a terminal, and a WebSocket to the app for each browser that has it.

The page's terminal is that of textual-serve, and so are the messages between the two. Only this module imports aiohttp
and textual-serve.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

import textual_serve
from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from aiohttp.http_exceptions import HttpProcessingError

from thrumsg_tui.cli.web_access import SECURITY_HEADERS, Access, is_own_page, names_this_machine
from thrumsg_tui.cli.web_log import Complaints
from thrumsg_tui.cli.web_terminal import WebTerminal
from thrumsg_tui.library_log import logged_by

_PAGE = Path(__file__).with_name("web_page")
_STATICS = Path(textual_serve.__file__).with_name("static")

_MOST = 16
"""How many terminals may be open at once."""

_HEARTBEAT = 15.0
"""Seconds after which a browser is asked whether it is still there."""

_GOODBYE = 2.0
"""Seconds that a browser gets to confirm the end."""

_LARGEST = 1 << 20
"""Bytes of the largest message that a browser may send, such as a pasted text."""

_USUAL, _WIDEST = (80, 24), 1000
"""Columns and rows of a window that does not tell its size, and the most of each."""

_NOT_ADMITTED = (
    "thrumsg: this address has been used already, or a part of it is missing. Go on in the browser that opened it "
    "first, or end `thrumsg web` with Ctrl+C and start it again for a new address.\n"
)
_ANOTHER_NAME = "thrumsg: this machine is asked for by a name that is not its own: use 127.0.0.1 or localhost.\n"
_ANOTHER_PAGE = "thrumsg: a page of another address asks for the app.\n"

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebServer:
    """Serves the app to one browser, in as many windows as it opens, until a signal comes.

    Args:
        words: The command line that opens the app.
        access: Who is admitted.
    """

    def __init__(self, words: Sequence[str], access: Access) -> None:
        self._words = words
        self._access = access
        self._browsers: set[web.WebSocketResponse] = set()

    async def serve(self, listening: socket.socket, ready: Callable[[], None]) -> None:
        """Serve on a socket, and call `ready` as soon as that works; at the end, wait until every app has ended."""
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        runner = web.AppRunner(self._application(), access_log=None, handle_signals=False)
        with logged_by(Complaints(HttpProcessingError), "aiohttp"):
            await runner.setup()
            try:
                await web.SockSite(runner, listening).start()
                ready()
                await stopped.wait()
            finally:
                await asyncio.gather(*(each.close(code=WSCloseCode.GOING_AWAY) for each in self._browsers))
                await runner.cleanup()

    def _application(self) -> web.Application:
        place = self._access.place
        application = web.Application(middlewares=[self._guard])
        application.on_response_prepare.append(_add_security_headers)
        application.router.add_get(f"{place}/", _page, allow_head=False)
        application.router.add_get(f"{place}/terminal", self._terminal, allow_head=False)
        application.router.add_static(f"{place}/page", _PAGE)
        application.router.add_static(f"{place}/static", _STATICS)
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Refuse everybody but the browser that showed the token, under the name of this machine."""
        if not names_this_machine(request.headers.get("Host")):
            raise web.HTTPForbidden(text=_ANOTHER_NAME)
        token = request.query.get("token") if request.path == f"{self._access.place}/" else None
        if token and request.method == "GET" and (cookie := self._access.redeem(token)):
            answer = await handler(request)
            answer.headers["Set-Cookie"] = cookie
            return answer
        if not self._access.admits(request.cookies):
            raise web.HTTPForbidden(text=_NOT_ADMITTED)
        return await handler(request)

    async def _terminal(self, request: web.Request) -> web.StreamResponse:
        """Open the app for a window of the browser, and end it with the window."""
        if not is_own_page(request.headers.get("Origin"), request.headers.get("Host")):
            raise web.HTTPForbidden(text=_ANOTHER_PAGE)
        if len(self._browsers) >= _MOST:
            raise web.HTTPServiceUnavailable(text=f"thrumsg: there are {_MOST} windows already: close one.\n")
        browser = web.WebSocketResponse(heartbeat=_HEARTBEAT, timeout=_GOODBYE, max_msg_size=_LARGEST)
        self._browsers.add(browser)
        try:
            await browser.prepare(request)
            size = _size(request.query.get("width"), request.query.get("height")) or _USUAL
            terminal = await WebTerminal.start(self._words, os.environ, size)
            try:
                await _connect(terminal, browser)
            finally:
                await terminal.end()
        finally:
            self._browsers.discard(browser)
        return browser


async def _page(_request: web.Request) -> web.StreamResponse:
    return web.FileResponse(_PAGE / "index.html")


async def _add_security_headers(_request: web.Request, answer: web.StreamResponse) -> None:
    answer.headers.update(SECURITY_HEADERS)


async def _connect(terminal: WebTerminal, browser: web.WebSocketResponse) -> None:
    """Show what the terminal writes and type what the browser sends, until one of them ends."""
    showing = asyncio.create_task(_show(terminal, browser))
    try:
        async for message in browser:
            await _take(message, terminal, browser)
    finally:
        showing.cancel()
        with suppress(asyncio.CancelledError):
            await showing


async def _show(terminal: WebTerminal, browser: web.WebSocketResponse) -> None:
    with suppress(ConnectionError):  # the browser is gone, which ends `_connect`
        async for data in terminal.output():
            await browser.send_bytes(data)
        await browser.close()


async def _take(message: WSMessage, terminal: WebTerminal, browser: web.WebSocketResponse) -> None:
    """Do what a message of the browser says: a list of its kind and its content; others are ignored."""
    match _content(message):
        case ["stdin", str(text)]:
            await terminal.type(text)
        case ["resize", {"width": width, "height": height}]:
            if size := _size(width, height):
                terminal.resize(size)
        case ["ping", str(sent)]:
            await browser.send_json(["pong", sent])
        case _:
            pass


def _content(message: WSMessage) -> object:
    try:
        return message.json() if message.type is WSMsgType.TEXT else None
    except ValueError:
        return None


def _size(width: object, height: object) -> tuple[int, int] | None:
    """Return columns and rows as a terminal can have them; None if these are none."""
    try:
        columns, rows = int(str(width)), int(str(height))
    except ValueError:
        return None
    return (columns, rows) if 0 < columns <= _WIDEST and 0 < rows <= _WIDEST else None

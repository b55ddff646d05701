"""`thrumsg web` as a process of its own, and a window of a browser on it, played."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyte
from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType

from tests.e2e.conftest import Office
from tests.e2e.terminal import PATIENCE


@dataclass
class Served:
    """A running `thrumsg web`."""

    process: Process
    address: str
    """What it says to open, with the token."""

    @property
    def page(self) -> str:
        """The address without the token."""
        return self.address.partition("?")[0]

    @property
    def origin(self) -> str:
        """What a page of it sends as its origin."""
        return f"http://{urlsplit(self.address).netloc}"

    def apps(self) -> list[int]:
        """The processes that it has started and that are not over."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:  # noqa: PTH123
            return [int(each) for each in file.read().split()]

    async def complaints(self) -> str:
        """What it has complained about; it must have ended."""
        assert self.process.stderr is not None
        return (await self.process.stderr.read()).decode()

    async def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Press Ctrl+C, and return its exit status."""
        self.process.send_signal(number)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


@asynccontextmanager
async def served(office: Office, *words: str) -> AsyncIterator[Served]:
    """Run `thrumsg web` on a free port."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "thrumsg_tui", "--db", str(office.database), "--json", "web", "--port", "0", *words),
        env=office.environment | {"TERM": "dumb"},
        stdout=PIPE,
        stderr=PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            told = json.loads(await process.stdout.readline())
        yield Served(process, told["address"])
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


class Window:
    """What a window of the browser shows, and its keys."""

    def __init__(self, socket: ClientWebSocketResponse, size: tuple[int, int]) -> None:
        self._socket = socket
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def text(self) -> str:
        """The text on its screen."""
        return "\n".join(self._screen.display)

    async def type(self, text: str) -> None:
        """Type a text."""
        await self._socket.send_json(["stdin", text])

    async def resize(self, columns: int, rows: int) -> None:
        """Make the window another size."""
        self._screen.resize(rows, columns)
        await self._socket.send_json(["resize", {"width": columns, "height": rows}])

    async def send(self, text: str) -> None:
        """Send something else than a page does."""
        await self._socket.send_str(text)

    async def wait_for(self, *wanted: str) -> None:
        """Wait until all of some texts are on the screen."""
        await self.wait_until(lambda: all(each in self.text for each in wanted))

    async def wait_until(self, seen: Callable[[], bool]) -> None:
        """Wait until the screen is as it should be."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not seen():
                    message = await self._socket.receive()
                    assert message.type in {WSMsgType.BINARY, WSMsgType.TEXT}, (message, self.text)
                    if message.type is WSMsgType.BINARY:
                        self._stream.feed(message.data)
        except TimeoutError:
            raise AssertionError(f"It never came:\n{self.text}") from None

    async def wait_for_end(self) -> None:
        """Wait until the other side closes the window."""
        async with asyncio.timeout(PATIENCE):
            async for message in self._socket:
                if message.type is WSMsgType.BINARY:
                    self._stream.feed(message.data)

    async def close(self) -> None:
        """Close the window."""
        await self._socket.close()


@asynccontextmanager
async def browsing() -> AsyncIterator[ClientSession]:
    """A browser that keeps cookies of addresses, too, as browsers do."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
        yield client


@asynccontextmanager
async def window(client: ClientSession, on: Served, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Window]:
    """Open a window in a browser that was admitted."""
    query = f"?width={size[0]}&height={size[1]}"
    async with client.ws_connect(f"{on.page}terminal{query}", headers={"Origin": on.origin}) as socket:
        yield Window(socket, size)


def is_gone(process: int) -> bool:
    """Whether a process is over."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False

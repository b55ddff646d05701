"""Chromium without a window, driven by its DevTools protocol: it opens a page, presses keys and takes pictures."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Any

import pyte
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from tests.e2e.terminal import PATIENCE

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PROGRAM = next(filter(None, map(shutil.which, NAMES)), None)
"""The installed Chromium; None if there is none."""

_LOOK_EVERY = 0.05
_BINARY = 2
_KEYS = {"Enter": ("\r", 13), "Escape": ("", 27), "Tab": ("", 9)}


_COLOURS = """
(async () => {
    const picture = new Image();
    picture.src = "data:image/png;base64,%s";
    await picture.decode();
    const canvas = new OffscreenCanvas(picture.width, picture.height), drawn = canvas.getContext("2d");
    drawn.drawImage(picture, 0, 0);
    const pixels = new DataView(drawn.getImageData(0, 0, picture.width, picture.height).data.buffer), found = new Set();
    for (let at = 0; at < pixels.byteLength; at += 4) found.add(pixels.getUint32(at) >>> 8);
    return [...found];
})()
"""
"""Returns the colours of a picture, as numbers."""


class Page:
    """A page of the browser with a terminal in it, as one tab shows it.

    Args:
        socket: The connection to it.
        size: The columns and rows that its terminal has, or a few more.
    """

    def __init__(self, socket: ClientWebSocketResponse, size: tuple[int, int] = (160, 50)) -> None:
        self._socket = socket
        self._screen = pyte.Screen(*size)
        self._terminal = pyte.ByteStream(self._screen)
        self._sent = 0
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reading = asyncio.create_task(self._read())
        self.requested: list[str] = []
        """The addresses that were asked for, WebSockets too."""
        self.errors: list[str] = []
        """What the browser has complained about."""

    async def open(self, address: str) -> None:
        """Open an address."""
        for domain in ("Page", "Network", "Log", "Runtime"):
            await self._do(f"{domain}.enable")
        await self._do("Page.navigate", url=address)

    @property
    def text(self) -> str:
        """The text that the page was given to show in its terminal."""
        return "\n".join(self._screen.display)

    def background_of(self, text: str) -> int:
        """The colour that the terminal was told to put behind a text, as a number."""
        row, line = next((row, line) for row, line in enumerate(self._screen.display) if text in line)
        cell = self._screen.buffer[row][line.index(text)]
        return int(cell.fg if cell.reverse else cell.bg, 16)

    async def press(self, *keys: str) -> None:
        """Press keys: letters, or such that have a name."""
        for key in keys:
            text, code = _KEYS.get(key, (key, 0))
            pressed = {"key": key, "windowsVirtualKeyCode": code, "text": text}
            await self._do("Input.dispatchKeyEvent", type="keyDown", **pressed)
            await self._do("Input.dispatchKeyEvent", type="keyUp", **pressed)

    async def wait_for(self, *wanted: str) -> None:
        """Wait until all of some texts are in the terminal."""
        limit = monotonic() + PATIENCE
        while not all(each in self.text for each in wanted):
            assert monotonic() < limit, f"{wanted} never came:\n{self.text}"
            await asyncio.sleep(_LOOK_EVERY)

    async def wait_for_colour(self, wanted: int) -> None:
        """Wait until a colour is seen on the page."""
        limit = monotonic() + PATIENCE
        while wanted not in (found := await self._colours()):
            assert monotonic() < limit, (wanted, found)
            await asyncio.sleep(_LOOK_EVERY)

    async def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""
        answer = await self._do("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return answer["result"].get("value")

    async def wait_until(self, seen: Callable[[Any], object], expression: str) -> Any:
        """Wait until the value of an expression is as it should be, and return it."""
        limit = monotonic() + PATIENCE
        while not seen(value := await self.evaluate(expression)):
            assert monotonic() < limit, (value, self.errors)
            await asyncio.sleep(_LOOK_EVERY)
        return value

    async def picture(self) -> bytes:
        """Return what the page looks like, as PNG."""
        answer = await self._do("Page.captureScreenshot", format="png")
        return base64.b64decode(answer["data"])

    async def close(self) -> None:
        """Leave the page, as it is."""
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading
        await self._socket.close()

    async def _colours(self) -> set[int]:
        return set(await self.evaluate(_COLOURS % base64.b64encode(await self.picture()).decode()))

    async def _do(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._sent += 1
        answer = self._answers[self._sent] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": self._sent, "method": method, "params": parameters})
        async with asyncio.timeout(PATIENCE):
            told = await answer
        assert "error" not in told, (method, told["error"])
        result: dict[str, Any] = told["result"]
        return result

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                self._take(json.loads(message.data))

    def _take(self, told: dict[str, Any]) -> None:
        if "id" in told:
            self._answers.pop(told["id"]).set_result(told)
            return
        about = told["params"]
        match told["method"]:
            case "Network.requestWillBeSent":
                self.requested.append(about["request"]["url"])
            case "Network.webSocketCreated":
                self.requested.append(about["url"])
                self._screen.reset()
            case "Network.webSocketFrameReceived" if about["response"]["opcode"] == _BINARY:
                self._terminal.feed(base64.b64decode(about["response"]["payloadData"]))
            case "Log.entryAdded" if about["entry"]["level"] == "error":
                self.errors.append(about["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.errors.append(str(about["exceptionDetails"]))
            case _:
                pass


@asynccontextmanager
async def browser(folder: Path, size: tuple[int, int] = (1200, 800)) -> AsyncIterator[Page]:
    """Run a browser with nothing in it, in a folder of its own; yield its only page."""
    assert PROGRAM is not None
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
        *("--remote-debugging-port=0", f"--user-data-dir={folder}", f"--window-size={size[0]},{size[1]}"),
        "about:blank",
        env={**os.environ, "HOME": str(folder)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with ClientSession() as client:
            page = Page(await client.ws_connect(await _address(client, folder), max_msg_size=0))
            try:
                yield page
            finally:
                await page.close()
    finally:
        process.terminate()
        await process.wait()


async def _address(client: ClientSession, folder: Path) -> str:
    """Wait until the browser is up, and return where its page is driven."""
    port = folder / "DevToolsActivePort"
    limit = monotonic() + PATIENCE
    while not (port.is_file() and port.read_text().count("\n")):
        assert monotonic() < limit, "the browser does not start"
        await asyncio.sleep(_LOOK_EVERY)
    async with client.get(f"http://127.0.0.1:{port.read_text().split()[0]}/json/list") as answer:
        pages: list[dict[str, str]] = await answer.json()
    return next(each["webSocketDebuggerUrl"] for each in pages if each["type"] == "page")

"""As much of HTTP/1.1 as the carrier needs, as a server and as a client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

LARGEST = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """A request that came in."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    """With names in lower case."""
    body: bytes
    gone: Callable[[], Awaitable[None]]
    """Returns when the other end has closed the connection."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, given or received."""

    status: int
    body: bytes = b""
    type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


DROP = None
"""In place of an answer: the connection is dropped."""

Handler = Callable[[Request], Awaitable[Answer | None]]


async def serve(handler: Handler, host: str, port: int) -> asyncio.Server:
    """Answer requests until the server that is returned is closed."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _talk(handler, reader, writer)
        except (OSError, EOFError):
            pass  # the other end went away
        finally:
            writer.close()

    return await asyncio.start_server(connection, host, port, limit=LARGEST, backlog=1024)


async def _talk(handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        first, headers = await _head(reader)
        method, target, _ = first.split(" ", 2)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        parts = urlsplit(target)

        async def gone() -> None:
            with suppress(OSError):
                await reader.read(1)

        answer = await handler(Request(method, parts.path, parts.query, headers, body, gone))
        if answer is None:
            writer.transport.abort()
            return
        lines = [
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
            f"Content-Type: {answer.type}",
            f"Content-Length: {len(answer.body)}",
            *(f"{name}: {value}" for name, value in answer.headers.items()),
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode() + answer.body)
        await writer.drain()
        if headers.get("connection", "").lower() == "close":
            return


async def _head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = (line.split(":", 1) for line in lines[1:] if ":" in line)
    return lines[0], {name.strip().lower(): value.strip() for name, value in fields}


class CannotConnect(Exception):
    """No connection came about."""


class Client:
    """Posts to addresses on this machine, and keeps its connections."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, int], list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]] = {}

    async def post(
        self, address: tuple[str, int], target: str, headers: Mapping[str, str], body: bytes, *, connect: float
    ) -> Answer:
        """Post once.

        Raises:
            CannotConnect: No connection within `connect` seconds.
            OSError, EOFError, ValueError: The connection broke, or the answer is no HTTP.
        """
        idle = self._idle.setdefault(address, [])
        while idle:  # a connection that the other end has closed meanwhile is no answer
            reader, writer = idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                break
            writer.close()
        else:
            try:
                reader, writer = await asyncio.wait_for(asyncio.open_connection(*address), connect)
            except (OSError, TimeoutError) as error:
                raise CannotConnect(str(error)) from error
        kept = False
        try:
            answer, kept = await self._exchange(reader, writer, target, headers, body)
        finally:
            if kept:
                idle.append((reader, writer))
            else:
                writer.close()
        return answer

    @staticmethod
    async def _exchange(
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> tuple[Answer, bool]:
        lines = [
            f"POST {target} HTTP/1.1",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()
        first, fields = await _head(reader)
        status = int(first.split(" ", 2)[1])
        if fields.get("transfer-encoding", "").lower() == "chunked":
            content = await _chunks(reader)
        else:
            content = await reader.readexactly(int(fields.get("content-length", "0")))
        keep = fields.get("connection", "").lower() != "close"
        return Answer(status, content, fields.get("content-type", ""), fields), keep


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    content = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        content += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return content

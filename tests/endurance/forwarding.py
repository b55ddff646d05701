"""A proxy from this host's loopback to another host: `python -m tests.endurance.forwarding PORT HOST:PORT`.

A gateway's configuration takes plain http for this machine only; in earnest there is one that encrypts.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import suppress

GIVEN_UP_AFTER = 5
"""Seconds in which the other host must answer, and confirm what it gets, as `deliver` wants it of a carrier (Http)."""


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()


async def forward(port: int, host: str, to: int) -> None:
    """Forward connections for ever; say so when the first can come."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(GIVEN_UP_AFTER):
                far_reader, far_writer = await asyncio.open_connection(host, to)
        except OSError:  # TimeoutError is one
            writer.close()
            return
        ours: socket.socket = far_writer.get_extra_info("socket")
        ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GIVEN_UP_AFTER * 1000)
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", port, backlog=1024)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    host, _, to = sys.argv[2].partition(":")
    asyncio.run(forward(int(sys.argv[1]), host, int(to)))

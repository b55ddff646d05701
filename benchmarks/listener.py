"""Figures of the listener: `python -m benchmarks.listener [kills|locked|burst|slow ...]`; all without a name.

* kills: 100 times `kill -9` under load; what was acknowledged must be in the database once.
* locked: 200 messages a second, while another process locks the main database 1.5 s in every 5.
* burst: 2,000 messages a second for 2 seconds.
* slow: 100 slow connections beside 100 messages a second.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from tests.gateway.killing_listener import kill_under_load
from tests.gateway.listening import Listener, listening
from tests.gateway.small_carrier import message, signature
from tests.store.arranging import number
from tests.store.world import worlds
from thrumsg_tui.store.database import Database

_PATH = "/small/message"


@dataclass(frozen=True, slots=True)
class Traffic:
    """What came of a number of requests: the status of each, and the seconds from when it was due."""

    statuses: list[int]
    seconds: list[float]

    def __str__(self) -> str:
        """Return the figures on one line."""
        cuts = quantiles(self.seconds, n=100)
        refused = sum(status != 200 for status in self.statuses)
        return (
            f"{len(self.statuses)} requests, {refused} not acknowledged, p50 {cuts[49] * 1000:.1f} ms, "
            f"p99 {cuts[98] * 1000:.1f} ms, longest {max(self.seconds) * 1000:.1f} ms"
        )


async def send_at(address: tuple[str, int], per_second: int, seconds: float, connections: int) -> Traffic:
    """Send messages at fixed times over connections that stay open, as a proxy does."""
    due: asyncio.Queue[tuple[float, int] | None] = asyncio.Queue()
    traffic = Traffic([], [])
    senders = [asyncio.create_task(_sender(address, due, traffic)) for _ in range(connections)]
    begun = time.perf_counter()
    for nth in range(int(per_second * seconds)):
        at = begun + nth / per_second
        if (early := at - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        due.put_nowait((at, nth))
    for _ in senders:
        due.put_nowait(None)
    await asyncio.gather(*senders)
    return traffic


async def _sender(address: tuple[str, int], due: asyncio.Queue[tuple[float, int] | None], traffic: Traffic) -> None:
    reader, writer = await asyncio.open_connection(*address)
    while (job := await due.get()) is not None:
        at, nth = job
        body = message(f"M{at}-{nth}", number(nth % 50), f"message {nth}")
        writer.write(
            f"POST {_PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"X-Signature: {signature(_PATH, body)}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(length)
        traffic.seconds.append(time.perf_counter() - at)
        traffic.statuses.append(int(head.split(b" ", 2)[1]))
    writer.close()


@contextmanager
def locking(database: Path, held: float, every: float) -> Iterator[None]:
    """Hold the write lock of the main database again and again; this is not the listener's process."""
    stop = threading.Event()

    def lock() -> None:
        db = Database(database)
        while not stop.wait(every - held):
            with db.writing():
                time.sleep(held)
        db.close()

    thread = threading.Thread(target=lock)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def memory(listener: Listener) -> str:
    """Return how much memory the listener has."""
    lines = Path(f"/proc/{listener.process.pid}/status").read_text(encoding="ascii").splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return f"RSS {kilobytes / 1024:.0f} MB"


def stored(database: Path) -> int:
    """Count the messages in the main database."""
    db = Database(database)
    with db.reading() as conn:
        (matched,) = conn.execute("SELECT COUNT(*) FROM message WHERE direction = 'incoming'").fetchone()
        (unmatched,) = conn.execute("SELECT COUNT(*) FROM unmatched").fetchone()
    db.close()
    return int(matched) + int(unmatched)


def kills(database: Path) -> str:
    verdict = kill_under_load(database, kills=100, seed=1)
    return (
        f"{verdict.acknowledged} acknowledged, {verdict.interrupted} cut off, {verdict.lost} lost, "
        f"{verdict.doubled} doubled, {verdict.left_in_spool} left in the spool"
    )


def locked(database: Path) -> str:
    with listening(database) as listener:
        with locking(database, 1.5, 5):
            traffic = asyncio.run(send_at(listener.address, 200, 20, 16))
        used = memory(listener)
    return f"{traffic}; {stored(database)} stored; {used}"


def burst(database: Path) -> str:
    with listening(database) as listener:
        traffic = asyncio.run(send_at(listener.address, 2000, 2, 64))
        used = memory(listener)
    return f"{traffic}; {stored(database)} stored; {used}"


def slow(database: Path) -> str:
    async def beside(address: tuple[str, int]) -> Traffic:
        slow_ones = [await asyncio.open_connection(*address) for _ in range(100)]
        for _, writer in slow_ones:
            writer.write(f"POST {_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n".encode())
        traffic = await send_at(address, 100, 8, 8)
        for _, writer in slow_ones:
            writer.close()
        return traffic

    with listening(database) as listener:
        traffic = asyncio.run(beside(listener.address))
        used = memory(listener)
    return f"{traffic}; {stored(database)} stored; {used}"


CASES: dict[str, Callable[[Path], str]] = {"kills": kills, "locked": locked, "burst": burst, "slow": slow}


def main() -> None:
    for name in sys.argv[1:] or CASES:
        with worlds() as world:
            print(f"{name}: {CASES[name](world.db.path)}", flush=True)


if __name__ == "__main__":
    main()

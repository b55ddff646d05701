"""Kill a real listener again and again under load, and judge what came of the messages that it acknowledged."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException

from tests.gateway.listening import Listener, listening, opened_socket, post
from tests.gateway.small_carrier import message
from tests.store.arranging import number
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import Location, path_of
from thrumsg_tui.store.spool import spool_state

_CALLERS = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of the messages."""

    acknowledged: int
    lost: int
    """Acknowledged, and not in the database."""
    doubled: int
    """In the database more than once."""
    interrupted: int
    """Calls that a kill cut off, so that the carrier calls again."""
    left_in_spool: int


class _Load:
    """Callers that send message after message, each until it is acknowledged, as a carrier does."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._stop = threading.Event()
        self._lock = threading.Condition()
        self.acknowledged: list[str] = []
        self.interrupted = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._call, args=(caller,)) for caller in range(_CALLERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def wait_for(self, more: int) -> None:
        """Wait until so many more messages are acknowledged."""
        with self._lock:
            wanted = len(self.acknowledged) + more
            self._lock.wait_for(lambda: len(self.acknowledged) >= wanted)

    def _call(self, caller: int) -> None:
        nth = 0
        while not self._stop.is_set():
            id = f"M{caller}-{nth}"
            if self._is_acknowledged(id, message(id, number(nth % 8), f"text {id}")):
                nth += 1
                with self._lock:
                    self.acknowledged.append(id)
                    self._lock.notify_all()

    def _is_acknowledged(self, id: str, body: bytes) -> bool:
        with suppress(OSError, HTTPException):
            return post(self._address, body).status == 200
        with self._lock:
            self.interrupted += 1
        return False


def kill_under_load(database: Location, *, kills: int, seed: int) -> Verdict:
    """Kill a listener on a socket that stays open, so that callers wait while it starts again."""
    chance = random.Random(seed)
    with opened_socket() as sock:
        descriptor = sock.fileno()
        listener = Listener(database, "--fd", str(descriptor), descriptors=(descriptor,))
        load = _Load(listener.address)
        try:
            with load.running():
                for _ in range(kills):
                    load.wait_for(chance.randrange(5, 60))
                    listener.kill()
                    listener = Listener(database, "--fd", str(descriptor), descriptors=(descriptor,))
            listener.end()
        finally:
            listener.kill()
    _empty(database)
    return _judged(database, load)


def _empty(database: Location) -> None:
    """Let listeners store what is left, as long as they store something."""
    before = None
    while (left := _left(database)) and left != before:
        before = left
        with listening(database):
            pass


def _left(database: Location) -> int:
    state = spool_state(path_of(database))
    assert state
    return state.waiting + state.failed


def _judged(database: Location, load: _Load) -> Verdict:
    db = Database(database)
    try:
        with db.reading() as conn:
            rows = [
                *conn.execute("SELECT provider_id FROM message WHERE direction = 'incoming'"),
                *conn.execute("SELECT provider_id FROM unmatched"),
            ]
    finally:
        db.close()
    stored = Counter(row["provider_id"] for row in rows)
    return Verdict(
        acknowledged=len(load.acknowledged),
        lost=sum(stored[id] == 0 for id in load.acknowledged),
        doubled=sum(count > 1 for count in stored.values()),
        interrupted=load.interrupted,
        left_in_spool=_left(database),
    )

"""Shutdown without a key: by a signal, or because the terminal is gone."""

from __future__ import annotations

import os
import signal
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Event, Thread
from types import FrameType

from thrumsg_tui.store.engines.waits import BUSY_SECONDS

_SIGNALS = (signal.SIGHUP, signal.SIGTERM)

_WRITE_FOR = 1.5
"""Stop writing if the app has not left its terminal after this many seconds."""

_INSIST_AFTER = 3.0
"""Force the exit if the app has not left its terminal after this many seconds."""

_STORE_FOR = 2.0 * BUSY_SECONDS
"""Force the exit if pending changes are not stored this many seconds later; another process may hold the database."""


class Shutdown(Thread):
    """The thread that ends the app on request, or the process if the app does not end.

    It is a thread because a terminal that takes no output may block the event loop. Requests come through a queue that
    signal handlers may use.
    """

    def __init__(self, end: Callable[[], None], stop_writing: Callable[[], None]) -> None:
        super().__init__(name="ending", daemon=True)
        self.loop: AbstractEventLoop | None = None
        """The app's event loop, once it runs."""
        self.terminal_left = Event()
        self.stored = Event()
        self._end = end
        self._stop_writing = stop_writing
        self._asked: SimpleQueue[int] = SimpleQueue()

    def ask(self, number: signal.Signals) -> None:
        """Request the end of the app, as by a signal; callable from any thread."""
        self._asked.put(number)

    def run(self) -> None:
        """Wait for a request, then end the app or, if it takes too long, the process."""
        status = 128 + self._asked.get()
        if self.loop:
            with suppress(RuntimeError):  # the loop is closed: the app has ended
                self.loop.call_soon_threadsafe(self._end)
        if not self.terminal_left.wait(_WRITE_FOR):
            self._stop_writing()
        if not self.terminal_left.wait(_INSIST_AFTER - _WRITE_FOR) or not self.stored.wait(_STORE_FOR):
            os._exit(status)

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Start, and end the app on SIGHUP and SIGTERM, even if the parent process ignores or blocks them."""

        def handle(number: int, _: FrameType | None) -> None:
            self.ask(signal.Signals(number))

        self.start()
        before = {number: signal.signal(number, handle) for number in _SIGNALS}
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

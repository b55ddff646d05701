"""How the app ends without a key: it was told to, or its terminal is gone."""

from __future__ import annotations

import os
import signal
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Event, Thread
from types import FrameType

from thrumsg_tui.store.engines.base import BUSY_SECONDS

_SIGNALS = (signal.SIGHUP, signal.SIGTERM)

_WRITE_FOR = 1.5
"""Seconds in which a terminal must take what is still to be written to it; after them nothing more is."""

_INSIST_AFTER = 3.0
"""Seconds in which the app must have left its terminal."""

_STORE_FOR = 2.0 * BUSY_SECONDS
"""Seconds in which all that was begun must be stored: somebody else may hold the database."""


class Shutdown(Thread):
    """Ends the app when it is asked to, from whichever thread; where that does not help, it ends the process.

    It has a thread of its own, and is asked through a queue that signal handlers may use: the event loop may be
    waiting for a terminal that takes nothing.
    """

    def __init__(self, end: Callable[[], None], stop_writing: Callable[[], None]) -> None:
        super().__init__(name="ending", daemon=True)
        self.loop: AbstractEventLoop | None = None
        """The app's, once it runs."""
        self.terminal_left = Event()
        self.stored = Event()
        self._end = end
        self._stop_writing = stop_writing
        self._asked: SimpleQueue[int] = SimpleQueue()

    def ask(self, number: signal.Signals) -> None:
        """End the app, for the reason that a signal stands for."""
        self._asked.put(number)

    def run(self) -> None:
        """Wait to be asked."""
        status = 128 + self._asked.get()
        if self.loop:
            with suppress(RuntimeError):  # it has ended meanwhile
                self.loop.call_soon_threadsafe(self._end)
        if not self.terminal_left.wait(_WRITE_FOR):
            self._stop_writing()
        if not self.terminal_left.wait(_INSIST_AFTER - _WRITE_FOR) or not self.stored.wait(_STORE_FOR):
            os._exit(status)

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Be asked by signals, whatever the process that started this one does with them."""

        def handle(number: int, _: FrameType | None) -> None:
            self.ask(signal.Signals(number))

        self.start()
        before = {each: signal.signal(each, handle) for each in _SIGNALS}
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

"""Threads that make calls which may take long, while one thread goes on."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")

_TO_END = 0.5
"""Seconds that an idle thread gets to end."""


class Workers(Generic[T]):
    """A few threads; they are started when they are first needed, and never keep the process alive.

    Args:
        most: The most threads.
        done: Set when a result has come.
        at_the_end: Called by each thread before it ends.
    """

    def __init__(self, most: int, done: Event, at_the_end: Callable[[], None]) -> None:
        self.most = most
        self.under_way = 0
        """How many calls were begun whose results were not taken yet."""
        self._done = done
        self._at_the_end = at_the_end
        self._calls: SimpleQueue[Callable[[], T] | None] = SimpleQueue()
        self._results: SimpleQueue[T] = SimpleQueue()
        self._threads: list[Thread] = []

    @property
    def free(self) -> int:
        """How many calls can begin at once."""
        return self.most - self.under_way

    def begin(self, call: Callable[[], T]) -> None:
        """Begin a call; it must not raise."""
        self.under_way += 1
        if len(self._threads) < min(self.under_way, self.most):
            thread = Thread(target=self._work, name=f"thrumsg-call-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._calls.put(call)

    def results(self) -> list[T]:
        """Take the results that have come since the last time."""
        taken: list[T] = []
        while True:
            try:
                taken.append(self._results.get_nowait())
            except Empty:
                self.under_way -= len(taken)
                return taken

    def end(self) -> None:
        """Let the threads end that have no call any more; one that still waits for the carrier is left to itself."""
        for _ in self._threads:
            self._calls.put(None)
        for thread in self._threads:
            thread.join(_TO_END)
        self._threads.clear()

    def _work(self) -> None:
        try:
            while (call := self._calls.get()) is not None:
                self._results.put(call())
                self._done.set()
        finally:
            self._at_the_end()

"""Report that a statement waits for somebody else's lock, while it waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer

from thrumsg_tui.store.engines.base import TOLD_AFTER
from thrumsg_tui.store.engines.connection import OnWait


@contextmanager
def wait_reported(on_wait: OnWait) -> Iterator[None]:
    """Call `on_wait` if the body takes long, in another thread, since this one waits for the server; and at its end."""
    report = _Report(on_wait)
    timer = Timer(TOLD_AFTER, report.begin)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        report.end()


class _Report:
    """Reports the beginning of a wait and then its end, or neither."""

    def __init__(self, on_wait: OnWait) -> None:
        self._on_wait = on_wait
        self._one_at_a_time = Lock()
        self._is_told = self._is_over = False

    def begin(self) -> None:
        """Report that a wait has begun, unless it is over."""
        with self._one_at_a_time:
            if not self._is_over:
                self._is_told = True
                self._on_wait(True)

    def end(self) -> None:
        """Report that the wait is over, if its beginning was."""
        with self._one_at_a_time:
            self._is_over = True
            if self._is_told:
                self._on_wait(False)

"""Programs of the tests that start at once, as forks of an interpreter that has loaded them (`tests/preloaded.py`).

`python -W error -m tests.store.mover` loads for a tenth of a second before it begins; a fork begins at once. They are
used like those of `subprocess.Popen`, as far as tests of killed programs need that.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from time import monotonic
from typing import IO

from tests.preloaded import interpreter_for

PATIENCE = 60
"""Seconds after which a program that does not end has failed."""

_DEVNULL = os.open(os.devnull, os.O_RDONLY)


class Forked:
    """A module of the tests that runs in a process of its own, in which warnings are errors.

    Args:
        module: Its name.
        words: What it is called with.
        descriptors: Which descriptors it has besides, under the same numbers.
        listens: Whether it is told things; else its input is empty.
    """

    def __init__(
        self, module: str, words: Sequence[object], *, descriptors: Sequence[int] = (), listens: bool = False
    ) -> None:
        theirs, tells = os.pipe() if listens else (os.dup(_DEVNULL), None)
        hears, says = os.pipe()
        complaints, complains = os.pipe()
        self.stdin: IO[str] | None = None if tells is None else os.fdopen(tells, "w", encoding="utf-8")
        self.stdout: IO[str] = os.fdopen(hears, encoding="utf-8")
        self.stderr: IO[str] = os.fdopen(complaints, encoding="utf-8")
        try:
            self._program = interpreter_for(os.environ, "-W", "error").start_module(
                module,
                [str(word) for word in words],
                os.environ,
                {0: theirs, 1: says, 2: complains} | {each: each for each in descriptors},
            )
        finally:
            for each in (theirs, says, complains):
                os.close(each)
        self.pid = self._program.pid

    @property
    def returncode(self) -> int | None:
        """Its exit status, negative for a signal; None as far as it is known to run."""
        return self._program.returncode

    def poll(self) -> int | None:
        """Ask for its exit status."""
        return self._program.poll()

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it where it stands (`kill -9`)."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float) -> int:
        """Wait for its end."""
        return self._program.wait(timeout)

    def communicate(self, timeout: float = PATIENCE) -> tuple[str, str]:
        """Tell it nothing more, wait until it has ended, and return what it said since and what it complained about.

        Raises:
            subprocess.TimeoutExpired: It still runs.
        """
        limit = monotonic() + timeout
        if self.stdin:
            self.stdin.close()
        said: dict[str, str] = {}

        def read(name: str, stream: IO[str]) -> None:
            if not stream.closed:
                said[name] = stream.read()
                stream.close()

        readers = [
            threading.Thread(target=read, args=(name, stream), daemon=True)
            for name, stream in (("out", self.stdout), ("complaint", self.stderr))
        ]
        for each in readers:
            each.start()
        for each in readers:
            each.join(max(0.0, limit - monotonic()))
        if any(each.is_alive() for each in readers):
            raise subprocess.TimeoutExpired("a program of the tests", timeout)
        self.wait(max(1.0, limit - monotonic()))
        return said.get("out", ""), said.get("complaint", "")

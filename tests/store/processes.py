"""Running workers side by side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.forked import Forked

ROOT = Path(__file__).parent.parent.parent


class Process:
    """A module of the tests at work in another process, called with some words."""

    def __init__(self, module: str, *words: object) -> None:
        self._process = Forked(module, words, listens=True)

    def hear(self) -> str:
        """Wait for the next line that it says."""
        return self._process.stdout.readline().rstrip("\n")

    def await_ready(self) -> None:
        """Wait until it has opened its database."""
        line = self.hear()
        assert line == "ready", line + self.complaint()

    def start(self) -> None:
        """Let it begin."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def kill(self) -> list[str]:
        """End it where it stands (`kill -9`), and return what else it had said."""
        self._process.kill()
        out = self._process.stdout.read()  # `communicate` would leave out what `hear` has read ahead
        self._process.communicate()
        lines = out.split("\n")
        return lines[:-1]  # a line that was cut off was not said

    def end(self) -> list[str]:
        """Wait until it has ended well, and return what it said."""
        out, complaint = self._process.communicate()
        assert self._process.returncode == 0, complaint
        return out.splitlines()

    def complaint(self) -> str:
        """Wait until it has ended, and return what it complained about."""
        return self._process.communicate()[1]

    def stop(self) -> None:
        """End it, however it is."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


@contextmanager
def at_once(*wanted: tuple[object, ...]) -> Iterator[list[Process]]:
    """Run workers that begin together; none is left behind."""
    processes = [Process("tests.store.worker", *words) for words in wanted]
    try:
        for process in processes:
            process.await_ready()
        for process in processes:
            process.start()
        yield processes
    finally:
        for process in processes:
            process.stop()

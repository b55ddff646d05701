"""`thrumsg triage --plain` as a process, whose questions a test reads and answers, by pipes or at a terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic

from tests.cli.delivering import PATIENCE
from thrumsg_tui.store.location import Location

NOW = "What now? (? lists it)"
SENDS = "Enter alone sends it; anything else does not."
SENDS_ALL_THE_SAME = "y sends it all the same; anything else does not."
OPTS_OUT = "y opts them out; anything else does not."


class Triage:
    """A walk that is under way."""

    def __init__(self, process: subprocess.Popen[bytes], written: int, read: int) -> None:
        self.process = process
        self._written, self._read = written, read
        self._said = b""

    def until(self, words: str) -> str:
        """Read what it says until the end of some words, and return it."""
        limit = monotonic() + PATIENCE
        while (place := self._said.find(words.encode())) < 0:
            assert select.select([self._read], [], [], max(0, limit - monotonic()))[0], self._said.decode()
            come = self._come()
            assert come, self._said.decode()
            self._said += come
        end = place + len(words.encode())
        said, self._said = self._said[:end], self._said[end:]
        return said.decode()

    def answer(self, line: str, question: str = NOW) -> str:
        """Write a line, and return what it says until it asks again."""
        os.write(self._written, f"{line}\n".encode())
        return self.until(question)

    def end(self, line: str | None = None) -> str:
        """Write a last line, or end the input, and return all that it still says."""
        if line is None:
            os.close(self._written)
            self._written = -1
        else:
            os.write(self._written, f"{line}\n".encode())
        return self.rest()

    def rest(self) -> str:
        """Return all that it still says until it ends."""
        limit = monotonic() + PATIENCE
        while True:
            assert select.select([self._read], [], [], max(0, limit - monotonic()))[0], self._said.decode()
            if not (come := self._come()):
                break
            self._said += come
        self.process.wait(PATIENCE)
        return self._said.decode()

    def close(self) -> None:
        """End it, if it has not ended."""
        for each in {self._written, self._read} - {-1}:
            os.close(each)
        self.process.kill()
        self.process.wait(PATIENCE)

    def _come(self) -> bytes:
        with suppress(OSError):  # of a terminal, when the process has ended
            return os.read(self._read, 1 << 16)
        return b""


@contextmanager
def triaging(database: Location, *words: str, login: str = "root", at_terminal: bool = False) -> Iterator[Triage]:
    """Start a walk, and end it at the end of the block."""
    command = [sys.executable, "-m", "thrumsg_tui", "--db", str(database), "--forced-login", login]
    command += ["triage", "--plain", *words]
    if at_terminal:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
        os.close(theirs)
        walk = Triage(process, ours, ours)
    else:
        (theirs_in, written), (read, theirs_out) = os.pipe(), os.pipe()
        process = subprocess.Popen(command, stdin=theirs_in, stdout=theirs_out, stderr=subprocess.STDOUT)
        os.close(theirs_in)
        os.close(theirs_out)
        walk = Triage(process, written, read)
    try:
        yield walk
    finally:
        walk.close()


def at_terminal_of(kind: str, database: Location, *words: str) -> str:
    """Run a command at a terminal of a kind, and return all that it writes there."""
    command = [sys.executable, "-m", "thrumsg_tui", "--db", str(database), "--forced-login", "root", *words]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, env={**os.environ, "TERM": kind}
    )
    os.close(theirs)
    walk = Triage(process, ours, ours)
    try:
        return walk.rest()
    finally:
        walk.close()


def all_at_once(database: Location, lines: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Let it read lines that were all written before it asked anything."""
    command = [sys.executable, "-m", "thrumsg_tui", "--db", str(database), "--forced-login", "root"]
    command += ["triage", "--plain", *words]
    return subprocess.run(command, input=lines, capture_output=True, text=True, timeout=PATIENCE, check=False)

"""A carrier's program that runs as a child process: lines to it, and lines from it (`command_gateway.py`)."""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from enum import Enum, auto
from threading import Event, Lock, Thread
from typing import IO

from thrumsg_tui.gateway.command_lines import LONGEST_LINE

_ENVIRONMENT = frozenset({"HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ", "USER"})
"""What a program gets of our environment, besides `LC_…` and what the configuration names; secrets are in neither."""

_TERMINATE = 1.0
"""Seconds from SIGTERM to SIGKILL."""


class Written(Enum):
    """How much of a line the program got."""

    ALL = auto()
    PART = auto()
    NOTHING = auto()


def environment_for(ours: Mapping[str, str], passed: Sequence[str] = ()) -> dict[str, str]:
    """Return the environment of a program: the usual names, and those that are to be passed on."""
    return {
        name: value for name, value in ours.items() if name in _ENVIRONMENT or name.startswith("LC_") or name in passed
    }


class CarrierProgram:
    """A running program.

    Args:
        argv: The program and its arguments.
        environment: Its whole environment.
        on_line: Called, in a thread of its own, with each line that it writes.
        on_complaint: Called, in another thread, with each line that it writes to its standard error.
        on_end: Called once after its last line, with its exit code, or the negative number of the signal.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        *,
        on_line: Callable[[bytes], None],
        on_complaint: Callable[[bytes], None],
        on_end: Callable[[CarrierProgram, int], None],
    ) -> None:
        self.started_at = time.monotonic()
        self.ended = Event()
        self._process = subprocess.Popen(  # noqa: S603 - the configuration names it
            list(argv),
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl+C is for us: we end it by the end of its input
        )
        self._writing = Lock()
        self._on_line, self._on_complaint, self._on_end = on_line, on_complaint, on_end
        os.set_blocking(self._input.fileno(), False)
        self._reader = _in_a_thread(self._read)
        _in_a_thread(self._read_complaints)
        _in_a_thread(self._watch)

    def write(self, line: bytes, patience: float) -> Written:
        """Write one line, for at most some seconds.

        A program that got a part of it is killed: it would misread the next.
        """
        ends_at = time.monotonic() + patience
        if not self._writing.acquire(timeout=patience):
            return Written.NOTHING
        try:
            done = self._write(memoryview(line), ends_at)
            if 0 < done < len(line):
                self._process.kill()
        finally:
            self._writing.release()
        return Written.ALL if done == len(line) else Written.PART if done else Written.NOTHING

    def _write(self, line: memoryview, ends_at: float) -> int:
        """Return how many bytes were written."""
        done = 0
        room = select.poll()
        if self._input.closed:
            return 0
        room.register(self._input, select.POLLOUT)
        while done < len(line):
            try:
                done += os.write(self._input.fileno(), line[done:])
            except BlockingIOError:
                left = ends_at - time.monotonic()
                if left <= 0 or not room.poll(left * 1000):
                    break
            except OSError:  # it has closed its input, or ended
                break
        return done

    def finish(self, patience: float) -> None:
        """End its input, so that it finishes; end it by force if it has not ended after some seconds."""
        self._end_input()
        if not self.ended.wait(patience):
            self._end_by_force()
            self.ended.wait(2 * _TERMINATE)

    def _end_input(self) -> None:
        with self._writing, suppress(OSError):
            self._input.close()

    @property
    def _input(self) -> IO[bytes]:
        return _pipe(self._process.stdin)

    def _read(self) -> None:
        with _pipe(self._process.stdout) as output:
            for line in _lines(output):
                self._on_line(line)
        try:
            self._process.wait(_TERMINATE)
        except subprocess.TimeoutExpired:  # without its output it is of no use
            self._end_by_force()

    def _watch(self) -> None:
        code = self._process.wait()
        self._reader.join(_TERMINATE)  # not for ever: a child of the program may keep its output open
        self._end_input()
        self._on_end(self, code)
        self.ended.set()

    def _read_complaints(self) -> None:
        with _pipe(self._process.stderr) as output:
            for line in _lines(output):
                self._on_complaint(line)

    def _end_by_force(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_TERMINATE)
        except subprocess.TimeoutExpired:
            self._process.kill()


def _in_a_thread(run: Callable[[], None]) -> Thread:
    thread = Thread(target=run, name="carrier's program", daemon=True)
    thread.start()
    return thread


def _lines(output: IO[bytes]) -> Iterator[bytes]:
    """Yield line after line; of one that is too long, just so much that this can be seen.

    One without an end is torn, and left out.
    """
    while line := output.readline(LONGEST_LINE + 1):
        rest = line
        while not rest.endswith(b"\n"):
            rest = output.readline(LONGEST_LINE)
            if not rest:
                break
        if rest:
            yield line


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("the process was started without this pipe")
    return pipe

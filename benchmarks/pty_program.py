"""A program in a pseudo-terminal: when it writes, how much, and what that shows.

A thread of its own reads the terminal and notes when each piece arrived, so the emulation of the screen, which is slow,
delays neither the program nor a figure. An answer ends with its last byte: the silence after which it counts as over is
not part of it.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from time import perf_counter
from types import TracebackType
from typing import Self

import pyte

from tests.e2e.terminal import bytes_of

ROOT = Path(__file__).parents[1]
"""The folder in which programs run."""

PATIENCE = 300.0
"""Seconds after which what is waited for will not come any more."""

START_QUIET = 0.4
"""Seconds of silence after which a first screen is whole."""

KEY_QUIET = 0.12
"""Seconds of silence after which a key is answered."""

KEY_FIRST = 10.0
"""Seconds within which a key's answer begins, if there is one."""

_MORE_KEYS = {"ctrl+home": b"\x1b[1;5H", "ctrl+end": b"\x1b[1;5F"}
_LOOK_EVERY = 0.1
_FRAME = b"\x1b[?2026h"
_PRIVATE_MODE_QUERY = re.compile(rb"\x1b\[\?(\d+)\$p")
_UNKNOWN_TO_PYTE = re.compile(r"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[[0-9;?]*\$[a-zA-Z]|\x1b[P_X^][^\x1b]*\x1b\\")
_UNFINISHED = re.compile(r"\x1b(?:\[[0-9;?<>=]*\$?|[P_X^\]][^\x1b\x07]*\x1b?)?\Z")


class NeverCame(Exception):
    """The screen never showed what was waited for."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of output, and when it arrived."""

    at: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program wrote after an event: its start or a key."""

    started: float
    chunks: tuple[Chunk, ...]
    shown_at: float | None = None
    """When the screen first was as it was waited for."""

    @property
    def shown_ms(self) -> float:
        """Milliseconds until the screen was as it was waited for."""
        assert self.shown_at is not None
        return (self.shown_at - self.started) * 1000

    @property
    def ms(self) -> float:
        """Milliseconds until the last byte; 0 for no answer."""
        return (self.chunks[-1].at - self.started) * 1000 if self.chunks else 0.0

    @property
    def size(self) -> int:
        """Bytes written."""
        return sum(len(each.data) for each in self.chunks)

    @property
    def frames(self) -> int:
        """Paints: synchronised updates."""
        return b"".join(each.data for each in self.chunks).count(_FRAME)


class PtyProgram:
    """A program in a terminal of its own. Leaving the `with` block kills it."""

    def __init__(
        self, command: Sequence[str | Path], environment: Mapping[str, str], size: tuple[int, int] = (120, 40)
    ) -> None:
        self._screen = pyte.Screen(*size)
        self._stream = pyte.Stream(self._screen)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._unfinished = ""
        self._master, slave = pty.openpty()
        columns, rows = size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._chunks: SimpleQueue[Chunk | None] = SimpleQueue()
        self._over = threading.Event()
        self.started = perf_counter()
        self._process = subprocess.Popen(
            list(map(str, command)),
            env=dict(environment),
            cwd=ROOT,
            preexec_fn=partial(os.login_tty, slave),  # noqa: PLW1509  # the reader's thread does not run yet
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._over.set()
        self._reader.join()
        os.close(self._master)

    def first_screen(self, *wanted: str) -> Answer:
        """Wait until the screen shows all of some texts, and then for silence."""
        return self._answer(self.started, partial(self.shows, *wanted), START_QUIET, wanted)

    def press(self, *keys: str, shown: Callable[[], bool] | None = None, quiet: float = KEY_QUIET) -> Answer:
        """Press keys at once, and wait for silence.

        Args:
            keys: The keys, by name or as characters.
            shown: What to wait for on the screen before that. Without it the answer may be nothing at all.
            quiet: Seconds of silence that end the answer.
        """
        self._take_all(0.0)
        started = perf_counter()
        self.type_ahead(*keys)
        if shown is None:
            return Answer(started, tuple(self._take_all(KEY_FIRST, quiet)))
        return self._answer(started, shown, quiet, ())

    def type_ahead(self, *keys: str) -> None:
        """Press keys at once, and wait for nothing."""
        os.write(self._master, b"".join(_MORE_KEYS.get(key) or bytes_of(key) for key in keys))

    def shows(self, *wanted: str) -> bool:
        """Whether the screen shows all of some texts."""
        text = self.text
        return all(each in text for each in wanted)

    @property
    def text(self) -> str:
        """What the screen shows, a line for each row."""
        return "\n".join(self.lines)

    @property
    def lines(self) -> list[str]:
        """What the screen shows, row by row."""
        return [row.rstrip() for row in self._screen.display]

    @property
    def peak_memory(self) -> tuple[float, ...]:
        """The most memory that the program has had at once, in MB; nothing where the system does not say it."""
        status = Path(f"/proc/{self._process.pid}/status")
        lines = status.read_text(encoding="ascii", errors="replace").splitlines() if status.exists() else []
        return tuple(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))

    def _answer(self, started: float, shown: Callable[[], bool], quiet: float, wanted: Sequence[str]) -> Answer:
        chunks: list[Chunk] = []
        shown_at = None
        while shown_at is None:
            chunk = self._take(PATIENCE)
            if chunk is None or chunk.at > started + PATIENCE:
                raise NeverCame(f"never shown: {' and '.join(wanted) or 'the answer to a key'}\n{self.text}")
            chunks.append(chunk)
            if shown():
                shown_at = chunk.at
        return Answer(started, (*chunks, *self._take_all(quiet, quiet)), shown_at)

    def _take_all(self, first: float, quiet: float = KEY_QUIET) -> list[Chunk]:
        chunks = []
        wait = first
        while chunk := self._take(wait):
            chunks.append(chunk)
            wait = quiet
        return chunks

    def _take(self, wait: float) -> Chunk | None:
        """Take the next piece of output, and show it."""
        try:
            chunk = self._chunks.get(timeout=wait) if wait else self._chunks.get_nowait()
        except Empty:
            return None
        if chunk is None:
            self._chunks.put(None)
            return None
        text = self._unfinished + self._decode(chunk.data)
        cut = _UNFINISHED.search(text)
        self._unfinished = cut[0] if cut else ""
        self._stream.feed(_UNKNOWN_TO_PYTE.sub("", text[: cut.start()] if cut else text))
        return chunk

    # In the reader's thread

    def _read(self) -> None:
        while not self._over.is_set():
            if not select.select([self._master], [], [], _LOOK_EVERY)[0]:
                continue
            try:
                data = os.read(self._master, 1 << 16)
            except OSError:  # the program has closed its end
                break
            self._chunks.put(Chunk(perf_counter(), data))
            self._answer_queries(data)
        self._chunks.put(None)

    def _answer_queries(self, data: bytes) -> None:
        """Answer what a program asks its terminal: synchronised updates are known, other modes are not."""
        answers = [
            b"\x1b[?%b;%b$y" % (mode, b"2" if mode == b"2026" else b"0") for mode in _PRIVATE_MODE_QUERY.findall(data)
        ]
        if b"\x1b[c" in data:
            answers.append(b"\x1b[?62;22c")
        if b"\x1b[6n" in data:
            answers.append(b"\x1b[1;1R")
        with suppress(OSError):
            for answer in answers:
                os.write(self._master, answer)

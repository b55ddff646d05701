"""A terminal, played: the app runs in a real pty, what it writes becomes a screen, keys are what an xterm sends.

Nothing here sleeps. A test waits for something to be on the screen, or for the app to have nothing more to say.
"""

from __future__ import annotations

import codecs
import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Protocol, Self
from unicodedata import combining

import pyte
from wcwidth import wcwidth

from tests.e2e.processes import is_busy, is_stopped, processes_of
from tests.preloaded import Program, interpreter_for

PATIENCE = float(os.environ.get("PATIENCE", "60"))
"""Seconds after which what a test waits for will not come any more."""

_QUIET = 0.08
"""Seconds of silence after which the app has said all that it had to say."""

_BETWEEN = 0.04
"""Seconds of silence after which a person presses the next of several keys."""

_FULL = 10
"""How often in a row a terminal that nobody reads must be found as it was, to be taken for full."""

_FIRST = 0.4
"""Seconds in which the first byte of an answer to a key comes, if one comes."""

KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "enter": "\r",
    "alt+enter": "\x1b\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "escape": "\x1b",
    "space": " ",
    "backspace": "\x7f",
    "f1": "\x1bOP",
    "f6": "\x1b[17~",
    "f9": "\x1b[20~",
}

_LAUNCHER = (
    "import fcntl, os, sys, termios\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"  # hang-ups reach only those whose terminal it is
    "os.execv(sys.argv[1], sys.argv[1:])\n"
)

_PRIVATE_MODE_QUERY = re.compile(r"\x1b\[\?(\d+)\$p")
_UNKNOWN_TO_PYTE = re.compile(r"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[[0-9;?]*\$[a-zA-Z]|\x1b[P_X^][^\x1b]*\x1b\\")
UNFINISHED = re.compile(r"\x1b(?:\[[0-9;?<>=]*\$?|[P_X^\]][^\x1b\x07]*\x1b?)?\Z")
"""The beginning of a sequence, of which the rest is still to be read."""

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_FRAME_BEGINS = b"\x1b[?2026h"


class Cell(Protocol):
    """What a place on the screen shows."""

    data: str
    fg: str
    bg: str
    bold: bool
    underscore: bool
    reverse: bool


class NeverCame(AssertionError):
    """What a test waited for did not come; the message has the screen."""


def bytes_of(key: str) -> bytes:
    """What an xterm sends for a key."""
    if key in KEYS:
        return KEYS[key].encode()
    if key.startswith("ctrl+") and len(key) == 6:
        return bytes([ord(key[5].upper()) & 0x1F])
    if key.startswith("alt+") and len(key) == len("alt+x"):
        return b"\x1b" + key[-1].encode()
    if len(key) == 1:
        return key.encode()
    raise ValueError(f"no such key: {key!r}")


def _start(words: list[str], environment: Mapping[str, str], terminal: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-ISc", _LAUNCHER, *words],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=dict(environment),
        start_new_session=True,
    )


def _fork(words: list[str], environment: Mapping[str, str], terminal: int) -> Program:
    return interpreter_for(environment).start(words, environment, terminal)


class Terminal:
    """A program in a terminal of its own. Leaving the `with` block ends whatever is left of it.

    Args:
        command: The program and its words.
        environment: All of its variables.
        size: Columns and rows of the terminal.
        background: The colour that the terminal names as its own, if it does.
        preloaded: Whether the command is only the words of `thrumsg`, which a fork of an interpreter runs.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        size: tuple[int, int] = (120, 40),
        background: str | None = None,
        preloaded: bool = False,
    ) -> None:
        self.columns, self.rows = size
        self._background = background
        self.written = bytearray()
        self._screen = pyte.Screen(self.columns, self.rows)
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._pending = ""
        self._open = True
        self._master, slave = pty.openpty()
        _set_size(slave, size)
        words = [str(word) for word in command]
        self._process = _fork(words, environment, slave) if preloaded else _start(words, environment, slave)
        os.close(slave)
        os.set_blocking(self._master, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)
        self.close()

    # What the person does

    def press(self, *keys: str) -> None:
        """Press keys one after another, as a person who sees what each does."""
        for place, key in enumerate(keys, 1):
            self.send(bytes_of(key))
            self.settle(quiet=_QUIET if place == len(keys) else _BETWEEN)

    def type(self, text: str) -> None:
        """Type a text in one go, then wait until it is dealt with."""
        self.send(text.encode())
        self.settle()

    def send(self, data: bytes) -> None:
        """Send bytes, and look at nothing."""
        limit = monotonic() + PATIENCE
        while data:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                self._take(0.05)
                if monotonic() > limit:
                    raise self._never_came("room for more keys") from None

    def resize(self, columns: int, rows: int) -> None:
        """Make the window another size, and wait for what the program makes of it."""
        self.drag(columns, rows)
        self.settle()

    def drag(self, columns: int, rows: int) -> None:
        """Make the window another size, and look at nothing."""
        self.columns, self.rows = columns, rows
        self._screen.resize(lines=rows, columns=columns)
        _set_size(self._master, (columns, rows))

    def close(self) -> None:
        """Close the window: the program is hung up on."""
        if self._open:
            self._open = False
            os.close(self._master)

    # What the person sees

    @property
    def screen(self) -> str:
        """The text on the screen."""
        return "\n".join(self.lines)

    @property
    def lines(self) -> list[str]:
        """The text on the screen, row by row."""
        return ["".join(self.cells(row)).rstrip() for row in range(self.rows)]

    def cells(self, row: int) -> list[str]:
        """What every cell of a row shows; the second half of a wide character shows nothing."""
        return [self._screen.buffer[row][column].data for column in range(self.columns)]

    def cell(self, row: int, column: int) -> Cell:
        """A cell with its colours."""
        cell: Cell = self._screen.buffer[row][column]  # type: ignore[assignment]  # read-only is enough for us
        return cell

    def background(self, row: int, column: int) -> str:
        """The colour behind a cell; `reversed` for the terminal's own one of texts."""
        cell = self.cell(row, column)
        if cell.reverse:
            return "reversed" if cell.fg == "default" else str(cell.fg)
        return str(cell.bg)

    def row_of(self, text: str) -> int:
        """The first row that shows a text."""
        for number, line in enumerate(self.lines):
            if text in line:
                return number
        raise self._never_came(f"a row with {text!r}")

    def shows(self, wanted: str | re.Pattern[str]) -> bool:
        """Whether a text or a pattern is on the screen."""
        return wanted in self.screen if isinstance(wanted, str) else wanted.search(self.screen) is not None

    def wait_for(self, *wanted: str | re.Pattern[str]) -> None:
        """Wait until all of some texts are on the screen together."""
        self.wait_until(lambda: all(map(self.shows, wanted)), " and ".join(map(repr, wanted)))

    def wait_gone(self, unwanted: str | re.Pattern[str]) -> None:
        """Wait until a text has left the screen."""
        self.wait_until(lambda: not self.shows(unwanted), f"the end of {unwanted!r}")

    def wait_until(self, seen: Callable[[], bool], what: str) -> None:
        """Wait until the screen is as it should be."""
        limit = monotonic() + PATIENCE
        while not seen():
            if monotonic() > limit or not self._open:
                raise self._never_came(what)
            if not self._take(0.05) and self._process.poll() is not None and not self._take(0.05) and not seen():
                raise self._never_came(what)

    def settle(self, quiet: float = _QUIET, first: float = _FIRST) -> None:
        """Wait until the app has answered, if it does, and then said nothing for a while.

        It still has something to say while a busy machine keeps it from its work.
        """
        limit = monotonic() + PATIENCE
        wait = first
        while self._take(wait) or is_busy(self.pid):
            wait = quiet
            if monotonic() > limit:
                raise self._never_came("silence")

    @property
    def local_modes(self) -> int:
        """What the terminal does with keys by itself: `termios.ECHO` and the like."""
        modes: int = termios.tcgetattr(self._master)[3]
        return modes

    # What goes through the wire

    @property
    def mark(self) -> int:
        """The place that the output has come to; `since` tells what came after."""
        return len(self.written)

    def since(self, mark: int) -> bytes:
        """The bytes that the program wrote after a mark."""
        return bytes(self.written[mark:])

    def frames_since(self, mark: int) -> int:
        """The pictures that the program drew after a mark."""
        return self.since(mark).count(_FRAME_BEGINS)

    # How it ends

    @property
    def pid(self) -> int:
        """The program's process."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The program's exit status, None while it runs."""
        return self._process.poll()

    @property
    def is_stopped(self) -> bool:
        """Whether a signal has stopped the program, and none has continued it."""
        return is_stopped(self.pid)

    def fileno(self) -> int:
        """Return the terminal's descriptor, for `select`."""
        return self._master

    def kill(self, number: signal.Signals = signal.SIGKILL) -> int:
        """Send the program a signal and return what it exits with."""
        os.kill(self._process.pid, number)
        return self.wait_exit()

    def let_it_fill(self) -> None:
        """Read nothing until the program cannot write any more."""
        limit, before, same = monotonic() + PATIENCE, -1, 0
        while same < _FULL:
            if monotonic() > limit:
                raise self._never_came("a full terminal")
            select.select([], [], [], _QUIET)
            waiting = struct.unpack("I", fcntl.ioctl(self._master, termios.FIONREAD, b"\0" * 4))[0]
            same = same + 1 if waiting == before else 0
            before = waiting

    def kill_unread(self, number: signal.Signals) -> int:
        """Send the program a signal, and wait for its end without reading anything; return its status."""
        os.kill(self._process.pid, number)
        return self._process.wait(PATIENCE)

    def wait_exit(self) -> int:
        """Wait for the program to end, reading what it still says; return its status, negative for a signal."""
        limit = monotonic() + PATIENCE
        while self._process.poll() is None:
            if monotonic() > limit:
                raise self._never_came("the end of the program")
            if not self._open:
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(0.05)
                continue
            self._take(0.05)
        while self._open and self._take(0.05):
            pass
        return self._process.wait(PATIENCE)

    def wait_until_so(self, so: Callable[[], bool], what: str) -> None:
        """Wait for something that is not to be seen on the screen."""
        limit = monotonic() + PATIENCE
        while not so():
            if monotonic() > limit:
                raise self._never_came(what)
            select.select([], [], [], 0.05)

    def leftovers(self) -> list[int]:
        """Processes of the program's session that are still there after it ended."""
        return processes_of(self._process.pid)

    # Playing the terminal

    def _take(self, wait: float) -> bool:
        """Take what the program writes within a time; tell whether there was anything."""
        data = self._read(wait)
        if data:
            self._show(self._decoder.decode(data))
        return bool(data)

    def _read(self, wait: float) -> bytes:
        """Read what the program writes within a time, and look at nothing."""
        if not self._open or not select.select([self._master], [], [], wait)[0]:
            return b""
        try:
            data = os.read(self._master, 1 << 16)
        except BlockingIOError:
            return b""
        except OSError as error:
            if error.errno != errno.EIO:  # what Linux says when nobody has the other end open
                raise
            data = b""
        if not data:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(wait)
        self.written += data
        return data

    def _show(self, text: str) -> None:
        text = self._pending + text
        cut = UNFINISHED.search(text)
        self._pending = cut[0] if cut else ""
        text = text[: cut.start()] if cut else text
        self._answer(text)
        text = _UNKNOWN_TO_PYTE.sub("", text)
        self._stream.feed(_NOT_ASCII.sub(lambda each: _known_to_pyte(each[0]), text))

    def _answer(self, text: str) -> None:
        """Answer what the program asks its terminal: synchronised updates are known, in-band resizing is not."""
        answers = [f"\x1b[?{mode};{2 if mode == '2026' else 0}$y" for mode in _PRIVATE_MODE_QUERY.findall(text)]
        if self._background and "\x1b]11;?" in text:
            answers.append(f"\x1b]11;rgb:{'/'.join(2 * self._background[each : each + 2] for each in (1, 3, 5))}\x1b\\")
        if "\x1b[c" in text:
            answers.append("\x1b[?62;22c")
        if "\x1b[6n" in text:
            answers.append("\x1b[1;1R")
        for answer in answers:
            self.send(answer.encode())

    def _never_came(self, what: str) -> NeverCame:
        frame = "-" * self.columns
        status = self._process.poll()
        state = "still runs" if status is None else f"ended with {status}"
        return NeverCame(f"{what} never came; the program {state}; the screen:\n{frame}\n{self.screen}\n{frame}")


@cache
def _known_to_pyte(character: str) -> str:
    """Half a flag is as wide as a letter; pyte ends a text at what is invisible and combines with nothing."""
    if "\U0001f1e6" <= character <= "\U0001f1ff":
        return chr(ord(character) - 0x1F1E6 + ord("A"))
    return "" if wcwidth(character) == 0 and not combining(character) else character


def _set_size(terminal: int, size: tuple[int, int]) -> None:
    columns, rows = size
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


MODES = {
    "1049": "alternate screen",
    "1000": "mouse",
    "1003": "mouse",
    "1006": "mouse",
    "2004": "paste",
    "1004": "focus",
}
"""The modes that an app switches on, by number."""


def assert_restored(terminal: Terminal) -> None:
    """The terminal is as the shell wants it: the last word on every mode was to switch it off."""
    written = bytes(terminal.written)
    for mode, name in MODES.items():
        on, off = (written.rfind(f"\x1b[?{mode}{letter}".encode()) for letter in "hl")
        assert off > on, f"{name} was left on ({mode})"
    assert written.rfind(b"\x1b[?25h") > written.rfind(b"\x1b[?25l"), "the cursor was left hidden"
    assert written.rfind(b"\x1b[<u") > written.rfind(b"\x1b[>"), "the keyboard protocol was left on"
    assert terminal.local_modes & termios.ECHO
    assert terminal.local_modes & termios.ICANON

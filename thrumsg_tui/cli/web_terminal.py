"""A program in a terminal that a browser shows."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import struct
import sys
import termios
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Self

_LONGEST = 5.0
"""Seconds that a program gets to end in once its terminal is gone."""

_START = (
    "import fcntl, sys, termios\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"  # its end and its size are told only to those whose terminal it is
    "from thrumsg_tui.__main__ import main\n"
    "sys.exit(main())\n"
)

_OF_ANOTHER_TERMINAL = (
    *("COLUMNS", "LINES", "STY", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TERMCAP", "TMUX", "TMUX_PANE"),
    *("VTE_VERSION", "WINDOWID"),
)
"""Variables that tell of the terminal in which the server runs."""


class WebTerminal:
    """thrumsg in a pseudo-terminal: what it is, does and may do is the same as in any other terminal."""

    def __init__(self, process: Process, master: int) -> None:
        self._process = process
        self._master = master
        self._is_open = True

    @classmethod
    async def start(cls, words: Sequence[str], environment: Mapping[str, str], size: tuple[int, int]) -> Self:
        """Start thrumsg with the words of a command line, in a terminal of so many columns and rows."""
        master, slave = pty.openpty()
        try:
            _set_size(slave, size)
            os.set_blocking(master, False)
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-c", _START, *words),
                stdin=slave,
                stdout=slave,
                stderr=slave,
                start_new_session=True,
                env=_as_in_a_browser(environment),
            )
        except BaseException:
            os.close(master)
            raise
        finally:
            os.close(slave)
        return cls(process, master)

    async def output(self) -> AsyncIterator[bytes]:
        """Yield what the program writes, until it has ended."""
        while self._is_open:
            try:
                data = os.read(self._master, 1 << 16)
            except BlockingIOError:
                await self._ready(_loop().add_reader, _loop().remove_reader)
                continue
            except OSError:  # EIO: nobody has it open any more
                return
            if not data:
                return
            yield data

    async def type(self, text: str) -> None:
        """Type a text; wait as long as the program takes none."""
        data = text.encode("utf-8", "replace")
        while data and self._is_open:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                await self._ready(_loop().add_writer, _loop().remove_writer)
            except OSError:
                return

    def resize(self, size: tuple[int, int]) -> None:
        """Tell the program another size."""
        if self._is_open:
            _set_size(self._master, size)

    async def end(self) -> None:
        """Hang up, so that the program keeps what is being written and ends; kill it if it does not."""
        if self._is_open:
            self._is_open = False
            os.close(self._master)
        try:
            await asyncio.wait_for(self._process.wait(), _LONGEST)
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def _ready(self, add: Callable[..., object], remove: Callable[[int], object]) -> None:
        """Wait until the terminal can be read, or written."""
        ready = asyncio.Event()
        add(self._master, ready.set)
        try:
            await ready.wait()
        finally:
            if self._is_open:
                remove(self._master)


def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


def _as_in_a_browser(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment that tells of the browser's terminal, which is an xterm of UTF-8 and all colours."""
    kept = {name: value for name, value in environment.items() if name not in _OF_ANOTHER_TERMINAL}
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONUTF8": "1"}


def _set_size(terminal: int, size: tuple[int, int]) -> None:
    columns, rows = size
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

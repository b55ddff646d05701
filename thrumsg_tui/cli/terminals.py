"""Standard output and standard error where they are terminals: all text for them passes here (`docs/rules.md 11.3`).

Code that writes tables and sentences makes their parts harmless itself, since it knows what is one cell or one line.
The streams of this module do so with whatever else is written: the parser's messages, log lines, warnings of Python.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.safe_text import safe_text


class HarmlessTerminal:
    """A text stream to a terminal, to which nothing but text and line ends is written.

    All else is that of the stream itself, its `encoding` and `fileno` for example.
    """

    def __init__(self, itself: TextIO) -> None:
        self.itself = itself

    def write(self, text: str) -> int:
        """Write text; what could control the terminal is shown in place of being done."""
        self.itself.write("\n".join(map(safe_text, text.replace("\r\n", "\n").split("\n"))))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write lines."""
        for line in lines:
            self.write(line)

    @property
    def buffer(self) -> BinaryIO:
        """Refuse bytes, of which nobody knows what they do."""
        raise Refused("This cannot be shown in a terminal: redirect it to a file.")

    def __getattr__(self, name: str) -> object:
        return getattr(self.itself, name)


@contextmanager
def harmless_terminals() -> Iterator[None]:
    """Make standard output and standard error harmless where they are terminals; files and pipes stay exact."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(_harmless, before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


@contextmanager
def terminals_themselves() -> Iterator[None]:
    """Give the terminals back to the app, which controls them and makes its texts harmless itself."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(itself, before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def itself(stream: TextIO) -> TextIO:
    """Return a stream that takes everything: for a progress line, which is erased."""
    return stream.itself if isinstance(stream, HarmlessTerminal) else stream


def _harmless(stream: TextIO) -> TextIO:
    return HarmlessTerminal(stream) if stream.isatty() else stream  # type: ignore[return-value]

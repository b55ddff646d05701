"""A dialogue of lines on standard input and output, for screen readers and scripts: no cursor, no colour, no redraw."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Iterable

from thrumsg_tui.cli.output import printable, standard_output
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.safe_text import safe_text

_LONGEST = 1 << 16
"""The bytes that a line may have."""


class EndOfInput(Exception):
    """There is nothing more to read."""


class LineInput:
    """Standard input by lines; it knows whether anything has come that was not read yet.

    Args:
        meanwhile: What to do while nobody writes, every `pause` seconds.
    """

    def __init__(self, meanwhile: Callable[[], None], pause: float) -> None:
        try:
            self._file = None if sys.stdin is None else sys.stdin.fileno()
        except OSError:  # it is no file
            self._file = None
        self._meanwhile, self._pause = meanwhile, pause
        self._come = bytearray()

    def has_come(self) -> bool:
        """Whether there is something to read already, or the input has ended."""
        return bool(self._come) or self._is_ready(0)

    def line(self) -> str:
        """Wait for a line, and return it without its end.

        Raises:
            EndOfInput: There is none. A last line without an end may be cut short, and is not used.
            Refused: It is no text.
        """
        while (end := self._come.find(b"\n")) < 0:
            if not self._is_ready(self._pause):
                self._meanwhile()
            elif not self._read():
                raise EndOfInput
        line = bytes(self._come[:end])
        del self._come[: end + 1]
        try:
            return line.decode().removesuffix("\r")
        except UnicodeDecodeError:
            raise Refused("That line has bytes that are not UTF-8, so it was not used: write it again.") from None

    def _is_ready(self, seconds: float) -> bool:
        return self._file is None or bool(select.select([self._file], [], [], seconds)[0])

    def _read(self) -> bool:
        """Read what has come; return False at the end, and where a line does not end."""
        if self._file is None or len(self._come) > _LONGEST:
            return False
        try:
            come = os.read(self._file, _LONGEST)
        except OSError:  # the terminal is gone
            return False
        self._come += come
        return bool(come)


class Dialogue:
    """Says lines and asks questions. Nothing that it says can control the terminal (`docs/rules.md 7.4`)."""

    def __init__(self, lines: LineInput) -> None:
        self._lines = lines
        self._at_terminal = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()

    def say(self, *sentences: str) -> None:
        """Print lines."""
        self._print(sentences, "\n")

    def ask(self, question: str) -> str:
        """Print a question, and return the line that answers it; raises `EndOfInput` and `Refused`."""
        self._print([question], " " if self._at_terminal else "\n")
        return self._lines.line()

    def agrees(self, question: str, yes: str) -> bool:
        """Ask a question to which only the line `yes` agrees; raises `EndOfInput`.

        What was written before the question was shown agrees to nothing (`docs/rules.md 12.2`).
        """
        while True:
            is_early = self._lines.has_come()
            try:
                if self.ask(question).strip().lower() != yes:
                    return False
            except Refused as unreadable:
                self.say(str(unreadable))
                return False
            if not is_early:
                return True
            self.say("That line came before the question was shown, so it does not count.")

    def _print(self, sentences: Iterable[str], end: str) -> None:
        with standard_output() as out:
            for each in sentences:
                print(printable(safe_text(each)), end=end, file=out)

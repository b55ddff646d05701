"""The progress of slow work, as a line at a terminal that is written over."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from thrumsg_tui.cli.output import may_write_over
from thrumsg_tui.cli.terminals import itself

if TYPE_CHECKING:
    from thrumsg_tui.store.progress import OnProgress

_BEGINS, _EVERY = 0.5, 0.2
"""After how many seconds the line appears, and how many pass before it changes."""


class Progress:
    """Says what is done, for how many seconds, and how far it is where that is known.

    A thread of its own writes the line, since one statement of the database may take longer than all else. Call it with
    how many units are done, and how many there are.
    """

    def __init__(self, what: str, unit: str) -> None:
        self._what, self._unit = what, unit
        self._done, self._total = 0, 0
        self._begun = monotonic()
        self._ended = Event()
        self._writer = Thread(target=self._write_until_ended, name="progress", daemon=True)

    def __call__(self, done: int, total: int) -> None:
        """Note how far the work is."""
        self._done, self._total = done, total

    def then(self, what: str, unit: str = "rows") -> OnProgress:
        """Return a function that shows how far the next part of the work is; its first call ends the part before."""

        def show(done: int, total: int) -> None:
            self._what, self._unit, self._done, self._total = what, unit, done, total

        return show

    def begin(self) -> None:
        """Write the line from now on, if the work takes long enough."""
        self._writer.start()

    def end(self) -> None:
        """Remove the line."""
        self._ended.set()
        if self._writer.is_alive():
            self._writer.join()

    @property
    def sentence(self) -> str:
        """What is done, how far it is and for how long it has been done."""
        done, total, seconds = self._done, self._total, int(monotonic() - self._begun)
        parts = [f"{100 * min(done, total) // total} % of {total:,} {self._unit}"] if total else []
        parts += [f"{seconds} s"] if seconds else []
        return f"{self._what}: {', '.join(parts)}" if parts else f"{self._what} ..."

    def _write_until_ended(self) -> None:
        written, pause = "", _BEGINS
        while not self._ended.wait(pause):
            pause = _EVERY
            if (sentence := self.sentence) != written:
                written = sentence
                _write_over(sentence)
        if written:
            _write_over("")


@contextmanager
def shown_progress(what: str, unit: str = "rows") -> Iterator[Progress]:
    """Show how far work is, to a person at a terminal but not to a script; the line is removed at the end.

    Args:
        what: What is done, as "Copying".
        unit: What is counted.
    """
    progress = Progress(what, unit)
    if may_write_over(sys.stderr):
        progress.begin()
    try:
        yield progress
    finally:
        progress.end()


def _write_over(line: str) -> None:
    """Write a line of standard error in place of the one before; one that does not fit would not be written over."""
    import shutil  # brings compression along, 2 ms; a script sees no line

    room = shutil.get_terminal_size().columns - 1
    with suppress(OSError):
        print(f"\r{line[:room]}\x1b[K", end="", file=itself(sys.stderr), flush=True)

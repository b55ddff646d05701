"""Standard output and standard error: text that they can show, and what is done when they cannot be written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.safe_text import safe_text

_NOT_SHOWN = "Standard output cannot be written ({}). Any change was made; only its report is lost."
_PLAIN = str.maketrans({"–": "-", "—": "-", "…": "...", "→": "->", "●": "*", "’": "'", "“": '"', "”": '"', "·": "-"})


@contextmanager
def standard_output() -> Iterator[TextIO]:
    """Yield standard output, and flush it at the end.

    Raises `Refused` if it cannot be written, and `BrokenPipeError` if its reader has closed it.
    """
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        stop_writing()
        raise Refused(_NOT_SHOWN.format(error.strerror or error)) from error


def stop_writing() -> None:
    """Discard everything that is still written to standard output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(sentence: str, *, is_failure: bool = False) -> None:
    """Print a sentence on one line of standard error; ignore it if that cannot be written.

    Why a command fails is an error in the journal of systemd.
    """
    priority = "<3>" if is_failure and is_journal(sys.stderr) else ""
    text = f"{priority}thrumsg: {safe_text(sentence)}"
    with suppress(OSError):
        print(text if _is_unicode(sys.stderr.encoding) else _ascii(text), file=sys.stderr, flush=True)


def is_journal(stream: TextIO) -> bool:
    """Whether the journal of systemd reads a stream, and so the priority at the beginning of a line.

    Programs that a service has started have its `JOURNAL_STREAM` too, so the file is compared.
    """
    named = os.environ.get("JOURNAL_STREAM")
    if not named:
        return False
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return named == f"{status.st_dev}:{status.st_ino}"


def may_write_over(stream: TextIO) -> bool:
    """Whether a line may be written over: at a terminal, unless its TERM is `dumb`, as for a screen reader."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def ask(question: str) -> str:
    """Ask the person at the terminal; return the answer, empty at the end of input."""
    print(printable(safe_text(question)), end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def printable(text: str) -> str:
    """Return text that standard output can show: ASCII unless its encoding is Unicode."""
    return text if _is_unicode(sys.stdout.encoding) else _ascii(text)


def _is_unicode(encoding: str | None) -> bool:
    return (encoding or "").lower().replace("-", "").replace("_", "").startswith("utf")


def _ascii(text: str) -> str:
    return text.translate(_PLAIN).encode("ascii", "replace").decode("ascii")

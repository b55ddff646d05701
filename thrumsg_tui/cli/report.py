"""The output of commands: tables for people, JSON for scripts."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TextIO

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.safe_text import safe_text

_NOT_SHOWN = "Standard output cannot be written ({}). Any change was made; only its report is lost."
_PLAIN = str.maketrans({"–": "-", "—": "-", "…": "...", "→": "->", "●": "*", "’": "'", "“": '"', "”": '"', "·": "-"})


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a command, as JSON and as lines, of which one is printed; `error` goes to standard error."""

    json: object
    lines: Iterable[str]
    code: int = 0
    error: str = ""


def show(report: Report, *, as_json: bool) -> None:
    """Print a report; nothing in it can control the terminal (`docs/rules.md 7.4`)."""
    with standard_output() as out:
        if as_json:
            print(json.dumps(report.json, indent=2), file=out)
        else:
            for line in report.lines:
                print(printable(safe_text(line)), file=out)
    if report.error:
        complain(report.error, is_failure=True)


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


def ask(question: str) -> str:
    """Ask the person at the terminal; return the answer, empty at the end of input."""
    print(printable(safe_text(question)), end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def printable(text: str) -> str:
    """Return text that standard output can show: ASCII unless its encoding is Unicode."""
    return text if _is_unicode(sys.stdout.encoding) else _ascii(text)


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Return aligned lines, heads first. Columns with numbers are right-aligned; None is blank."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(heads, *cells, strict=True)]
    right = [any(isinstance(row[place], int) for row in rows) for place in range(len(heads))]
    return [
        "  ".join(
            _padded(cell, width, to_the_right=to_the_right)
            for cell, width, to_the_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in [heads, *cells]
    ]


def pairs(values: Sequence[tuple[str, object]]) -> list[str]:
    """Return lines of names and aligned values."""
    cells = [(_cell(name), _cell(value)) for name, value in values]
    width = max((_width(name) for name, _ in cells), default=0)
    return [f"{_padded(name, width, to_the_right=False)}  {value}".rstrip() for name, value in cells]


def _cell(value: object) -> str:
    return "" if value is None else printable(safe_text(str(value)))


def _padded(cell: str, width: int, *, to_the_right: bool) -> str:
    room = " " * (width - _width(cell))
    return room + cell if to_the_right else cell + room


def _width(text: str) -> int:
    """Return the width of a text in terminal columns, as the app counts them."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # takes 13 ms, and most tables are ASCII

    return cell_len(text)


def _is_unicode(encoding: str | None) -> bool:
    return (encoding or "").lower().replace("-", "").replace("_", "").startswith("utf")


def _ascii(text: str) -> str:
    return text.translate(_PLAIN).encode("ascii", "replace").decode("ascii")

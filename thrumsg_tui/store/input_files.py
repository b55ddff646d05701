"""Read what a user names: an ordinary file of limited size, or standard input (`docs/rules.md 11.2`)."""

from __future__ import annotations

import os
import select
import stat
import sys
from pathlib import Path

from thrumsg_tui.domain.errors import Nothing, Refused

STANDARD_INPUT = Path("-")
"""Stands for standard input where a file is expected."""

MOST = 256 * 1024 * 1024
"""How many bytes of a file are read at most, since it is held in memory: three million contacts."""


_ENDS_TOGETHER = 50
"""Milliseconds within which the ends of a lost connection end, one after another."""


def called(path: Path) -> Path:
    """Return the name of a file for sentences and the journal."""
    return Path("standard input") if path == STANDARD_INPUT else path


def read_file(path: Path) -> bytes:
    """Read a whole file, or standard input for `-`.

    Raises:
        Refused: There is no such file, it is no ordinary file (found without waiting for a writer to a pipe), it is not
            readable, or it has more than `MOST` bytes.
    """
    try:
        content = _piped_in() if path == STANDARD_INPUT else _content(path)
    except FileNotFoundError:
        raise Refused(f"There is no file {path}.", Nothing.CHANGED) from None
    except OSError as error:
        raise Refused(f"{called(path)} cannot be read: {error.strerror}.", Nothing.CHANGED) from error
    _refuse_larger(path, len(content))
    return content


def refuse_odd_file(path: Path, status: os.stat_result, hint: str = "") -> None:
    """Raise `Refused` for a folder, a device, a pipe or a socket; `hint` is added for all but folders."""
    if stat.S_ISDIR(status.st_mode):
        raise Refused(f"{path} is a folder, not a file.", Nothing.CHANGED)
    if not stat.S_ISREG(status.st_mode):
        raise Refused(f"{path} is a device or a pipe, not an ordinary file{hint}.", Nothing.CHANGED)


def _content(path: Path) -> bytes:
    refuse_odd_file(path, path.stat(), "; - reads a pipe")  # before opening it, which a socket does not allow
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC), "rb") as file:
        status = os.fstat(file.fileno())
        refuse_odd_file(path, status)
        _refuse_larger(path, status.st_size)
        content = file.read(MOST + 1)
    if content and not status.st_size:
        raise Refused(f"{path} is made up by the system as it is read, not an ordinary file.", Nothing.CHANGED)
    return content


def _refuse_larger(path: Path, size: int) -> None:
    if size > MOST:
        most = f"{MOST // 1024**2} MiB"
        raise Refused(f"{called(path)} is larger than {most}: cut it into several files.", Nothing.CHANGED)


def _piped_in() -> bytes:
    stream = getattr(sys.stdin, "buffer", None)
    content: bytes = stream.read(MOST + 1) if stream else sys.stdin.read(MOST + 1).encode("utf-8", "surrogatepass")
    if _nobody_listens():
        raise Refused("The connection ended before the file did.", Nothing.CHANGED)
    return content


def _nobody_listens() -> bool:
    """Return whether both outputs lead to nobody: an SSH connection that is lost ends its input like a whole file."""
    try:
        outputs = {sys.stdout.fileno(), sys.stderr.fileno()}
    except (OSError, ValueError):  # outputs that are no files
        return False
    return all(map(_is_ended, outputs))


def _is_ended(output: int) -> bool:
    """Return whether the other side of an output is gone, or goes right now."""
    other_side = select.poll()
    other_side.register(output, 0)  # asks for nothing but its end
    return any(events & (select.POLLHUP | select.POLLERR) for _, events in other_side.poll(_ENDS_TOGETHER))

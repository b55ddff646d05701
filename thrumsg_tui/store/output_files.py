"""Write files completely or not at all."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.store.engines import file_engine_for, spool_engine_for

PRIVATE = 0o600
"""The mode of a new file: accessible to its owner only (`docs/rules.md 11.2`)."""


def refuse_database(target: Path) -> None:
    """Raise `Refused` if a file is a thrumsg database or one of its companions: neither may be overwritten."""
    name = os.path.realpath(target)  # the link may have any name
    for ending in file_engine_for(target).companion_endings:
        name = name.removesuffix(ending)
    try:
        path = Path(name)
        ours = path.is_file() and (file_engine_for(path).is_thrumsg() or spool_engine_for(path).is_thrumsg())
    except OSError:  # unreadable, so unknown; if it is not writable either, writing will say so
        return
    if ours:
        raise Refused(f"{target} is a thrumsg database, or part of one: name another file.", Nothing.WRITTEN)


def refuse_unwritable(target: Path) -> None:
    """Raise `Refused` if a file could not be written, before there is anything to write."""
    with _explained(target, Nothing.CHANGED):
        if _is_pipe_or_device(target):
            if not os.access(target, os.W_OK):
                raise Refused(f"You may not write to {target}.", Nothing.CHANGED)
            return
        refuse_database(target)
        resolved = _resolved(target, Nothing.CHANGED)
        part = _part(resolved)
        os.close(_made(part))
        part.unlink()


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield an empty file beside `target`, which replaces `target` at the end.

    If the body raises, nothing is left behind. The new file survives a power cut, is accessible to its owner only, and
    keeps mode and owner of a file that it replaces (`docs/rules.md 11.2`). Leftovers of dead processes beside `target`
    are removed.

    Raises:
        Refused: The target is a folder or cannot be written.
    """
    with _explained(target, Nothing.LEFT_BEHIND):
        resolved = _resolved(target, None)
        part = _part(resolved)
        try:
            remove_part(part)
            _remove_left_behind(resolved)
            os.close(_made(part))
            yield part
            take_over(part, resolved)
            to_disk(part)
            part.replace(resolved)
            to_disk(resolved.parent)
        finally:
            with suppress(OSError):  # the first error is the one to report
                remove_part(part)


@contextmanager
def writing_text(target: Path) -> Iterator[TextIO]:
    """Open a UTF-8 file that replaces `target` when it is complete; pipes and devices are written directly."""
    with _explained(target, Nothing.LEFT_BEHIND):
        direct = _is_pipe_or_device(target)
    if direct:
        try:
            with target.open("w", encoding="utf-8", newline="") as file:
                yield file
        except OSError as error:
            raise Refused(f"{target} cannot be written: {error.strerror or error}.") from error
        return
    refuse_database(target)
    with replacing(target) as part, part.open("w", encoding="utf-8", newline="") as file:
        yield file


def write_bytes(target: Path, content: bytes) -> None:
    """Write a file that replaces `target` when it is complete; pipes and devices are written directly.

    A terminal is refused: bytes from outside may control it (`docs/rules.md 11.3`).
    """
    with _explained(target, Nothing.LEFT_BEHIND):
        if _is_pipe_or_device(target):
            with target.open("wb") as file:
                if file.isatty():
                    raise Refused(f"{target} is a terminal, which could be controlled by this.", Nothing.WRITTEN)
                file.write(content)
            return
    refuse_database(target)
    with replacing(target) as part:
        part.write_bytes(content)


def text_for(file: TextIO) -> Callable[[str], str]:
    """Return how to write text from outside: unchanged, but made harmless for a terminal (`docs/rules.md 11.3`)."""
    return safe_text if file.isatty() else str


def part_beside(target: Path) -> Path:
    """Make an empty temporary file beside a target; `remove_part` removes it and its companions."""
    part = _part(target)
    remove_part(part)
    _remove_left_behind(target)
    os.close(_made(part))
    return part


def remove_part(part: Path) -> None:
    """Remove a temporary file and its companions."""
    for path in (part, *file_engine_for(part).companions()):
        path.unlink(missing_ok=True)


@contextmanager
def _explained(target: Path, nothing: Nothing) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror or error}.", nothing) from error


def _resolved(target: Path, nothing: Nothing | None) -> Path:
    """Follow links to the file itself, which is the one to replace."""
    resolved = Path(os.path.realpath(target))
    if resolved.is_symlink():
        raise Refused(f"{target} cannot be written: it is a link that leads back to itself.", nothing)
    if resolved.is_dir():
        raise Refused(f"{target} is a folder; name a file in it.", nothing)
    return resolved


def _is_pipe_or_device(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()


def _part(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}.part")


def _made(part: Path) -> int:
    """Create a file that does not exist yet, and open it."""
    return os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)


def take_over(part: Path, target: Path) -> None:
    """Give a new file the mode and the owner of the file that it replaces."""
    try:
        old = target.stat()
    except FileNotFoundError:
        return
    new = part.stat()
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        with suppress(PermissionError):  # only root may give a file away
            os.chown(part, old.st_uid, old.st_gid)
    part.chmod(stat.S_IMODE(old.st_mode) & 0o777)


def _remove_left_behind(target: Path) -> None:
    left = re.compile(rf"\.{re.escape(target.name)}\.([0-9]+)\.part(-wal|-shm|-journal)?")
    for beside in target.parent.iterdir():
        if (found := left.fullmatch(beside.name)) and not _is_alive(int(found[1])):
            beside.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def to_disk(path: Path) -> None:
    """Make a file, or a folder's list of files, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

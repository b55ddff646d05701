"""Files of a restore: copy the backup, keep the previous state, and put a new database in place."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from thrumsg_tui.domain.errors import DatabaseUnusable, Nothing, Refused
from thrumsg_tui.store.engines import file_engine_for
from thrumsg_tui.store.input_files import refuse_odd_file
from thrumsg_tui.store.output_files import PRIVATE, part_beside, remove_part, take_over, to_disk

_AT_ONCE = 1024 * 1024
"""How many bytes to copy at once."""


def part_for(own: Path) -> Path:
    """Make an empty file beside a database for the copy of the backup; `DatabaseUnusable` if that fails."""
    try:
        return part_beside(own)
    except OSError as error:
        raise DatabaseUnusable(f"Nothing can be written beside {own}: {error.strerror}.", Nothing.RESTORED) from error


def copy_with_log(source: Path, part: Path, nothing: Nothing | None = None) -> None:
    """Copy a backup, with the log beside it if it was copied with `cp` or its writer was killed.

    Raises `Refused` if anybody writes to it meanwhile.
    """
    real = Path(os.path.realpath(source))
    endings = ("", *file_engine_for(source).log_endings)
    pairs = [(real.with_name(real.name + ending), part.with_name(part.name + ending)) for ending in endings]
    before = [_fingerprint(file) for file, _ in pairs]
    for file, target in pairs:
        if os.path.lexists(file):
            _copy(file, target)
    if [_fingerprint(file) for file, _ in pairs] != before:
        raise Refused(f"{source} is being written to: make a backup of it first.", nothing)


def _fingerprint(path: Path) -> tuple[int, int] | None:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns


def _copy(source: Path, target: Path, *, whatever_can_be_read: bool = False) -> None:
    """Copy the bytes of an ordinary file into one that only its owner can read.

    With `whatever_can_be_read`, bytes that the disk cannot read become zeros.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(source, flags), "rb", buffering=0) as file:
        refuse_odd_file(source, os.fstat(file.fileno()))
        size = os.fstat(file.fileno()).st_size
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, PRIVATE), "wb") as into:
            for start in range(0, size, _AT_ONCE):
                wanted = min(_AT_ONCE, size - start)
                try:
                    content = os.pread(file.fileno(), wanted, start)
                except OSError:
                    if not whatever_can_be_read:
                        raise
                    content = b""
                into.write(content.ljust(wanted, b"\0") if whatever_can_be_read else content)


def keep_bytes(own: Path, kept: Path) -> None:
    """Copy a database that the engine cannot read, byte by byte as far as the disk can read it."""
    try:
        for ending in ("", *file_engine_for(own).log_endings):
            if os.path.lexists(present := own.with_name(own.name + ending)):
                _copy(present, kept.with_name(kept.name + ending), whatever_can_be_read=True)
        to_disk(kept)
    except BaseException:
        remove_part(kept)
        raise


def put_in_place(part: Path, own: Path) -> None:
    """Put a file in place of a database that cannot be opened, or that does not exist.

    The old log is removed, because it would be taken for the log of the new file.
    """
    take_over(part, own)
    to_disk(part)
    for companion in file_engine_for(own).companions():
        companion.unlink(missing_ok=True)
    part.replace(own)
    to_disk(own.parent)


def free_name(own: Path, now: datetime) -> Path:
    """Return an unused file name beside the database for the copy of its present state."""
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    wanted = own.with_name(f"{own.stem}-before-restore-{stamp}{own.suffix}")
    nth = 2
    name = wanted
    while os.path.lexists(name):
        name = wanted.with_name(f"{wanted.stem}-{nth}{wanted.suffix}")
        nth += 1
    return name

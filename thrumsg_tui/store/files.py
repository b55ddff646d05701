"""Writing a file so that it is there whole, or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.store.recognising import is_thrumsg


def refuse_database(target: Path) -> None:
    """Raise `Refused` for a file that is a thrumsg database, or belongs to one: nothing may take its place."""
    of = Path(str(target).removesuffix("-wal").removesuffix("-shm"))
    if of.is_file() and is_thrumsg(of):
        raise Refused(f"{target} is a thrumsg database, or part of one: name another file. Nothing was written.")


def refuse_unwritable(target: Path) -> None:
    """Raise `Refused` for a file that could not be written, found out before there is anything to write."""
    if _is_pipe_or_device(target):
        if not os.access(target, os.W_OK):
            raise Refused(f"You may not write to {target}. Nothing was changed.")
        return
    refuse_database(target)
    target = target.resolve()
    if target.is_dir():
        raise Refused(f"{target} is a folder; name a file in it. Nothing was changed.")
    part = _part(target)
    try:
        part.touch(exist_ok=False)
        part.unlink()
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror or error}. Nothing was changed.") from error


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a path beside `target` to write to, which takes its place at the end; if anything is raised, nothing stays.

    The new file survives a power cut. What a process that died left beside `target` is removed. Raises `Refused` where
    the target is a folder or cannot be written.
    """
    target = target.resolve()
    if target.is_dir():
        raise Refused(f"{target} is a folder; name a file in it.")
    part = _part(target)
    try:
        part.unlink(missing_ok=True)
        _remove_left_behind(target)
        yield part
        _to_disk(part)
        part.replace(target)
        _to_disk(target.parent)
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror or error}. No file was left behind.") from error
    finally:
        with suppress(OSError):  # the first error is the one to report
            part.unlink(missing_ok=True)


@contextmanager
def writing_text(target: Path) -> Iterator[TextIO]:
    """Open a UTF-8 file that takes the place of `target` when it is whole; a pipe or device is written directly."""
    if _is_pipe_or_device(target):
        try:
            with target.open("w", encoding="utf-8", newline="") as file:
                yield file
        except OSError as error:
            raise Refused(f"{target} cannot be written: {error.strerror or error}.") from error
        return
    refuse_database(target)
    with replacing(target) as part, part.open("x", encoding="utf-8", newline="") as file:
        yield file


def _is_pipe_or_device(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()


def _part(target: Path) -> Path:
    """What is written first, beside the target."""
    return target.with_name(f".{target.name}.{os.getpid()}.part")


def _remove_left_behind(target: Path) -> None:
    left = re.compile(rf"\.{re.escape(target.name)}\.([0-9]+)\.part")
    for each in target.parent.iterdir():
        if (found := left.fullmatch(each.name)) and not _is_alive(int(found[1])):
            each.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

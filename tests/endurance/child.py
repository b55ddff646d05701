"""A command line in a forked process, and how far it is, by memory that it shares with its parent.

Everything is imported before the fork, so that a command takes as long as its own work does. The process has a clock
that stands still: run twice on equal files, a command leaves equal contents.
"""

from __future__ import annotations

import io
import mmap
import os
import pkgutil
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import IntEnum
from importlib import import_module
from pathlib import Path
from sqlite3 import Connection
from typing import Self

import thrumsg_tui
from thrumsg_tui.cli.main import main
from thrumsg_tui.store import database
from thrumsg_tui.store.engines.connection import OnWait
from thrumsg_tui.store.engines.sqlite.engine import SqliteEngine
from thrumsg_tui.store.pacing import Pacing

NOW = datetime.now(UTC)


class Stage(IntEnum):
    """How far a command is."""

    BEFORE = 0
    UNDER_WAY = 1
    """It has begun to write to the database or to a file."""
    ANSWERED = 2


class Board:
    """What a child tells: its stage, when it began and answered, and how many transactions it has committed."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, mmap.PAGESIZE)

    def clear(self) -> None:
        """Make it ready for another child."""
        self._memory[:40] = bytes(40)

    @property
    def stage(self) -> Stage:
        return Stage(self._memory[0])

    @property
    def commits(self) -> int:
        return self._read(8)

    @property
    def begun(self) -> int:
        """Nanoseconds of the monotonic clock, which all processes share."""
        return self._read(16)

    @property
    def answered(self) -> int:
        """Nanoseconds, likewise."""
        return self._read(24)

    @property
    def status(self) -> int:
        """The exit status that was answered."""
        return self._read(32)

    def begin(self) -> None:
        """Note that the command is under way."""
        if not self._memory[0]:
            self._write(16, time.monotonic_ns())
            self._memory[0] = Stage.UNDER_WAY

    def count_commit(self) -> None:
        """Note that a transaction is committed."""
        self._write(8, self.commits + 1)

    def answer(self, status: int) -> None:
        """Note that the command has ended."""
        self._write(32, status)
        self._write(24, time.monotonic_ns())
        self._memory[0] = Stage.ANSWERED

    def _read(self, place: int) -> int:
        return int.from_bytes(self._memory[place : place + 8], sys.byteorder)

    def _write(self, place: int, number: int) -> None:
        self._memory[place : place + 8] = number.to_bytes(8, sys.byteorder)


@dataclass(frozen=True, slots=True)
class Task:
    """A command line on a database, and the folder whose files it writes."""

    database: Path
    words: Sequence[str]
    out: Path
    pacing: Pacing | None = None


class _Stopped(datetime):
    """The time at which everything happens."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(NOW.timestamp(), tz)


def import_everything() -> None:
    """Import whatever a command may import later."""
    for package in ("thrumsg_tui.cli", "thrumsg_tui.domain", "thrumsg_tui.store", "thrumsg_tui.gateway"):
        for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            import_module(module.name)
    import_module("sqlite_utils.migrations")
    assert thrumsg_tui.__path__


def begin_child(
    task: Task, board: Board, said: Path, on_commit: Callable[[], object] = lambda: None, *, clock: bool = True
) -> int:
    """Begin a command in a process of its own; what it says on standard error goes to a file.

    Args:
        task: The command.
        board: Where it tells how far it is.
        said: The file.
        on_commit: Called in the child after each transaction on the task's database.
        clock: Whether the child's clock stands still.
    """
    board.clear()
    child = os.fork()
    if child:
        return child
    status = 99
    try:
        with said.open("w") as err, io.StringIO() as out, redirect_stdout(out), redirect_stderr(err):
            _watch(task, board, on_commit)
            if clock:
                setattr(database, "datetime", _Stopped)  # noqa: B010 - `utc_now` asks it
            status = main(["--db", str(task.database), *task.words], pacing=task.pacing)
            board.answer(status)
    except BaseException:  # noqa: BLE001 - it must not go on as a copy of its parent
        with said.open("a") as err:
            traceback.print_exc(file=err)
    os._exit(status)


def _watch(task: Task, board: Board, on_commit: Callable[[], object]) -> None:
    """Tell the board of the first write, and of each transaction."""
    begin, commit, overwrite = SqliteEngine.begin_write, SqliteEngine.commit, SqliteEngine.overwrite
    inside = str(task.out)

    def committed(engine: SqliteEngine) -> None:
        if engine.location == task.database:
            board.count_commit()
            on_commit()

    def begin_write(engine: SqliteEngine, conn: Connection, *, durable: bool, scratch: bool, on_wait: OnWait) -> None:
        board.begin()
        begin(engine, conn, durable=durable, scratch=scratch, on_wait=on_wait)

    def commit_counted(engine: SqliteEngine, conn: Connection) -> None:
        commit(engine, conn)
        committed(engine)

    def overwrite_counted(engine: SqliteEngine, source: Path, once_locked: Callable[[], None]) -> None:
        board.begin()
        overwrite(engine, source, once_locked)
        committed(engine)

    def hook(event: str, values: tuple[object, ...]) -> None:
        if event == "open":
            writes = bool(int(str(values[2])) & (os.O_WRONLY | os.O_RDWR))
        else:
            writes = event == "sqlite3.connect" and values[0] != str(task.database)
        if writes and str(values[0]).startswith(inside):
            board.begin()

    SqliteEngine.begin_write = begin_write  # type: ignore[method-assign,assignment]
    SqliteEngine.commit = commit_counted  # type: ignore[method-assign,assignment]
    SqliteEngine.overwrite = overwrite_counted  # type: ignore[method-assign,assignment]
    sys.addaudithook(hook)

"""Processes that do the same at once on one database, forked from a server that has imported all of it already."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Callable, Iterable, Sequence
from multiprocessing.synchronize import Barrier
from typing import Any, Concatenate, NamedTuple, TypeAlias

from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines.postgres.engine import PostgresEngine

PATIENCE = 240
"""Seconds after which a process that says nothing has failed: sixteen at once take long on a busy machine."""

Act: TypeAlias = Callable[Concatenate[Database, int, ...], Iterable[str]]
"""What one of the processes does: it gets its number, and says what came out."""

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__, "tests.store.races.races"])


class Said(NamedTuple):
    """What each process said, and how some of them failed."""

    words: list[list[str]]
    failures: list[str]


def at_once(address: str, processes: int, act: Act, arguments: Sequence[Any], *, locks: bool) -> Said:
    """Let processes act together.

    Args:
        address: The database.
        processes: How many.
        act: What each does; a function of a module.
        arguments: What it gets besides the database and its number.
        locks: Whether `hold` holds anything.
    """
    start, said = _context.Barrier(processes), _context.Queue()
    running = [
        _context.Process(target=_run, args=(address, number, act, arguments, locks, start, said))
        for number in range(processes)
    ]
    for each in running:
        each.start()
    heard: dict[int, tuple[list[str], str]] = dict(said.get(timeout=PATIENCE) for _ in running)
    for each in running:
        each.join(PATIENCE)
    return Said(
        [words for _, (words, _) in sorted(heard.items())], [failure for _, failure in heard.values() if failure]
    )


def _run(address: str, number: int, act: Act, arguments: Sequence[Any], locks: bool, start: Barrier, said: Any) -> None:
    if not locks:
        PostgresEngine.hold = lambda *_: None  # type: ignore[method-assign]
    words: list[str] = []
    failure = ""
    try:
        db = Database(address)
        start.wait(PATIENCE)
        words.extend(act(db, number, *arguments))
        db.close()
    except BaseException:  # noqa: BLE001 - whoever waits for its words must get some
        start.abort()
        failure = traceback.format_exc()
    said.put((number, (words, failure)))


def outcome(do: Callable[[], object]) -> str:
    """Say `done`, or why it was refused."""
    try:
        do()
    except ThrumsgError as error:
        return f"{type(error).__name__}: {error}"
    return "done"

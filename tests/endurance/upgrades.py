"""Databases of earlier formats that several processes open at once, or whose upgrade is killed."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.endurance.child import Board, Stage
from tests.endurance.contents import contents, damage
from tests.endurance.tally import Tally
from tests.store.formats import ROWS, make_format
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.engines.sqlite import upgrade
from thrumsg_tui.store.schema import MIGRATIONS

OLDEST = 2
"""The first format of which there are rows."""

TOGETHER = 3

FORMATS = range(OLDEST, len(MIGRATIONS))


def race(folder: Path, version: int, hits: int) -> Tally:
    """Let processes open a database at once, until several of them have begun so often to upgrade it."""
    tally = Tally(f"{TOGETHER} upgrades race: format {version}")
    old, path, boards = folder / "old.db", folder / "raced.db", [Board() for _ in range(TOGETHER)]
    wanted = _upgraded(old, path, version)
    while tally.hits < hits and tally.tries < 20 * hits:
        tally.tries += 1
        _put(old, path)
        at = time.monotonic_ns() + 20_000_000
        children = [_opening(path, board, at) for board in boards]
        statuses = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        tally.hits += sum(board.begun > 0 for board in boards) > 1
        if any(statuses):
            tally.note(f"exit statuses {statuses}: see above", error=True)
        _judge(path, {wanted}, tally)
    return tally


def kill(folder: Path, version: int, kills: int, chance: Random) -> Tally:
    """Kill the upgrade of a database at so many moments."""
    tally = Tally(f"kill -9: upgrade of format {version}")
    old, path, board = folder / "old.db", folder / "killed.db", Board()
    wanted = _upgraded(old, path, version)
    before, lasts = contents(old), 0
    while tally.hits < kills and tally.tries < 6 * kills:
        tally.tries += 1
        _put(old, path)
        child = _opening(path, board, 0)
        while board.stage is Stage.BEFORE:
            time.sleep(0)
        until = board.begun + int(chance.random() * lasts) if lasts else None
        while until is not None and time.monotonic_ns() < until:
            time.sleep(0)
        if until is not None:
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        tally.hits += board.stage is Stage.UNDER_WAY
        lasts = lasts or board.answered - board.begun
        _judge(path, {before, wanted} if board.stage is Stage.UNDER_WAY else {wanted}, tally)
        Database(path).close()
        _judge(path, {wanted}, tally)
    return tally


def _upgraded(old: Path, path: Path, version: int) -> str:
    """Make a database of a format, and return what is in it once it is upgraded."""
    old.unlink(missing_ok=True)
    make_format(old, version, ROWS)
    _put(old, path)
    Database(path).close()
    return contents(path)


def _put(old: Path, path: Path) -> None:
    for beside in path.parent.glob(f"{path.name}*"):
        beside.unlink()
    path.write_bytes(old.read_bytes())


def _opening(path: Path, board: Board, at: int) -> int:
    """Open a database in a process of its own at a time, and let `doctor` look at it."""
    board.clear()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        _tell(board.begin)
        while time.monotonic_ns() < at:
            pass
        db = Database(path)
        board.answer(0)
        status = len(examine(db))
        db.close()
    except BaseException:  # noqa: BLE001 - it must not go on as a copy of its parent
        traceback.print_exc()
    os._exit(status)


def _tell(begin: Callable[[], None]) -> None:
    """Tell of an upgrade before it waits for its turn."""
    real = upgrade.upgrade

    def told(*values: object) -> None:
        begin()
        real(*values)  # type: ignore[arg-type]

    upgrade.upgrade = told  # type: ignore[assignment]


def _judge(path: Path, wanted: set[str], tally: Tally) -> None:
    if said := damage(path):
        tally.note(f"damaged: {said}", broken=True)
    elif contents(path) not in wanted:
        tally.note("is neither as it was nor upgraded", broken=True)

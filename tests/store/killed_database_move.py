"""Kills the move of a database: `python -m tests.store.killed_database_move FOLDER KIND KIND SERVER STEPS`.

The kinds say where it is and where it is moved to: `file` or `server`. It is moved in a forked process that kills
itself (`kill -9`) at the nth step, for each n until it ends by itself. After each kill at most one of the two databases
can be used, and the same command finishes the move; a line says how each stood. FOLDER has `before.db`, SERVER is the
address of a cluster of the tests, with NAME for the database, and STEPS is `all` or `commits`.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from tests.store.arranging import known_as
from tests.store.killed_at import child_dies
from tests.store.worker import say
from thrumsg_tui.domain.errors import DatabaseMoved
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.database_move.copy import TableContents, contents
from thrumsg_tui.store.database_move.move import move_database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.engines import engine_for, whole_tables_of
from thrumsg_tui.store.location import Location, ServerAddress

WATCHED = ("setting", "conversation", "event", "shared_file")
"""The tables before which it is killed while they are loaded."""


class Places:
    """Where both databases are, and how they are made anew."""

    def __init__(self, folder: Path, server: str, kinds: tuple[str, str]) -> None:
        self._before = folder / "before.db"
        self._server = server
        self.source, self.target = (
            folder / f"{name}.db" if kind == "file" else ServerAddress(server.replace("NAME", name))
            for name, kind in zip(("source", "target"), kinds, strict=True)
        )

    def arrange(self) -> None:
        """Put the database there, and nothing in the place that it is moved to."""
        for place in (self.source, self.target):
            if isinstance(place, ServerAddress):
                self._create(place)
            else:
                for left in place.parent.glob(f"{place.name}*"):
                    left.unlink()
        if isinstance(self.source, Path):
            shutil.copyfile(self._before, self.source)
            return
        copy = self._before.with_name("copy.db")
        shutil.copyfile(self._before, copy)
        move(copy, self.source)

    def _create(self, address: ServerAddress) -> None:
        import psycopg

        with psycopg.connect(self._server.replace("NAME", "postgres"), autocommit=True) as conn:
            conn.execute(f"DROP DATABASE IF EXISTS {address.database} WITH (FORCE)".encode())
            conn.execute(f"CREATE DATABASE {address.database}".encode())


def move(source: Location, target: Location) -> None:
    """Move it, as the command does."""
    old, new = Database(source, closed_too=True), Database(target, closed_too=True)
    move_database(old, new, known_as(old, "ana"))
    old.close()
    new.close()


def in_use(place: Location) -> dict[str, TableContents] | None:
    """Return what a database has if it can be used and is not empty; it is whole then."""
    if isinstance(place, Path) and not place.exists():
        return None
    try:
        db = Database(place)
    except DatabaseMoved:
        return None
    try:
        assert examine(db) == []
        with db.reading() as conn:
            found = contents(db.engine, conn, lambda _: None)
        return found if found["users"].rows else None
    finally:
        db.close()


def _watch(places: Places, wanted: int, *, only_commits: bool) -> None:
    """Kill this process at a step."""
    steps = count(1)

    def step() -> None:
        if next(steps) == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    for kind in {type(engine_for(place)) for place in (places.source, places.target)}:
        _wrap(kind, "commit", step)
    if only_commits:
        return
    for tables in {type(whole_tables_of(place)) for place in (places.source, places.target)}:
        _wrap(tables, "exclude_others", step)
        _wrap(tables, "set_last_ids", step)
        _wrap(tables, "close_to_writers", step)
        _wrap(tables, "load", step, lambda table: table in WATCHED)


def _wrap(kind: type[Any], name: str, step: Callable[[], None], wanted: Callable[[object], bool] | None = None) -> None:
    """Let a method be a step before it is called and one after."""
    method = getattr(kind, name)

    def wrapped(self: Any, conn: Any, *arguments: Any) -> Any:
        is_step = wanted is None or wanted(arguments[0])
        if is_step:
            step()
        result = method(self, conn, *arguments)
        if is_step:
            step()
        return result

    setattr(kind, name, wrapped)


def main(places: Places, *, only_commits: bool) -> None:
    """Kill the move at each step."""
    for at in count(1):
        places.arrange()
        before = in_use(places.source)
        assert before
        died = child_dies(
            partial(_watch, places, at, only_commits=only_commits), partial(move, places.source, places.target)
        )
        found = in_use(places.source), in_use(places.target)
        assert None in found, "both can be used"
        assert found[0] in (None, before)
        say(at, *("usable" if each else "closed" for each in found))
        if not died:
            break
        if found[1] is None:
            move(places.source, places.target)
        arrived = in_use(places.target)
        assert arrived
        assert {table for table in before if arrived[table] != before[table]} == {"event"}
        assert in_use(places.source) is None


if __name__ == "__main__":
    _, FOLDER, FROM, TO, SERVER, STEPS = sys.argv
    main(Places(Path(FOLDER), SERVER, (FROM, TO)), only_commits=STEPS == "commits")

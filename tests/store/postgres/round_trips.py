"""How often a program waits for a server, and how many statements that answers: these do not depend on the machine."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any, NamedTuple

from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines.connection import Role
from thrumsg_tui.store.engines.postgres.prepared import Prepared


class Traffic(NamedTuple):
    """What passed between this thread and the server; the end of a reader counts, though nobody waits for it.

    That a session prepares a statement, once, does not count, unless that `prepares` says so.
    """

    round_trips: int
    statements: int


def traffic(db: Database, run: Callable[[], object], *, prepares: bool = False) -> Traffic:
    """Let libpq write down what passes on the connections of this thread while something runs."""
    roles: tuple[Role, ...] = ("reader", "writer")
    conns: list[Any] = [db._connection(role) for role in roles]
    with tempfile.TemporaryFile("w+") as file:
        for conn in conns:
            if not prepares:
                conn._prepared = Prepared(is_direct=False)
            conn.inside.pgconn.trace(file.fileno())
        try:
            run()
        finally:
            for conn in conns:
                conn.inside.pgconn.untrace()
        file.seek(0)
        kinds = [line.split("\t")[3].split(" ")[0].strip() for line in file if line.count("\t") >= 3]
    return Traffic(kinds.count("ReadyForQuery"), kinds.count("CommandComplete"))

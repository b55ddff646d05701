"""How much a query costs, in the terms of its engine: whatever else the machine does changes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tests.new_database import ON_SERVER
from tests.store.screen_queries import Filled
from thrumsg_tui.store.engines.connection import Connection, Cursor, Parameters

Plan = Mapping[str, Any]
"""A step of a plan, as the server describes it."""


class Recording:
    """A connection that remembers the statements that it is asked."""

    def __init__(self, inside: Connection) -> None:
        self._inside = inside
        self.statements: list[tuple[str, Parameters]] = []

    def execute(self, sql: str, parameters: Parameters = (), /) -> Cursor:
        """Run one."""
        self.statements.append((sql, parameters))
        return self._inside.execute(sql, parameters)

    def stream(self, sql: str, parameters: Parameters = (), /) -> Iterator[Any]:
        """Read the rows of one."""
        self.statements.append((sql, parameters))
        return self._inside.stream(sql, parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inside, name)


def measured(filled: Filled, ask: Callable[..., object]) -> int:
    """Return how many steps a query takes SQLite's machine, in tens, or a server in pages and tens of rows."""
    if ON_SERVER:
        return max(sum(_pages(plan) + _rows(plan) // 10 for _, plan in way(filled, ask)) for way in (plans, kept_plans))
    tens = 0

    def count() -> None:
        nonlocal tens
        tens += 1

    with filled.db.reading() as conn:
        assert isinstance(conn, sqlite3.Connection)
        conn.set_progress_handler(count, 10)
        try:
            ask(conn, filled)
        finally:
            conn.set_progress_handler(None, 0)
    return tens


def plans(filled: Filled, ask: Callable[..., object]) -> Sequence[tuple[str, Plan]]:
    """Give each statement of a query, and the whole plan by which a server has run it."""
    with filled.db.reading() as conn:
        recording = Recording(conn)
        ask(recording, filled)
        return [
            (" ".join(sql.split()), conn.execute(f"{EXPLAIN} {sql}", parameters).fetchone()[0][0]["Plan"])
            for sql, parameters in recording.statements
        ]


def kept_plans(filled: Filled, ask: Callable[..., object]) -> Sequence[tuple[str, Plan]]:
    """Give the same for the plan that a server keeps, which is made without knowing the values."""
    from thrumsg_tui.store.engines.postgres.prepared import form_of  # there may be no driver

    found = []
    with filled.db.reading() as conn:
        conn.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        recording = Recording(conn)
        ask(recording, filled)
        for sql, parameters in recording.statements:
            if (known := form_of(sql, parameters)) is None:
                continue
            form, values = known
            conn.execute(form.preparing().decode().replace(form.name, "measured"))
            called = form.calling().decode().replace(form.name, "measured").replace("%s", "?")
            plan = conn.execute(f"{EXPLAIN} {called}", values).fetchone()[0][0]["Plan"]
            found.append((" ".join(sql.split()), plan))
            conn.execute("DEALLOCATE measured").fetchall()  # now, as what waits at the end is not sent
    return found


def _pages(plan: Plan) -> int:
    """At how many pages it looks, over and over ones too."""
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def _rows(plan: Plan) -> int:
    """How many rows it reads, those too that it has no use for."""
    read = (each for each in steps(plan) if "Scan" in each["Node Type"])
    return sum(
        round((each["Actual Rows"] + each.get("Rows Removed by Filter", 0)) * each["Actual Loops"]) for each in read
    )


EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON)"


def steps(plan: Plan) -> Iterator[Plan]:
    """Give a plan with all steps below it."""
    yield plan
    for each in plan.get("Plans", ()):
        yield from steps(each)

"""A store that knows no transactions, by which those who judge changes are judged themselves."""

from __future__ import annotations

import sqlite3

from thrumsg_tui.store.engines.sqlite.engine import SqliteEngine


def forget_transactions() -> None:
    """Let each statement stand by itself from now on: then changes are left half done, and that must be seen."""

    def begin_nothing(engine: SqliteEngine, conn: sqlite3.Connection, **_: object) -> None:
        """Begin no transaction."""

    def commit_nothing(engine: SqliteEngine, conn: sqlite3.Connection) -> None:
        """Every statement is stored already."""

    SqliteEngine.begin_write = begin_nothing  # type: ignore[method-assign,assignment]
    SqliteEngine.commit = commit_nothing  # type: ignore[method-assign,assignment]

"""The answers of a server to statements that are sent to it together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import psycopg

from thrumsg_tui.store.engines.postgres.rows import Row


class Answer:
    """The result of a statement, which may wait to be sent; whoever reads it has all that wait sent first.

    Args:
        send: Send what waits.
    """

    __slots__ = ("_left", "_rowcount", "_send")

    def __init__(self, send: Callable[[], object]) -> None:
        self._send: Callable[[], object] | None = send
        self._left: Iterator[Row] = iter(())
        self._rowcount = -1

    def take(self, cursor: psycopg.Cursor[Row]) -> None:
        """Keep the present result of a cursor."""
        self._send = None
        self._rowcount = cursor.rowcount
        if cursor.rownumber is not None:  # it has rows, or may have
            self._left = iter(cursor.fetchall())

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed or found."""
        self._need()
        return self._rowcount

    def fetchone(self) -> Row | None:
        """Return the next row, or None after the last one."""
        self._need()
        return next(self._left, None)

    def fetchall(self) -> list[Row]:
        """Return all rows that are left."""
        self._need()
        return list(self._left)

    def __iter__(self) -> Iterator[Row]:
        self._need()
        return self._left

    def _need(self) -> None:
        if self._send is not None:
            self._send()
        if self._send is not None:
            raise psycopg.InterfaceError("the transaction ended before the statement was sent")


class ManyAnswers:
    """The result of a bulk statement: how many rows it changed."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self._answers = answers

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return sum(answer.rowcount for answer in self._answers)

    def fetchone(self) -> None:
        """Return None: a bulk statement returns no rows."""

    def fetchall(self) -> list[Row]:
        """Return no rows."""
        return []

    def __iter__(self) -> Iterator[Row]:
        return iter(())

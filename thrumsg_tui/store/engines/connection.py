"""Protocols of what queries use of any engine: connections, cursors and rows.

The SQL above these protocols stays within the common subset of SQLite 3.37 and PostgreSQL 14 (`docs/architecture.md`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, Literal, ParamSpec, Protocol, TypeAlias, TypeVar

Role: TypeAlias = Literal["reader", "writer"]
"""The purpose of a connection; a reader refuses to write."""

OnWait: TypeAlias = Callable[[bool], None]
"""Called when a wait for another writer begins (True) and when it ends (False)."""

Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any]
"""Values for `?` by position, or for `:name` by name."""


_P = ParamSpec("_P")
_T = TypeVar("_T")

Asked: TypeAlias = Callable[[], _T]
"""A query that was asked; call it to read the answer. A server answers together what is asked before any is read."""


def answered(ask: Callable[_P, Asked[_T]]) -> Callable[_P, _T]:
    """Return the function that asks, and reads the answer at once."""

    @wraps(ask)
    def asked_and_read(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        return ask(*args, **kwargs)()

    return asked_and_read


class Row(Protocol):
    """One row of a result; values are found by column name or by position."""

    def __getitem__(self, key: Any, /) -> Any:
        """Return the value of a column."""

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the values in the order of the columns."""

    def __len__(self) -> int:
        """Return the number of columns."""

    def __hash__(self) -> int:
        """Return a number that rows with the same columns and values have in common."""

    def keys(self) -> Sequence[str]:
        """Return the column names in order."""


class Cursor(Protocol):
    """The result of a statement, read row by row."""

    @property
    def rowcount(self) -> int:
        """How many rows an INSERT, UPDATE or DELETE changed."""

    def fetchone(self) -> Any:
        """Return the next `Row`, or None after the last one."""

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the rows that are left."""


class Connection(Protocol):
    """A connection with an open transaction; the engine begins and ends it."""

    answers_at_once: bool
    """Whether to read an answer before all is asked costs nothing: there is no server to wait for."""

    def execute(self, sql: str, parameters: Parameters = ..., /) -> Cursor:
        """Run one statement.

        An engine may wait with it until a result is read or the transaction ends, and send several together. So ask for
        all that is needed before reading the first result, where that is easy. An error may come that late, too.
        """

    def executemany(self, sql: str, rows: Iterable[Parameters], /) -> Cursor:
        """Run one statement for each row of parameters."""

    def set_each(self, table: str, column: str, rows: Sequence[tuple[int, int]], /) -> None:
        """Set a column of whole numbers: for each pair to its first number, in the row whose id is the second.

        No id comes twice. A server gets one statement. SQLite gets one for each row: one for all would first copy each
        page that it changes, for the case that it fails.
        """

    def ask_id(self, table: str, /) -> Asked[int]:
        """Ask for the id that the next new row of a table is to have; insert it with that id before asking again.

        So what refers to the row needs no answer of its INSERT, and goes to a server together with it and the commit.
        """

    def ask_version(self) -> Asked[int]:
        """Ask for a number of the state that the transaction sees.

        What another transaction of a reader with the same number has read is still what this one would read.
        """

    def stream(self, sql: str, parameters: Parameters = ..., /) -> Iterator[Any]:
        """Run a query and read its rows a few at a time, so that a whole table needs no more memory than its rows do.

        Read it to the end, or end the transaction.
        """

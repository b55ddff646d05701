"""A commit that got no answer: how it is found out whether the change was stored."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

from thrumsg_tui.domain.errors import DatabaseUnusable, OutcomeUnknown
from thrumsg_tui.store.engines.base import Engine
from thrumsg_tui.store.engines.connection import OnWait, Parameters
from thrumsg_tui.store.engines.waits import BUSY_SECONDS

_PAUSE = 0.25
"""Seconds between two tries to reach a server."""

_SENTENCE = (
    "The connection to the database was lost at the moment when this was stored, so it may have been done or not: look "
    "before you repeat it."
)


class Evidence:
    """What shows that a transaction was committed: a row that nobody else writes.

    By default it is the transaction's first event in the journal, which keeps its key. What is not journalled names a
    query of its own (`Transaction.shown_by`), or may be repeated.
    """

    __slots__ = ("_written", "key", "parameters", "query")

    def __init__(self, key: str) -> None:
        self.key = key
        self.query: str | None = None
        self.parameters: Parameters = ()
        self._written = False

    def take_key(self) -> str | None:
        """Return the key for the event that is recorded now; None if an earlier event of the transaction has it."""
        if self._written:
            return None
        self._written = True
        self.query, self.parameters = "SELECT 1 FROM event WHERE change_key = ?", (self.key,)
        return self.key


def was_committed(engine: Engine[Any], evidence: Evidence, on_wait: OnWait, wait: Callable[[float], None]) -> bool:
    """Look up whether a transaction was committed, once it has certainly ended.

    Args:
        engine: The engine of the database.
        evidence: What shows it.
        on_wait: Called when the wait for the server begins and ends.
        wait: Waits for some seconds.

    Raises:
        OutcomeUnknown: The server cannot be asked, or nothing shows what became of the transaction.
    """
    until, told = monotonic() + BUSY_SECONDS, False
    try:
        while True:
            try:
                return _looked_up(engine, evidence, on_wait)
            except engine.driver_error as error:
                if not isinstance(engine.explained(error), DatabaseUnusable):
                    raise
                if monotonic() > until:
                    raise OutcomeUnknown(_SENTENCE) from error
            if not told:
                told = True
                on_wait(True)
            wait(_PAUSE)
    finally:
        if told:
            on_wait(False)


def _looked_up(engine: Engine[Any], evidence: Evidence, on_wait: OnWait) -> bool:
    conn = engine.open("writer")  # a reader sees the database as it was before it waited
    try:
        engine.begin_write(conn, durable=False, scratch=False, on_wait=on_wait)
        engine.await_end(conn, evidence.key)
        if evidence.query is None:
            raise OutcomeUnknown(_SENTENCE, may_repeat=True)
        return conn.execute(evidence.query, evidence.parameters).fetchone() is not None
    finally:
        engine.close(conn)

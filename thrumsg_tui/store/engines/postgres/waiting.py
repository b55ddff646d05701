"""A driver's connection that reports that a statement waits for somebody else's lock, while it waits."""

from __future__ import annotations

from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

from thrumsg_tui.store.engines import waits
from thrumsg_tui.store.engines.connection import OnWait
from thrumsg_tui.store.engines.postgres.rows import Row

_T = TypeVar("_T")


class Waiting(psycopg.Connection[Row]):
    """A connection that calls `on_wait`, if it has one, when an answer takes long, and when it is there.

    psycopg resumes what it waits for ten times a second. A thread that would report instead takes longer to start
    than most locks to be had.
    """

    on_wait: OnWait | None = None

    def wait(self, gen: PQGen[_T], *limits: Any, **named_limits: Any) -> _T:
        """Wait as the driver does."""
        if self.on_wait is not None:
            gen = reported(gen, self.on_wait)
        return super().wait(gen, *limits, **named_limits)


def reported(gen: PQGen[_T], on_wait: OnWait) -> PQGen[_T]:
    """Pass on what the driver waits for; call `on_wait` once that has taken `TOLD_AFTER`, and at its end."""
    begun, told = monotonic(), False
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not told and monotonic() - begun >= waits.TOLD_AFTER:
                told = True
                on_wait(True)
            wanted = gen.send(ready)
    except StopIteration as end:
        answer: _T = end.value
        return answer
    finally:
        if told:
            on_wait(False)

"""Runs store queries and changes on worker threads, off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from thrumsg_tui.domain.errors import DatabaseBusy, DatabaseUnreachable, Refused
from thrumsg_tui.store.phone_display import refusals_redacted

if TYPE_CHECKING:
    from thrumsg_tui.domain.conversations import EventId
    from thrumsg_tui.domain.reassignment import Outcome
    from thrumsg_tui.store.database import Database
    from thrumsg_tui.store.engines.connection import Connection

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Progress:
    """The progress of long work; setting `stopped` cancels the work and rolls it back."""

    def __init__(self) -> None:
        self.done = 0
        self.total = 0
        self.stopped = False

    def __call__(self, done: int, total: int = 0) -> None:
        """Store the progress, from the working thread; raise `Refused` if the work is stopped."""
        self.done, self.total = done, total or self.total
        if self.stopped:
            raise Refused("Stopped: nothing was changed, and no file was left behind.")


class StoreClient:
    """The app's only way to the store.

    `busy` counts the calls under way, so that a test can wait until there are none. `sleep` waits a number of seconds
    between two steps of a move.
    """

    def __init__(self, db: Database, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.db = db
        self._sleep = sleep
        self.busy = 0
        self._reader = ThreadPoolExecutor(1, "reader")
        self._writer = ThreadPoolExecutor(1, "writer")
        self._worker = ThreadPoolExecutor(1, "long work")
        self._progress: Progress | None = None
        self._waits = 0
        self._counting = Lock()
        self.on_wait: Callable[[], None] = lambda: None
        """Called, from any thread, when `waiting` may have changed."""
        self._told_before = db.on_wait
        db.on_wait = self._wait
        self.moving: set[EventId | None] = set()
        """The moves that run here, by their events."""
        self.missed = ""
        """Why the last call that did not reach the server failed; empty if none has."""

    @property
    def waiting(self) -> bool:
        """Whether a call waits for another writer."""
        return self._waits > 0

    def _wait(self, begins: bool) -> None:
        with self._counting:
            self._waits += 1 if begins else -1
        self.on_wait()

    async def query(self, query: Callable[Concatenate[Connection, _P], _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Run a query in one read transaction."""

        def run() -> _T:
            with refusals_redacted(self.db):
                return self.db.read(lambda conn: query(conn, *args, **kwargs))

        return await self._awaited(self._reader, run)

    async def execute(self, change: Callable[Concatenate[Database, _P], _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Make a change; it is stored when this returns."""

        def run() -> _T:
            with refusals_redacted(self.db):
                return change(self.db, *args, **kwargs)

        return await self._awaited(self._writer, run)

    async def run_long(
        self,
        work: Callable[Concatenate[Database, Progress, _P], _T],
        progress: Progress,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _T:
        """Run long work, such as an export, beside queries and changes; `close` stops it."""

        def run() -> _T:
            return work(self.db, progress, *args, **kwargs)

        self._progress = progress
        return await self._awaited(self._worker, run)

    async def run_job(self, begun: Outcome, told: Callable[[Outcome], None]) -> Outcome:
        """Run the remaining steps of a move, each a change of its own so that others come between.

        If this ends early, it releases the move, and another process may finish it (`docs/rules.md 4.8`).

        Args:
            begun: The move so far.
            told: Called with the move so far after each step.

        Returns:
            The outcome of the whole move.
        """
        from thrumsg_tui.store.changes.bulk_move_job import let_go, step  # few sessions make such a move

        self.moving.add(begun.event)
        try:
            while begun.under_way:
                await self._sleep(self.db.pacing.pause)
                with suppress(DatabaseBusy):  # the step is tried again
                    begun = await self.execute(step, begun)
                told(begun)
            return begun
        finally:
            self.moving.discard(begun.event)
            if begun.under_way:
                self._writer.submit(let_go, self.db, begun)

    async def run_io(self, look: Callable[[], _T]) -> _T:
        """Run file system work, which may be slow, too."""
        return await self._awaited(self._reader, look)

    async def version(self) -> int:
        """Return a number that changes whenever anybody writes."""
        return await self._awaited(self._reader, self.db.version)

    def execute_on_exit(
        self, change: Callable[Concatenate[Database, _P], object], *args: _P.args, **kwargs: _P.kwargs
    ) -> None:
        """Make a change while the app is ending, after those under way; wait at most a second for it."""
        last: Future[object] = self._writer.submit(lambda: change(self.db, *args, **kwargs))
        with suppress(TimeoutError):  # another writer is slow: `close` waits for it
            last.result(timeout=1)

    def close(self) -> None:
        """Stop long work, let all other calls end, then close the connections."""
        if self._progress:
            self._progress.stopped = True
        self.db.on_wait = self._told_before
        for executor in (self._reader, self._writer, self._worker):
            executor.submit(self.db.close)
            executor.shutdown(wait=True)

    async def _awaited(self, executor: ThreadPoolExecutor, run: Callable[[], _T]) -> _T:
        def run_and_explain() -> _T:
            with self.db.damage_named():
                return run()

        self.busy += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, run_and_explain)
        except DatabaseUnreachable as error:
            self.missed = error.reason
            raise
        finally:
            self.busy -= 1

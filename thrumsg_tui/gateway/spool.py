"""The way of a request through the spool: one thread writes the spool, another empties it into the main database."""

from __future__ import annotations

import logging
import threading
import traceback
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import field
from math import inf
from queue import Empty, SimpleQueue
from time import monotonic
from typing import assert_never

from thrumsg_tui.domain.delivery import Incoming, Report
from thrumsg_tui.domain.errors import DatabaseUnusable
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.gateway.protocol import SpoolEntry, Webhooks
from thrumsg_tui.store.changes.delivery_outcomes import report_in
from thrumsg_tui.store.changes.gateway_state import listener_ended, listener_seen
from thrumsg_tui.store.changes.receive import receive_incoming
from thrumsg_tui.store.changes.spooled import forget_spooled, spooled
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.spool import MOST_TRIES, Spool, SpooledRequest, SpoolState

LOG = logging.getLogger("thrumsg.listen")

BEAT_EVERY = 20.0
"""Seconds after which a listener stores again that it runs."""

_AT_ONCE = 100
"""How many requests are stored in the main database before they are deleted from the spool."""


@dataclass(frozen=True, slots=True)
class _Job:
    """Something to write: requests to keep, rows that are done, failures by row."""

    written: Future[SpoolState | None]
    kept: tuple[SpooledRequest, ...] = ()
    done: tuple[int, ...] = ()
    failed: dict[int, str] = field(default_factory=dict)
    count: bool = False
    """Whether to count what is in the spool."""
    prove: bool = False
    """Whether to prove that it can be written."""


class SpoolWriter:
    """The only thread that writes the spool: whatever waits is written in one transaction.

    Args:
        spool: The spool.
        something: Set after new requests were written.
    """

    def __init__(self, spool: Spool, something: threading.Event) -> None:
        self._spool = spool
        self._something = something
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="spool writer", daemon=True)
        self._thread.start()

    def keep(self, *requests: SpooledRequest) -> Future[SpoolState | None]:
        """Store requests; the result is there when they survive a power cut. It raises `DatabaseUnusable`."""
        return self._put(_Job(Future(), kept=requests))

    def finish(self, done: list[int], failed: dict[int, str]) -> Future[SpoolState | None]:
        """Delete rows that are done, and note why others could not be stored."""
        return self._put(_Job(Future(), done=tuple(done), failed=failed))

    def examine(self) -> Future[SpoolState | None]:
        """Prove that the spool can be written, and count what is in it."""
        return self._put(_Job(Future(), count=True, prove=True))

    def count(self) -> Future[SpoolState | None]:
        """Count what is in the spool; the result shows that the writer works, too."""
        return self._put(_Job(Future(), count=True))

    def close(self) -> None:
        """Write what waits, and end."""
        self._jobs.put(None)
        self._thread.join()

    def _put(self, job: _Job) -> Future[SpoolState | None]:
        self._jobs.put(job)
        return job.written

    def _run(self) -> None:
        more = True
        while more:
            jobs, more = self._waiting()
            jobs = [job for job in jobs if job.written.set_running_or_notify_cancel()]
            if jobs:
                self._write(jobs)
        self._spool.close()

    def _waiting(self) -> tuple[list[_Job], bool]:
        """Wait for a job, and return all that are there; False at the end."""
        jobs = []
        job = self._jobs.get()
        try:
            while job is not None:
                jobs.append(job)
                job = self._jobs.get_nowait()
        except Empty:
            return jobs, True
        return jobs, False

    def _write(self, jobs: list[_Job]) -> None:
        try:
            self._spool.write(
                [request for job in jobs for request in job.kept],
                [row for job in jobs for row in job.done],
                {row: error for job in jobs for row, error in job.failed.items()},
            )
            if any(job.prove for job in jobs):
                self._spool.prove_writable()
            for job in jobs:
                job.written.set_result(self._spool.state() if job.count else None)
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            self._tell_of_failure(jobs, error)
            return
        if any(job.kept for job in jobs):
            self._something.set()

    def _tell_of_failure(self, jobs: list[_Job], error: Exception) -> None:
        if len(jobs) > 1 and not isinstance(error, DatabaseUnusable):
            for job in jobs:  # the fault may be in one of them
                if not job.written.done():
                    self._write([job])
            return
        LOG.warning("event=spool_not_written error=%s", type(error).__name__)
        for job in jobs:
            if not job.written.done():
                job.written.set_exception(error)


class Drain:
    """The thread that stores spooled requests in the main database, in order, each in a transaction of its own.

    A request that was stored and is still in the spool after a crash is stored again, which changes nothing. A database
    that is locked or full only delays; any other failure counts against its request (`docs/rules.md 10.6`).

    Args:
        db: The main database.
        spool: The spool.
        writer: Its writer.
        gateway: The name of the gateway, whose requests are read.
        webhooks: Reads them.
        something: Set when there is something in the spool.
        pause: Seconds between two looks into the spool while nothing comes, and before another try.
    """

    def __init__(
        self,
        db: Database,
        spool: Spool,
        writer: SpoolWriter,
        gateway: str,
        webhooks: Webhooks,
        something: threading.Event,
        *,
        pause: float = 1,
    ) -> None:
        self._db = db
        self._spool = spool
        self._writer = writer
        self._gateway = gateway
        self._webhooks = webhooks
        self._pause = pause
        self._something = something
        self._until: float | None = None
        self._beat_at = -inf
        self._thread = threading.Thread(target=self._run, name="spool drain", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, patience: float) -> None:
        """Store what is left, for at most so many seconds, and end; what is left then is stored at the next start."""
        self._until = monotonic() + patience
        self._something.set()
        self._thread.join(patience)

    def _run(self) -> None:
        try:
            while True:
                until = self._until  # before the turn: one that began earlier may have missed the last requests
                self._something.clear()
                self.moved_at = monotonic()
                self._beat()
                stored = self._guarded_turn()
                if until is not None and (stored == 0 or monotonic() > until):
                    return
                if stored < _AT_ONCE and self._until is None:
                    self._something.wait(self._pause)
        finally:
            with suppress(DatabaseUnusable):  # then it is missed a minute later
                listener_ended(self._db, self._gateway)
            self._db.close()
            self._spool.close()

    def _beat(self) -> None:
        """Tell other processes, by the database, that a listener runs."""
        if monotonic() < self._beat_at:
            return
        self._beat_at = monotonic() + BEAT_EVERY
        try:
            listener_seen(self._db, self._gateway)
        except Exception as error:  # noqa: BLE001 - the next one may go well; it must not end the thread
            LOG.warning("event=beat_failed error=%s", place(error))

    def _guarded_turn(self) -> int:
        try:
            return self.turn()
        except Exception as error:  # noqa: BLE001 - the next turn may go well; the spool keeps everything
            LOG.warning("event=drain_failed error=%s", place(error))
            return 0

    def turn(self) -> int:
        """Store the oldest requests; return how many were stored or failed, 0 if there are none, or none can be now."""
        done: list[int] = []
        failed: dict[int, str] = {}
        try:
            self._take_over_from_backup()
            for request in self._spool.waiting(self._gateway, _AT_ONCE):
                if self._until is not None and monotonic() > self._until:
                    break
                if why := self._failure(request):
                    failed[request.id] = why
                else:
                    done.append(request.id)
        except DatabaseUnusable as error:
            LOG.warning("event=drain_waits error=%s", type(error).__name__)
        try:
            if done or failed:
                self._writer.finish(done, failed).result()
        except DatabaseUnusable:  # they are stored again, which changes nothing
            return 0
        if failed and self._until is None:
            self._something.clear()
            self._something.wait(self._pause)
        return len(done) + len(failed)

    def _failure(self, request: SpooledRequest) -> str | None:
        """Store a request; return why it cannot be stored, without anything that it says."""
        self.moved_at = monotonic()
        try:
            self._store(request)
        except DatabaseUnusable:
            raise
        except Exception as error:  # noqa: BLE001 - it must not keep those behind it
            LOG.warning("event=not_stored row=%d error=%s most_tries=%d", request.id, place(error), MOST_TRIES)
            return place(error)
        return None

    def _store(self, request: SpooledRequest) -> None:
        entry = SpoolEntry(request.key, request.path, request.query, request.body, request.at)
        match self._webhooks.read(entry):
            case Incoming() as message:
                receive_incoming(self._db, self._gateway, message)
            case Report() as report:
                report_in(self._db, self._gateway, report)
            case None:
                pass
            case other:
                assert_never(other)

    def _take_over_from_backup(self) -> None:
        """Put into the spool what the backup that was restored had taken along from it (`docs/rules.md 11.4`)."""
        while found := spooled(self._db, _AT_ONCE):
            self._writer.keep(*found).result()
            forget_spooled(self._db, found)


def place(error: Exception) -> str:
    """Say what failed where, without the words of the error, which may quote a message."""
    frames = traceback.extract_tb(error.__traceback__)
    where = next((frame for frame in reversed(frames) if "thrumsg_tui" in frame.filename), frames[-1])
    return f"{type(error).__name__} in {where.name}, line {where.lineno}"

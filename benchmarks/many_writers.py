"""Many processes that write to one database at once, and what was wrong afterwards.

`python -m benchmarks.many_writers DATABASE LOAD NUMBER` is one of them: it says `ready`, makes some changes whenever it
may read a line, and then says how many milliseconds each took. The line says whether it takes locks.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from statistics import quantiles
from time import perf_counter
from typing import IO, cast

from benchmarks.large import BUSY, CAMPAIGN, OWNER
from benchmarks.pty_program import ROOT
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.location import Location, ServerAddress
from thrumsg_tui.store.queries.assignments import find_assignment
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.users import identify

PROCESSES = 16
"""How many there are at most."""
CHANGES = 20
"""How many changes each makes in a round: sends and answers in turn."""
ROUNDS = 12
"""How many rounds are measured of each kind, after one that is not: the first time of anything is another matter."""

LOCKS, BARE = "locks", "bare"
"""The kinds of rounds."""


class Load(StrEnum):
    """Whose conversations they write to."""

    SPREAD = "spread"
    ONE = "one"


@dataclass(slots=True)
class Written:
    """What came out of the rounds of one kind."""

    changes_per_second: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    @property
    def slowest_hundredth_ms(self) -> float:
        """How long 99 of 100 changes took at most."""
        return quantiles(self.times, n=100)[-1]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of all."""

    by_kind: dict[str, Written]
    wrong: tuple[str, ...]

    @property
    def without_locks(self) -> tuple[float, ...]:
        """How many times as fast a round without locks was as the one beside it with them."""
        locked, bare = (self.by_kind[kind].changes_per_second for kind in (LOCKS, BARE))
        return tuple(b / a for a, b in zip(locked, bare, strict=True))


def writing_at_once(location: Location, load: Load, processes: int, rounds: int = ROUNDS) -> Outcome:
    """Let the processes write, and look for what is wrong: with the figures, or with the number of messages.

    On a server a round with locks and one without follow each other, now the one and now the other first, so both
    meet the same load of the machine. Without locks is wrong, and the measure of them.
    """
    before, made = _messages(location), 0
    kinds = (LOCKS, BARE) if isinstance(location, ServerAddress) else (LOCKS,)
    found = {kind: Written() for kind in kinds}
    running = [_started(location, load, number) for number in range(processes)]
    for nth in range(rounds + 1):
        for kind in kinds if nth % 2 else reversed(kinds):
            rate, times = _round(running, kind)
            made += len(times)
            if nth:
                found[kind].changes_per_second.append(rate)
                found[kind].times += times
    for each in running:
        each.communicate()
    wrong = [f"process {nth} failed" for nth, each in enumerate(running) if each.returncode]
    if (stored := _messages(location) - before) != made:
        wrong.append(f"{made} changes were made, and {stored} messages are there")
    db = Database(location)
    wrong += [f"{problem.subject} {problem.sentence}" for problem in examine(db)]
    db.close()
    return Outcome(found, tuple(wrong))


def _started(location: Location, load: Load, number: int) -> subprocess.Popen[str]:
    line = [sys.executable, "-m", "benchmarks.many_writers", str(location), load, str(number)]
    return subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _round(running: Sequence[subprocess.Popen[str]], kind: str) -> tuple[float, list[float]]:
    """Let each make its changes; return how many all made in a second, and how long each change took."""
    for each in running:  # all are ready before the first one begins
        _said(each)
    start = perf_counter()
    for each in running:
        into = cast(IO[str], each.stdin)
        into.write(f"{kind}\n")
        into.flush()
    times = [float(word) for each in running for word in _said(each).split()]
    return len(times) / (perf_counter() - start), times


def _said(process: subprocess.Popen[str]) -> str:
    if not (line := cast(IO[str], process.stdout).readline()):
        raise RuntimeError("One of the writers has ended.")
    return line


def _messages(location: Location) -> int:
    db = Database(location)
    with db.reading() as conn:
        found = int(conn.execute("SELECT COUNT(*) AS number FROM message").fetchone()["number"])
    db.close()
    return found


def _write(location: str, load: str, number: int) -> None:
    """Send and receive in turn: in the conversations of a sender of one's own, or in one part of the busy sender's."""
    db = Database(location)
    with db.reading() as conn:
        who, campaign = identify(conn, OWNER), find_campaign(conn, CAMPAIGN)
        holder = find_assignment(conn, campaign, BUSY if load == Load.ONE else f"s{number + 3}")
        rows = conn.execute(
            """
            SELECT conversation.id, contact.phone FROM conversation JOIN contact ON contact.id = conversation.contact_id
            WHERE assignment_id = ? AND opted_out = 0 ORDER BY conversation.id LIMIT ?
            """,
            (holder, PROCESSES * CHANGES * ROUNDS),
        ).fetchall()
    own = rows[number::PROCESSES] if load == Load.ONE else rows
    hold = type(db.engine).hold
    numbers = count()
    for kind in _kinds():
        type(db.engine).hold = hold if kind == LOCKS else lambda *_: None  # type: ignore[method-assign]
        times = []
        for nth in (next(numbers) for _ in range(CHANGES)):
            row = own[nth // 2 % len(own)]
            start = perf_counter()
            if nth % 2:
                receive(db, None, row["phone"], "ok", provider_id=f"SM{number}-{nth}-{start}")
            else:
                send(db, who, ConversationId(row["id"]), body="Thank you!")
            times.append((perf_counter() - start) * 1000)
        print(*times, flush=True)
    db.close()


def _kinds() -> Iterator[str]:
    """Say each time that we are ready, and yield what is said then."""
    while True:
        print("ready", flush=True)
        if not (line := sys.stdin.readline()):
            return
        yield line.strip()


if __name__ == "__main__":
    _location, _load, _number = sys.argv[1:]
    _write(_location, _load, int(_number))

"""Many processes that write to one database at once, and what was wrong afterwards.

`python -m benchmarks.many_writers DATABASE LOAD NUMBER LOCKS` is one of them: it says `ready`, begins when it may read
a line, and then says how many milliseconds each change took.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from statistics import quantiles
from time import perf_counter

from benchmarks.large import BUSY, CAMPAIGN, OWNER
from benchmarks.pty_program import ROOT
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.location import Location
from thrumsg_tui.store.queries.assignments import find_assignment
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.users import identify

PROCESSES = 16
"""How many there are at most."""
CHANGES = 40
"""How many changes each makes: sends and answers in turn."""


class Load(StrEnum):
    """Whose conversations they write to."""

    SPREAD = "spread"
    ONE = "one"


@dataclass(frozen=True, slots=True)
class Written:
    """What came out."""

    changes_per_second: float
    slowest_hundredth_ms: float
    wrong: tuple[str, ...]


def writing_at_once(location: Location, load: Load, processes: int, *, locks: bool) -> Written:
    """Let the processes write, and look for what is wrong: with the figures, or with the number of messages."""
    before = _messages(location)
    line = [sys.executable, "-m", "benchmarks.many_writers", str(location), load]
    running = [
        subprocess.Popen(
            [*line, str(number), "locks" if locks else ""],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    for each in running:
        assert each.stdout is not None
        each.stdout.readline()
    start = perf_counter()
    for each in running:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    said = [each.communicate()[0] for each in running]
    took = perf_counter() - start
    times = [float(word) for words in said for word in words.split()]
    wrong = [f"process {nth} failed" for nth, each in enumerate(running) if each.returncode]
    if (stored := _messages(location) - before) != len(times):
        wrong.append(f"{len(times)} changes were made, and {stored} messages are there")
    db = Database(location)
    wrong += [f"{problem.subject} {problem.sentence}" for problem in examine(db)]
    db.close()
    return Written(len(times) / took, quantiles(times, n=100)[-1], tuple(wrong))


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
            (holder, PROCESSES * CHANGES),
        ).fetchall()
    own = rows[number::PROCESSES] if load == Load.ONE else rows
    print("ready", flush=True)
    sys.stdin.readline()
    for nth in range(CHANGES):
        row = own[nth // 2 % len(own)]
        start = perf_counter()
        if nth % 2:
            receive(db, None, row["phone"], "ok", provider_id=f"SM{number}-{nth}-{start}")
        else:
            send(db, who, ConversationId(row["id"]), body="Thank you!")
        print((perf_counter() - start) * 1000)
    db.close()


if __name__ == "__main__":
    _location, _load, _number, _locks = sys.argv[1:]
    if not _locks:
        from thrumsg_tui.store.engines.postgres.engine import PostgresEngine

        PostgresEngine.hold = lambda *_: None  # type: ignore[method-assign]
    _write(_location, _load, int(_number))

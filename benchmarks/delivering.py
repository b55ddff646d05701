"""Measure the deliverer: `python -m benchmarks.delivering`.

It prints what a turn costs while a long queue may not leave, what a claim costs beside it, what an idle
`thrumsg deliver` costs, and how many messages a second leave through a carrier that answers at once and through one
that takes its time.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from statistics import quantiles

from benchmarks.measuring import machine
from tests.carrier.running import running_carrier
from tests.gateway.chaos import OURS, Traffic
from tests.gateway.scripted import ScriptedGateway
from tests.store.arranging import known_as, take_in
from thrumsg_tui.domain.campaigns import Setup
from thrumsg_tui.domain.delivery import Accepted, Outcome, Outgoing
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.gateway.configuration import Configuration
from thrumsg_tui.gateway.deliverer import Deliverer
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.delivery_outcomes import record_outcomes
from thrumsg_tui.store.database import Database

IDLE_SECONDS = 20
A_TICK = os.sysconf("SC_CLK_TCK")


class Took:
    """How long something takes, each time: by the clock, and of the processor, to which other programs add nothing."""

    def __init__(self) -> None:
        self._clock: list[float] = []
        self._processor: list[float] = []
        self._start = (0.0, 0.0)

    def __enter__(self) -> None:
        self._start = time.perf_counter(), time.thread_time()

    def __exit__(self, *_: object) -> None:
        self._clock.append(1000 * (time.perf_counter() - self._start[0]))
        self._processor.append(1000 * (time.thread_time() - self._start[1]))

    def __str__(self) -> str:
        clock, processor = quantiles(self._clock, n=100), quantiles(self._processor, n=100)
        return (
            f"p50 {clock[49]:.2f} ms, p99 {clock[98]:.2f} ms; "
            f"of the processor p50 {processor[49]:.2f} ms, p99 {processor[98]:.2f} ms"
        )


def main() -> int:
    """Build a queue, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--leaving", type=int, default=2_000)
    parser.add_argument("--latency", type=float, default=0.075, help="seconds until the slower carrier answers")
    args = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running_carrier(folder / "carrier.log", "--number", OURS) as carrier:
            start = time.perf_counter()
            waiting = Traffic(folder, carrier, 3, wait=120, again=60)
            _queue(waiting.database, args.messages)
            print(f"{args.messages:,} messages are queued after {time.perf_counter() - start:.0f} s")
            with closing(Database(waiting.database)) as db:
                change_state(db, known_as(db, "ana"), "Spring", CampaignState.PAUSED)
                _turns(db)
                _claims(db)
            _idle(waiting)
        for latency, workers in ((0.0, 8), (args.latency, 8), (args.latency, 16)):
            leaving = folder / f"leaving-{latency}-{workers}"
            leaving.mkdir()
            options = ["--number", OURS, "--answer-time", str(latency)]
            with running_carrier(leaving / "carrier.log", *options) as carrier:
                _throughput(Traffic(leaving, carrier, args.leaving, wait=120, again=60), latency, workers)
    return 0


def _queue(path: Path, messages: int) -> None:
    """Queue an initial for each of so many new contacts of a campaign."""
    with closing(Database(path, scratch=True)) as db:
        _fill(db, "Spring", messages, first=1000)


def _fill(db: Database, campaign: str, messages: int, first: int) -> None:
    take_in(db, known_as(db, "ana"), campaign, [f"P{nth}" for nth in range(messages)], first=first)
    with db.writing() as tx:
        tx.conn.execute(
            """
            INSERT INTO message (conversation_id, campaign_id, at, direction, kind, body, state, state_at, segments)
            SELECT id, campaign_id, :now, 'outgoing', 'initial', 'Hi', 'queued', :now, 1 FROM conversation
            WHERE NOT EXISTS (SELECT 1 FROM message WHERE message.conversation_id = conversation.id)
            """,
            {"now": tx.now_ms},
        )


def _turns(db: Database) -> None:
    """Measure turns after each of which somebody else has changed the database."""
    other = Database(db.path)
    deliverer = Deliverer(db, ScriptedGateway(), Configuration("scripted"))
    deliverer.start()
    took = Took()
    for nth in range(200):
        with other.writing(durable=False) as tx:
            tx.conn.execute("UPDATE gateway SET inbound_at = ?", (nth,))
        with took:
            deliverer.turn()
    deliverer.stop()
    other.close()
    print(f"a turn while none of them may leave: {took}")


def _claims(db: Database) -> None:
    """Measure claims of eight messages of another campaign."""
    create_campaign(db, known_as(db, "ana"), Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 24 * 60), quicksend=True))
    _fill(db, "Fall", 8 * 200, first=500_000)
    took = Took()
    for _ in range(200):
        with took:
            claimed = take_queued(db, 8, gateway="scripted")
        assert len(claimed) == 8
        accepted: list[tuple[Outgoing, Outcome]] = [(each, Accepted(f"id-{each.id}")) for each in claimed]
        record_outcomes(db, "scripted", accepted, retry=lambda _: timedelta(0))
    print(f"a claim of eight messages of another campaign: {took}")


def _idle(waiting: Traffic) -> None:
    with subprocess.Popen([*waiting.command(), "--send-old"], stderr=subprocess.DEVNULL) as process:
        time.sleep(3)
        before = _cpu(process.pid)
        time.sleep(IDLE_SECONDS)
        spent = _cpu(process.pid) - before
        status = Path(f"/proc/{process.pid}/status").read_text()
        [size] = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    print(f"idle: {100 * spent / IDLE_SECONDS:.2f} % of a processor, {size / 1024:.0f} MB resident")


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / A_TICK


def _throughput(leaving: Traffic, latency: float, workers: int) -> None:
    start = time.perf_counter()
    command = [*leaving.command(), "--once", "--workers", str(workers)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    took = time.perf_counter() - start
    verdict = leaving.verdict()
    assert verdict.is_good, verdict
    pace = f"{verdict.messages / took:.0f} a second, with the start"
    how = f"{workers} at once, each answered after {1000 * latency:g} ms"
    print(f"{verdict.messages:,} messages left in {took:.1f} s, {how}: {pace}")


if __name__ == "__main__":
    sys.exit(main())

"""Measure the deliverer: `python -m benchmarks.delivering`.

It prints what a turn costs while a long queue may not leave, what an idle `thrumsg deliver` costs, and how many
messages a second leave through a carrier that answers at once.
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
from pathlib import Path
from statistics import quantiles

from benchmarks.measuring import machine
from tests.carrier.running import running_carrier
from tests.gateway.chaos import OURS, Traffic
from tests.gateway.scripted import ScriptedGateway
from tests.store.arranging import known_as, take_in
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.gateway.configuration import Configuration
from thrumsg_tui.gateway.deliverer import Deliverer
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.database import Database

IDLE_SECONDS = 20
A_TICK = os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Build a queue, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--leaving", type=int, default=2_000)
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
            _idle(waiting)
        leaving = folder / "leaving"
        leaving.mkdir()
        with running_carrier(leaving / "carrier.log", "--number", OURS) as carrier:
            _throughput(Traffic(leaving, carrier, args.leaving, wait=120, again=60))
    return 0


def _queue(path: Path, messages: int) -> None:
    """Queue an initial for each of so many new contacts."""
    with closing(Database(path, scratch=True)) as db:
        take_in(db, known_as(db, "ana"), "Spring", [f"P{nth}" for nth in range(messages)], first=1000)
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
    took = []
    for nth in range(200):
        with other.writing(durable=False) as tx:
            tx.conn.execute("UPDATE gateway SET inbound_at = ?", (nth,))
        start = time.perf_counter()
        deliverer.turn()
        took.append(1000 * (time.perf_counter() - start))
    deliverer.stop()
    other.close()
    cut = quantiles(took, n=100)
    print(f"a turn while none of them may leave: p50 {cut[49]:.2f} ms, p99 {cut[98]:.2f} ms")


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


def _throughput(leaving: Traffic) -> None:
    start = time.perf_counter()
    subprocess.run([*leaving.command(), "--once"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    took = time.perf_counter() - start
    verdict = leaving.verdict()
    assert verdict.is_good, verdict
    print(f"{verdict.messages:,} messages left in {took:.1f} s: {verdict.messages / took:.0f} a second, with the start")


if __name__ == "__main__":
    sys.exit(main())

"""A real `thrumsg deliver` under traffic that is killed or halted again and again, judged by the carrier's own log.

`tests/gateway/test_killed_deliverers.py` has the short runs, `benchmarks/chaos.py` the long one.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.carrier.running import Carrier, running_carrier
from tests.gateway.power_cut import PROGRAM, cut_power
from tests.new_database import no_database
from tests.store.arranging import known_as, take_in
from thrumsg_tui.domain.campaigns import Setup
from thrumsg_tui.domain.delivery_states import MOST_DOUBTS
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.gateway.delivery_lock import DeliveryLock
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.users import make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines import engine_for
from thrumsg_tui.store.location import Location

ROOT = Path(__file__).parent.parent.parent
OURS = "+12025550123"
PATIENCE = 120
"""Seconds after which a deliverer that gets nowhere has failed."""

DOUBTFUL = ("dropped-taken", "dropped", "error-taken", "error", "late", "early")
"""The faults of the carrier after which nobody knows whether it took the message, or that confuse the answer."""

TO_REACH_IT = 1.0
"""Seconds in which messages reach the carrier, which tells of a request only when that ends."""

OPEN = ("queued", "sending", "in_doubt")

NAIVE = """
import sys
from thrumsg_tui.cli.main import main
from thrumsg_tui.domain.delivery import Doubt, NotNow, Scope
from thrumsg_tui.gateway import deliverer
from datetime import timedelta

def queue_all(db):
    with db.writing() as tx:
        return tx.conn.execute("UPDATE message SET state = 'queued' WHERE state = 'sending'").rowcount

def record(db, gateway, answers, *, retry):
    again = [(message, NotNow(timedelta(0), Scope.MESSAGE, outcome.words) if isinstance(outcome, Doubt) else outcome)
             for message, outcome in answers]
    real(db, gateway, again, retry=lambda tries: timedelta(0))

real = deliverer.record_outcomes
deliverer.doubt_all, deliverer.record_outcomes = queue_all, record
sys.exit(main(sys.argv[1:]))
"""
"""A deliverer that does what most do: what has no answer is sent again."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the carrier's log says of a run."""

    messages: int
    lost: int
    """How many messages are taken for sent that the carrier never took."""
    doubled: int
    """How many messages the carrier took more than once."""
    forgotten: int
    """How many messages the carrier took of which the database knows nothing."""
    out_of_order: int
    """How many numbers got their messages in another order."""
    unsettled: int
    """How many are still queued, sending or in doubt, and wait for no person's decision (docs/rules.md 10.2)."""
    tries: int

    @property
    def is_good(self) -> bool:
        """Whether every message went out once, in order."""
        return not (self.lost or self.doubled or self.forgotten or self.out_of_order or self.unsettled)


class Traffic:
    """A database with queued messages, two for every second number, and a carrier.

    Args:
        folder: Where everything is written.
        carrier: The carrier.
        messages: About how many messages.
        wait: Seconds to the first look for a message in doubt.
        again: Seconds to the second.
        location: Where the database is, in which nothing has happened yet; None makes one of the tests' engine.
        address: How deliverers name it, if they do otherwise.
    """

    def __init__(
        self,
        folder: Path,
        carrier: Carrier,
        messages: int,
        *,
        wait: float,
        again: float,
        location: Location | None = None,
        address: Location | None = None,
    ) -> None:
        self.database, self.carrier = folder / "thrumsg.db", carrier
        self.location = location or no_database(self.database)
        self._address = address or self.location
        self._config, self._log = folder / "gateway.toml", folder / "deliver.log"
        token = folder / "token"
        token.write_text(carrier.token)
        token.chmod(0o600)
        self._config.write_text(
            f'gateway = "twilio"\npublic_url = "http://127.0.0.1:9"\n'
            f'[twilio]\naccount_sid = "{carrier.account}"\nauth_token = {{ file = "{token}" }}\n'
            f'api_url = "{carrier.url}"\n'
            f'[[number]]\nnumber = "{OURS}"\nmps = 1000\n'
            f"[doubt]\nwait = {wait}\nagain = {again}\n"
        )
        self._config.chmod(0o600)
        self._read = self._accepted = 0
        self._fill(messages)

    def _fill(self, messages: int) -> None:
        db = Database(self.location, scratch=True)
        make_first_owner(db, "ana", "Ana", "Ortiz")
        ana = known_as(db, "ana")
        hours = DailyHours("UTC", 0, 24 * 60)
        create_campaign(db, ana, Setup("Spring", "Hi %first_name%", hours=hours, quicksend=True))
        people = [f"P{nth}" for nth in range(messages * 2 // 3)]
        for nth, each in enumerate(take_in(db, ana, "Spring", people)):
            send(db, ana, each)
            if nth % 2:
                send(db, ana, each, body=f"Hi P{nth}" if nth % 3 else "And another thing")
        db.close()

    @property
    def log(self) -> str:
        """What deliverers have said."""
        return self._log.read_text()

    def command(self, program: str | None = None, *options: str) -> list[str]:
        """The command line of a deliverer: thrumsg itself, or a program that changes it."""
        runs = ["-m", "thrumsg_tui"] if program is None else ["-c", program]
        return [sys.executable, *runs, "--db", str(self._address), "deliver", "--config", str(self._config), *options]

    @contextmanager
    def deliverer(self, program: str | None = None, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a deliverer; it is killed at the end if it still runs."""
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                self.command(program, *options), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(PATIENCE)

    def kill_again_and_again(self, kills: int, chance: Random, *, each: int, program: str | None = None) -> int:
        """Kill deliverers under traffic, each after it has handed over about so many messages; return how many."""
        return self._end_again_and_again(kills, chance, each, program, lambda process: process.kill())

    def cut_power_again_and_again(self, cuts: int, chance: Random, *, each: int, program: str = PROGRAM) -> int:
        """Cut the power under traffic, likewise; return how often."""
        return self._end_again_and_again(
            cuts, chance, each, program, lambda process: cut_power(self.database, process, chance)
        )

    def _end_again_and_again(
        self,
        times: int,
        chance: Random,
        each: int,
        program: str | None,
        end: Callable[[subprocess.Popen[bytes]], None],
    ) -> int:
        for done in range(times):
            with self.deliverer(program) as process:
                if not self.await_traffic(process, chance.randint(1, 2 * each)):
                    return done
                time.sleep(chance.uniform(0, 0.02))
                end(process)
        return times

    def await_traffic(self, process: subprocess.Popen[bytes], messages: int) -> bool:
        """Wait until the carrier has taken so many messages more; return False if all have left before."""
        before, end = self._taken(), time.monotonic() + PATIENCE
        while self._taken() < before + messages:
            assert process.poll() is None, self.log[-2000:]
            assert time.monotonic() < end, self.log[-2000:]
            if not self.count("queued", "sending"):
                return False
            time.sleep(0.005)
        return True

    def await_sending(self, process: subprocess.Popen[bytes], messages: int) -> None:
        """Wait until so many messages are on their way at once, and have reached the carrier."""
        end = time.monotonic() + PATIENCE
        while self.count("sending") < messages:
            assert process.poll() is None, self.log[-2000:]
            assert time.monotonic() < end, self.log[-2000:]
            time.sleep(0.01)
        time.sleep(TO_REACH_IT)

    def finish(self, program: str | None = None) -> None:
        """Let a deliverer end its work undisturbed, and stop it."""
        with self.deliverer(program) as process:
            self._await_lock(process)
            end, last = time.monotonic() + PATIENCE, -1
            while left := self._unsettled():
                assert process.poll() is None, self.log[-2000:]
                if left != last:
                    end, last = time.monotonic() + PATIENCE, left
                if time.monotonic() > end:  # nobody settles them
                    break
                time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0, self.log[-2000:]

    def _await_lock(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until a deliverer is at work."""
        end = time.monotonic() + PATIENCE
        while not self.is_at_work(process):
            assert process.poll() is None, self.log[-2000:]
            assert time.monotonic() < end
            time.sleep(0.02)

    def is_at_work(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether it is this process that delivers."""
        lock = DeliveryLock(self.location)
        try:
            return re.match(rf"process {process.pid}\b", lock.holder()) is not None
        finally:
            lock.release()

    def count(self, *states: str) -> int:
        """Count the messages in some states."""
        marks = ", ".join("?" * len(states))
        [(found,)] = self._rows(f"SELECT COUNT(*) FROM message WHERE state IN ({marks})", states)
        return int(found)

    def _unsettled(self) -> int:
        """Count the open messages to numbers of which no message was in doubt so often that a person has to decide."""
        marks = ", ".join("?" * len(OPEN))
        [(found,)] = self._rows(
            f"""
            SELECT COUNT(*) FROM message JOIN conversation ON conversation.id = message.conversation_id
            WHERE state IN ({marks}) AND NOT EXISTS (
                SELECT 1 FROM message AS first JOIN conversation AS same ON same.id = first.conversation_id
                WHERE same.contact_id = conversation.contact_id AND first.state = 'in_doubt'
                    AND first.doubts >= {MOST_DOUBTS}
            )
            """,
            tuple(OPEN),
        )
        return int(found)

    def _rows(self, sql: str, parameters: Sequence[str] = ()) -> list[Any]:
        """Run a query on a connection that is closed afterwards: a deliverer's is often the last one."""
        engine = engine_for(self.location)
        conn = engine.open("reader")
        try:
            rows: list[Any] = conn.execute(sql, parameters).fetchall()
            return rows
        finally:
            engine.close(conn)

    def _taken(self) -> int:
        """How many messages the carrier has taken, by its log, of which only what is new is read."""
        with self.carrier.log.open("rb") as log:
            log.seek(self._read)
            new = log.read()
        new = new[: new.rfind(b"\n") + 1]
        self._read += len(new)
        self._accepted += new.count(b'"accepted"')
        return self._accepted

    def verdict(self) -> Verdict:
        """Compare the database with the carrier's log."""
        rows = self._rows(
            """
            SELECT message.id, send_key, message.state, tries, contact.phone FROM message
            JOIN conversation ON conversation.id = message.conversation_id
            JOIN contact ON contact.id = conversation.contact_id ORDER BY message.id
            """
        )
        taken = self.carrier.accepted()
        times = Counter(each["key"] for each in taken)
        expected: dict[str, list[str]] = defaultdict(list)
        for _, key, _, _, phone in rows:
            expected[phone].append(key)
        came: dict[str, list[str]] = defaultdict(list)
        for each in taken:
            if each["key"] not in came[each["to"]]:
                came[each["to"]].append(each["key"])
        return Verdict(
            messages=len(rows),
            lost=sum(state in {"sent", "delivered", "failed"} and not times[key] for _, key, state, _, _ in rows),
            doubled=sum(count > 1 for count in times.values()),
            forgotten=len(times.keys() - {key for _, key, _, _, _ in rows}),
            out_of_order=sum(came[phone] != [key for key in keys if key in times] for phone, keys in expected.items()),
            unsettled=self._unsettled(),
            tries=sum(tries for _, _, _, tries, _ in rows),
        )


@contextmanager
def traffic(
    folder: Path,
    messages: int,
    *faults: str,
    seed: int = 7,
    wait: float = 1.5,
    again: float = 0.3,
    late: float = 0.5,
    location: Location | None = None,
    address: Location | None = None,
) -> Iterator[Traffic]:
    """A database with queued messages, and a carrier with faults that takes late ones after some seconds."""
    options = ["--number", OURS, "--seed", str(seed), "--late-time", str(late), "--silence-time", "1"]
    options += ["--no-answers-stop", "--give-up-after", "1", *faults]
    with running_carrier(folder / "carrier.log", *options) as carrier:
        carrier.tell("number", number=OURS, state="ready")
        yield Traffic(folder, carrier, messages, wait=wait, again=again, location=location, address=address)


def halt(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Stop a process for some time, as a machine does that is suspended."""
    os.kill(process.pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGCONT)

"""A campaign that is worked on several hosts while the server is killed and a host is lost."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from signal import SIGKILL
from threading import Thread
from time import monotonic, sleep

from tests.carrier.running import Carrier
from tests.endurance.answering import Contacts
from tests.endurance.balance import is_at_rest, states
from tests.endurance.branch import LISTENER_PORT, UNREACHABLE, Branch
from tests.endurance.office import CAMPAIGN, Office
from tests.endurance.person import Person
from tests.endurance.writer import DONE, REFUSED, Writer
from tests.store.processes import ROOT
from tests.team_server import Team
from thrumsg_tui.gateway.delivery_lock import DeliveryLock

PATIENCE = 180
"""Seconds in which another host takes over, and in which something happens as long as the campaign is not at rest."""

_AFTER_RETURN = 8.0
"""Seconds for which everybody works on, at least, after a host is back."""

AWAY = 3.0
"""Seconds for which a killed server is away."""

LOOK = 0.2


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens, and for how many seconds people work."""

    seconds: float
    server_kills: int
    host_losses: int
    cuts: int
    cut_for: float
    """Seconds for which a link is cut."""

    def events(self) -> list[tuple[float, str]]:
        """When what happens, as parts of the time."""
        kills = [(at, "kill the server") for at in (0.25, 0.75)[: self.server_kills]]
        losses = [(0.45, "lose the host"), (0.62, "get it back")] if self.host_losses else []
        cuts = [(0.33, "cut the link")] if self.cuts else []
        return sorted([*kills, *losses, *cuts, (0.5, "look at the connections")])


class CampaignCourse:
    """The campaign from its first message to rest.

    Args:
        branches: The hosts; the last one listens.
        office: The campaign.
        team: The server.
        carrier: The carrier.
        plan: What happens.
        chance: Decides what contacts answer.
    """

    def __init__(
        self, branches: Sequence[Branch], office: Office, team: Team, carrier: Carrier, plan: Plan, chance: Random
    ) -> None:
        self._branches, self._office, self._team, self._carrier, self._plan = branches, office, team, carrier, plan
        self._contacts = Contacts(carrier, chance)
        self._threads: list[Thread] = []
        self._happened: list[tuple[float, str]] = []
        self._sent_all = Counter[int]()
        self._connections = Counter[str]()
        self._away: Branch | None = None
        self._takeover = Thread()
        """Waits until another host delivers for one that was lost."""
        self._may_return = False
        self._begun = 0.0
        self._proxy: subprocess.Popen[bytes] | None = None
        self.faults: list[str] = []

    @property
    def writers(self) -> list[Writer]:
        return [writer for branch in self._branches for writer in branch.writers]

    @property
    def people(self) -> list[Person]:
        return [person for branch in self._branches for person in branch.people]

    def run(self) -> None:
        """Let everybody work, let happen what is planned, and wait for rest."""
        to = f"{self._branches[-1].host.address}:{LISTENER_PORT}"
        self._proxy = subprocess.Popen(
            [sys.executable, "-m", "tests.endurance.forwarding", str(LISTENER_PORT), to],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        for nth, branch in enumerate(self._branches):
            branch.begin(nth)
        for branch in self._branches:
            branch.await_screens()
        self._await_deliverer()
        self._contacts.start()
        self._begun = monotonic()
        self._work()
        for branch in self._branches:
            branch.end_people()
        for thread in [*self._threads, *self.writers]:
            thread.join(PATIENCE)
        self._contacts.end()
        self._come_to_rest()
        for branch in self._branches:
            branch.end_services()
            self.faults += branch.faults + [fault for writer in branch.writers for fault in writer.faults]
            if "Traceback" in branch.log:
                self.faults.append(f"the services of {branch.host.name} said: {branch.log[-3000:]}")

    def close(self) -> None:
        """End what would outlive this."""
        if self._proxy:
            self._proxy.kill()
            self._proxy.wait()

    def report(self) -> list[str]:
        """What happened, as the lines of a table."""
        done = sum((person.done for person in self.people), Counter[str]())
        commands = sum((writer.ended for writer in self.writers), Counter[tuple[str, int]]())
        kinds = Counter(entry["what"] for entry in self._carrier.entries())
        rows = [
            (
                "people",
                f"{len(self.people)} apps, {sum(branch.keys for branch in self._branches):,} keys: {_told(done)}",
            ),
            ("commands", _told(Counter({f"{name} -> {status}": count for (name, status), count in commands.items()}))),
            ("send-all", _told(Counter({f"exit status {status}": n for status, n in self._sent_all.items()}))),
            ("services", f"{sum(branch.started_again for branch in self._branches)} × started again"),
            ("connections", _told(self._connections)),
            ("contacts", _told(self._contacts.done)),
            ("our messages", _told(states(self._team.location("olga")))),
            ("carrier", _told(Counter({kind: kinds[kind] for kind in ("accepted", "received", "webhook", "gave_up")}))),
        ]
        happened = [f"after {at:4.0f} s  {what}" for at, what in sorted(self._happened)]
        return [*happened, *(f"{name:<14}{words}" for name, words in rows)]

    def _work(self) -> None:
        """Press keys, and let happen what is due."""
        seconds = self._plan.seconds
        events = [(part * seconds, self._event(what)) for part, what in self._plan.events()]
        senders = [("--sender", login) for login in self._office.senders]
        first = [(0.02 + 0.8 * nth / len(senders), whose) for nth, whose in enumerate(senders)]
        again = [(0.84, whose) for whose in [*senders, ("--unassigned",)]]  # others may have got what was left
        for nth, (part, whose) in enumerate([*first, *again]):
            events.append((part * seconds, partial(self._send_all, whose, nth)))
        events.sort(key=lambda event: event[0])
        while (now := self._at) < seconds or self._away:
            while events and events[0][0] <= now:
                events.pop(0)[1]()
            if self._may_return and not self._takeover.is_alive():
                self._get_host_back()
                seconds = max(seconds, self._at + _AFTER_RETURN)
            for branch in self._branches:
                branch.press_keys()
                branch.keep_services()
            sleep(0.02)

    def _event(self, what: str) -> Callable[[], object]:
        match what:
            case "kill the server":
                return lambda: self._begin(self._kill_server)
            case "cut the link":
                return lambda: self._begin(self._cut_link)
            case "look at the connections":
                return self._look_at_connections
            case "lose the host":
                return self._lose_host
            case _:
                return self._let_host_return

    def _begin(self, doing: Callable[[], None]) -> Thread:
        thread = Thread(target=doing, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _send_all(self, whose: Sequence[str], nth: int) -> None:
        """Let an admin of some host send all initials of a sender, and again as long as the server is away."""
        there = [branch for branch in self._branches if branch is not self._away]
        branch = there[nth % len(there)]

        def doing() -> None:
            status = UNREACHABLE
            while status == UNREACHABLE and monotonic() < self._begun + self._plan.seconds:
                status, said = branch.command("send-all", CAMPAIGN, *whose)
                self._sent_all[status] += 1
                if status not in {DONE, REFUSED, UNREACHABLE, -SIGKILL}:
                    self.faults.append(f"send-all {' '.join(whose)}: exit status {status}: {said}")

        self._begin(doing)

    def _kill_server(self) -> None:
        began, at = monotonic(), self._at
        self._team.cluster.stop("immediate")
        sleep(AWAY)
        self._team.cluster.start()
        self._happened.append((at, f"the server was killed, and was away for {monotonic() - began:.1f} s"))

    def _cut_link(self) -> None:
        """Cut off the host that delivers for a while; nobody there ends, and nobody knows."""
        self._await_deliverer()
        active, at = self._deliverer(), self._at
        host = next(branch.host for branch in self._branches if branch.host.name == active)
        cut = monotonic()
        host.cut()
        under_way = states(self._team.location("olga"))["sending"]
        while self._deliverer() in {active, ""} and monotonic() < cut + self._plan.cut_for:
            sleep(LOOK)
        others = f"{self._deliverer() or 'nobody'} delivered after {monotonic() - cut:.1f} s"
        sleep(max(0.0, cut + self._plan.cut_for - monotonic()))
        host.join()
        away = monotonic() - cut
        self._happened.append(
            (at, f"{active} was cut off for {away:.1f} s with {under_way} messages under way; {others}")
        )

    def _look_at_connections(self) -> None:
        """See that what comes from the hosts is encrypted."""
        with self._team.connected() as conn:
            found = conn.execute(
                "SELECT COALESCE(version, 'plain text') FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) "
                "WHERE client_addr IS NOT NULL"
            )
            self._connections.update(str(version) for (version,) in found)
        if "plain text" in self._connections:
            self.faults.append("a host speaks to the server in plain text")

    def _lose_host(self) -> None:
        self._await_deliverer()  # the server may have been away a moment ago
        active, at = self._deliverer(), self._at
        self._away = next(branch for branch in self._branches if branch.host.name == active)
        lost = monotonic()
        killed = self._away.lose()

        def watch() -> None:
            end = monotonic() + PATIENCE
            while self._deliverer() in {active, ""} and monotonic() < end:
                sleep(LOOK)
            others = f"{self._deliverer() or 'nobody'} delivered after {monotonic() - lost:.1f} s"
            self._happened.append((at, f"{active} lost its link and {killed} processes; {others}"))

        self._takeover = self._begin(watch)

    def _let_host_return(self) -> None:
        """Let the host come back once another one delivers: it might do so again itself."""
        self._may_return = True

    def _get_host_back(self) -> None:
        assert self._away
        self._may_return = False
        self._away.host.join()
        self._away.begin(self._branches.index(self._away))
        self._happened.append((self._at, f"{self._away.host.name} is back"))
        self._away = None

    def _await_deliverer(self) -> None:
        end = monotonic() + PATIENCE
        while not self._deliverer():
            assert monotonic() < end, [branch.log for branch in self._branches]
            sleep(LOOK)

    def _deliverer(self) -> str:
        """Name the host that delivers, by the lock; empty if there is none."""
        lock = DeliveryLock(self._team.location("olga"))
        try:
            found = re.search(r"on (host-\w)", lock.holder())
        finally:
            lock.release()
        return found[1] if found else ""

    @property
    def _at(self) -> float:
        """Seconds since people began to work."""
        return monotonic() - self._begun

    def _come_to_rest(self) -> None:
        end, before = monotonic() + PATIENCE, Counter[str]()
        while not self._is_at_rest():
            for branch in self._branches:
                branch.keep_services()
            if (now := states(self._team.location("olga"))) != before:
                end, before = monotonic() + PATIENCE, now
            if monotonic() > end:
                self.faults.append(f"no rest after {PATIENCE} s: {_told(states(self._team.location('olga')))}")
                return
            sleep(LOOK)

    def _is_at_rest(self) -> bool:
        if not is_at_rest(self._team.location("olga")):
            return False
        self._carrier.await_rest()
        return is_at_rest(self._team.location("olga"))


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} × {what}" for what, count in counts.most_common()) or "nothing"

"""A host of a team: two people who have the app open, one at the command line, and services."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from signal import SIGKILL, SIGTERM
from time import monotonic

from tests.carrier.running import Carrier
from tests.endurance.network import HUB, Host
from tests.endurance.person import Person
from tests.endurance.session import Session
from tests.endurance.writer import DONE, REFUSED, Writer
from tests.store.processes import ROOT
from thrumsg_tui.store.location import ServerAddress

CARRIER_PORT, LISTENER_PORT = 8438, 8437
NUMBERS = ("+14155550100", "+12125550100", "+13125550100", "+17735550100")

UNREACHABLE = 3
"""How a command ends whose server is away for too long."""

_BUSY_FOR = 45.0
"""Seconds for which an app may say that it waits: 15 for a lock that a lost host still has, 10 for a connection, and 15
to look up a change whose answer was lost."""

_PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the people of one host work."""

    folder: Path
    database: ServerAddress
    before: Sequence[str]
    people: int
    senders: Sequence[str]


class Branch:
    """One host, with whoever and whatever works there.

    Args:
        host: The host.
        desk: Where its people work.
        logins: Whose apps are open there; the first of them also works at the command line.
        services: What runs there.
        chance: Decides what people do.
        pace: Seconds between two keys of a person, and a quarter of those between two commands.
        commands: Whether somebody works at the command line.
    """

    def __init__(
        self,
        host: Host,
        desk: Desk,
        logins: Sequence[str],
        services: Sequence[Sequence[str]],
        chance: Random,
        *,
        pace: float,
        commands: bool,
    ) -> None:
        self.host, self._desk, self._logins, self._services = host, desk, logins, services
        self._chance, self._pace, self._commands = chance, pace, commands
        self._running: dict[subprocess.Popen[bytes], Sequence[str]] = {}
        self.started_again = 0
        self._begun = 0
        self.sessions: dict[Session, Person] = {}
        self._due: dict[Session, float] = {}
        self._pending: dict[Session, list[bytes]] = {}
        self.writers: list[Writer] = []
        self.people: list[Person] = []
        self.faults: list[str] = []
        self.keys = 0

    def begin(self, nth: int) -> None:
        """Start the services, and let people come."""
        self._begun += 1
        self._serve([sys.executable, "-m", "tests.endurance.forwarding", str(CARRIER_PORT), f"{HUB}:{CARRIER_PORT}"])
        for words in self._services:
            self._serve([sys.executable, *words])
        for login in self._logins:
            session = Session(self._desk, login, leaves={DONE, UNREACHABLE}, busy_for=_BUSY_FOR)
            person = Person(f"{login}.{self._begun}", Random(self._chance.random()), is_admin=True)
            self.people.append(person)
            self.sessions[session] = person
            self._due[session], self._pending[session] = monotonic() + 2 * self._pace, []
        if self._commands:
            writer = Writer(
                nth + 10 * self._begun,
                self._desk,
                Random(self._chance.random()),
                4 * self._pace,
                login=self._logins[0],
                ends={DONE, REFUSED, UNREACHABLE, -SIGKILL},
            )
            self.writers.append(writer)
            writer.start()

    def await_screens(self) -> None:
        """Wait until everybody sees the first screen."""
        for session in self.sessions:
            session.begin()

    def lose(self) -> int:
        """Cut it off and kill everything, as when its power fails; return how many processes that were."""
        self.host.cut()
        for writer in self.writers:
            writer.end()
        killed = self.host.kill_everything()
        for session in self.sessions:
            session.terminal.wait_exit()
            self.faults += session.faults
            session.close()
        self.sessions.clear()
        for process in self._running:
            process.wait(_PATIENCE)
        self._running.clear()
        return killed

    def keep_services(self) -> None:
        """Start again what has ended because its server is away, as systemd does (docs/deploy.md)."""
        for process, command in list(self._running.items()):
            if process.poll() == UNREACHABLE:
                del self._running[process]
                self._serve(command)
                self.started_again += 1

    def press_keys(self, *, idle: bool = False) -> None:
        """Take what the apps write, and press the keys that are due."""
        ready, _, _ = select.select([each.terminal for each in self.sessions], [], [], 0)
        for terminal in ready:
            terminal.keep()
        now = monotonic()
        for session, person in self.sessions.items():
            session.come_back()
            if idle or now < self._due[session]:
                continue
            screen = session.look()
            self._pending[session] = self._pending[session] or person.next_keys(screen)
            session.press(self._pending[session].pop(0))
            self.keys += 1
            self._due[session] = now + self._chance.expovariate(1 / self._pace)

    def command(self, *words: str) -> tuple[int, str]:
        """Run a command as the first person; return its exit status, and what it complained about."""
        who = ("--forced-login", self._logins[0]) if self._logins else ()
        app = [*self.host.inside, sys.executable, "-m", "thrumsg_tui", *who, *words]
        ran = subprocess.run(app, cwd=ROOT, env=self._environment, capture_output=True, text=True, check=False)
        return ran.returncode, ran.stderr

    def end_people(self) -> None:
        """Let everybody leave."""
        for writer in self.writers:
            writer.end()
        for session in self.sessions:
            session.look()
            session.quit()
            self.faults += session.faults
            session.close()
        self.sessions.clear()

    def end_services(self) -> None:
        """Stop the services in an orderly way."""
        for process in reversed(list(self._running)):
            process.send_signal(SIGTERM)
            status = process.wait(_PATIENCE)
            if status not in {0, -SIGTERM}:
                self.faults.append(f"a service of {self.host.name} ended with {status}: {self.log[-2000:]}")
        self._running.clear()

    @property
    def log(self) -> str:
        """What its services have said."""
        return (self._desk.folder / "services.log").read_text()

    @property
    def _environment(self) -> dict[str, str]:
        own = {"HOME": str(self._desk.folder), "LANG": "C.UTF-8", "PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
        config = self._desk.folder / "gateway.toml"
        return own | {"THRUMSG_DB": str(self._desk.database), "THRUMSG_CONFIG": str(config)}

    def _serve(self, command: Sequence[str]) -> None:
        with (self._desk.folder / "services.log").open("ab") as log:
            words = [*self.host.inside, *command]
            process = subprocess.Popen(words, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        self._running[process] = command


def configure(folder: Path, carrier: Carrier, wait: float) -> None:
    """Write a gateway's configuration, with so many seconds until the carrier is asked about a message in doubt."""
    token, config = folder / "token", folder / "gateway.toml"
    token.write_text(carrier.token)
    config.write_text(
        f'gateway = "twilio"\npublic_url = "http://127.0.0.1:{LISTENER_PORT}"\n'
        f'[twilio]\naccount_sid = "{carrier.account}"\nauth_token = {{ file = "{token}" }}\n'
        f'api_url = "http://127.0.0.1:{CARRIER_PORT}"\n'
        + "".join(f'[[number]]\nnumber = "{number}"\nmps = 25\n' for number in NUMBERS)
        + f"[doubt]\nwait = {wait}\nagain = 1\n"
    )
    for file in (token, config):
        file.chmod(0o600)

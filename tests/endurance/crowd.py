"""Everybody who works on one database at once: in terminals, by the command line, or only watching."""

from __future__ import annotations

import select
import subprocess
import sys
from collections.abc import Callable
from random import Random
from threading import Event, Thread
from time import monotonic

from tests.endurance.office import Office
from tests.endurance.person import SIZES, Person, keys
from tests.endurance.session import Session
from tests.endurance.watching import Marks
from tests.endurance.writer import Writer
from tests.store.processes import ROOT
from thrumsg_tui.store.location import Location, path_of

LOOK, MEASURE, RESIZE = 20.0, 1.0, 15.0
"""Seconds between two looks at all that must hold, two measurements, two other sizes."""

REHEARSAL = 300.0
"""Seconds after which whoever has not done each thing three times begins like the others."""

WAYS_OUT = (keys("escape"), keys("q"))
"""What somebody presses who has come into another campaign: out of a dialog, and out of a screen."""


class Looks(Thread):
    """Looks at all that must hold, again and again, in a process of its own."""

    def __init__(self, database: Location) -> None:
        super().__init__(daemon=True)
        self._database = database
        self._ending = Event()
        self.times = 0
        self.found: list[str] = []

    def run(self) -> None:
        while not self._ending.wait(LOOK):
            self.look()

    def look(self) -> None:
        """Look once."""
        command = [sys.executable, "-m", "tests.endurance.ledger", str(self._database)]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        self.found += (ran.stdout + ran.stderr).splitlines()
        self.times += 1

    def end(self) -> None:
        """Let it end after what is under way."""
        self._ending.set()


class Crowd:
    """All of them, and what came of it.

    Args:
        office: The database.
        writers: How many work by the command line.
        pace: Seconds between two keys of a session, and a quarter of those between two commands of a writer.
        seed: Decides what everybody does.
    """

    def __init__(self, office: Office, *, writers: int, pace: float, seed: int) -> None:
        self.office = office
        self._chance = Random(seed)
        self._pace = pace
        self.watchers = [Session(office, login) for login in office.watchers]
        workers = [*office.admins, *office.senders]
        self.workers = {
            Session(office, login): Person(login, Random(f"{seed} {login}"), is_admin=login in office.admins)
            for login in workers
        }
        self.writers = [Writer(nth, office, Random(f"{seed} writer {nth}"), 4 * pace) for nth in range(writers)]
        self.marks, self.looks = Marks(office), Looks(office.database)
        self._is_rehearsed = self._all_rehearse = False
        self._leave_until = 0.0
        """Until when people may leave the app, by the monotonic clock."""
        self.keys = 0
        self.largest_log = 0

    @property
    def sessions(self) -> list[Session]:
        return [*self.watchers, *self.workers]

    def kind_of(self, session: Session) -> str:
        """Return what kind of user a session has."""
        if session not in self.workers:
            return "watchers"
        return "admins" if self.workers[session].is_admin else "senders"

    def begun(self, session: Session) -> list[tuple[float, str]]:
        """Return what a session's user has begun, and when; nothing of one who only watches."""
        return self.workers[session].begun if session in self.workers else []

    def run(self, seconds: float, *, rehearse: bool = False, together: float = 0.0) -> None:
        """Let everybody work.

        Args:
            seconds: For how long.
            rehearse: Whether they do each thing three times before that, and again when they have left the app.
            together: For how many seconds at the end nobody leaves it.
        """
        for session in self.sessions:
            session.begin()
        for watcher in self.watchers:
            watcher.terminal.press("2")
        if rehearse:
            self._rehearse()
        threads: list[Writer | Marks | Looks] = [*self.writers, self.marks, self.looks]
        for thread in threads:
            thread.start()
        end = monotonic() + seconds
        self._leave_until = end - together
        self._work_until(end)
        for thread in threads:
            thread.end()
        while any(thread.is_alive() for thread in threads):
            self._read(0.05)
        self._work_until(monotonic() + 2, idle=True)
        for session in self.sessions:
            session.look()
            session.quit()

    def _rehearse(self) -> None:
        """Let everybody do each thing three times: what an app loads and keeps for a screen, it then has."""
        self._is_rehearsed = self._all_rehearse = True
        for person in self.workers.values():
            person.rehearse()
        longest = monotonic() + REHEARSAL
        self._work(
            lambda: monotonic() < longest and any(person.is_rehearsing for person in self.workers.values()),
        )
        self._all_rehearse = False

    def _pause(self, person: Person) -> float:
        """Return for how many seconds somebody rests before the next key: who rehearses does so a quarter as long."""
        return self._chance.expovariate(1 / self._pace) / (4 if self._all_rehearse or person.is_rehearsing else 1)

    def _work_until(self, end: float, *, idle: bool = False) -> None:
        self._work(lambda: monotonic() < end, idle=idle)

    def _work(self, goes_on: Callable[[], bool], *, idle: bool = False) -> None:
        """Press keys, look and measure."""
        due = {session: monotonic() + self._chance.random() * self._pace for session in self.workers}
        pending: dict[Session, list[bytes]] = {session: [] for session in self.workers}
        measured = resized = monotonic()
        while goes_on():
            self._read(0.02)
            now = monotonic()
            for session, person in self.workers.items():
                person.may_leave = now < self._leave_until
                if session.come_back() and self._is_rehearsed:
                    person.rehearse()
                if person.window and person.window != session.window:
                    session.terminal.drag(*person.window)
                if not idle and now >= due[session]:
                    screen = session.look()
                    if person.is_astray(screen):
                        pending[session] = self._chance.choice(WAYS_OUT)[:]
                    pending[session] = pending[session] or person.next_keys(screen)
                    session.press(pending[session].pop(0))
                    self.keys += 1
                    due[session] = now + self._pause(person)
            if now > measured + MEASURE:
                measured = now
                self._measure()
            if now > resized + RESIZE * 20 / max(1, len(self.workers)) and not idle and self.workers:
                resized = now
                session = self._chance.choice(list(self.workers))
                if not self.workers[session].window:
                    session.terminal.drag(*self._chance.choice(SIZES))

    def _read(self, wait: float) -> None:
        """Take what the apps write, and see which marks have come."""
        running = [session for session in self.sessions if session.terminal.status is None]
        ready, _, _ = select.select([session.terminal for session in running], [], [], wait)
        now = monotonic()
        for terminal in ready:
            terminal.keep()
        for nth, watcher in enumerate(self.watchers):
            if watcher.terminal in ready:
                self.marks.look(nth, watcher.look(), now)

    def _measure(self) -> None:
        file = path_of(self.office.database)
        log = file.with_name(f"{file.name}-wal")
        if log.exists():
            self.largest_log = max(self.largest_log, log.stat().st_size)
        for session in self.sessions:
            session.measure()
            person = self.workers.get(session)
            if session.rehearsed is None and not (person and person.is_rehearsing):
                session.rehearsed = monotonic()

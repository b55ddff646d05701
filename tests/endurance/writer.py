"""Somebody who works by the command line, beside all that have the app open."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Container
from random import Random
from threading import Event, Thread

from tests.endurance.office import CAMPAIGN, Place, contacts, phone

DONE, REFUSED = 0, 1
IMPORTED = 20
"""Contacts of each import."""

PATIENCE = 120
"""Seconds after which a command hangs."""


class Writer(Thread):
    """Runs one command after the other, each a process of its own, with pauses between them.

    Args:
        nth: Which one it is.
        place: Where it works.
        chance: Decides what it does.
        pause: Seconds between two commands.
        login: Who it is there, if not who runs it here.
        ends: With what a command may end.
    """

    def __init__(
        self,
        nth: int,
        place: Place,
        chance: Random,
        pause: float,
        *,
        login: str | None = None,
        ends: Container[int] = (DONE, REFUSED),
    ) -> None:
        super().__init__(name=f"writer {nth}", daemon=True)
        self._nth = nth
        self._place = place
        self._who = ("--forced-login", login) if login else ()
        self._ends = ends
        self._chance = chance
        self._pause = pause
        self._ending = Event()
        self._count = 0
        self._piped: str | None = None
        self.faults: list[str] = []
        self.ended = Counter[tuple[str, int]]()
        """How many commands ended how."""
        self.acknowledged: list[str] = []
        """The bodies of the messages that were sent or received."""
        self.tried: list[str] = []
        """The bodies of all for which that was tried."""
        self.imported = 0
        self.files: list[tuple[list[str], bool]] = []
        """The numbers of each file that was imported, and whether that was acknowledged."""
        self._doings: dict[str, Callable[[], tuple[object, ...]]] = {
            "send": self._send,
            "receive": self._receive,
            "answer": self._answer,
            "reassign": self._reassign,
            "undo": lambda: ("undo",),
            "opt-out": lambda: (self._chance.choice(("opt-out", "opt-in")), self._phone()),
            "import": self._import,
            "follow-up": self._follow_up,
        }

    def run(self) -> None:
        names = list(self._doings)
        self._ending.wait(self._chance.random() * self._pause)
        while not self._ending.is_set():
            self._count += 1
            name = names[(self._nth + self._count) % len(names)]
            self._do(name, self._doings[name]())
            self._ending.wait(self._chance.expovariate(1 / self._pause))

    def end(self) -> None:
        """Let it end after what is under way."""
        self._ending.set()

    def _do(self, name: str, words: tuple[object, ...]) -> None:
        app = [sys.executable, "-m", "thrumsg_tui", *self._who, "--db", self._place.database]
        if name in {"send", "receive"}:
            self.tried.append(str(words[words.index("--body") + 1]))
        command = [*self._place.before, *app, *words, "--json"]
        environment = {"HOME": str(self._place.folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        try:
            ran = subprocess.run(
                list(map(str, command)),
                env=environment,
                input=self._piped if name == "import" else None,
                capture_output=True,
                text=True,
                check=False,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            self.faults.append(f"{words}: hangs")
            return
        self.ended[name, ran.returncode] += 1
        sentences = ran.stderr.splitlines()
        if ran.returncode not in self._ends or any(not line.startswith("thrumsg: ") for line in sentences):
            self.faults.append(f"{words}: exit status {ran.returncode}: {ran.stderr}")
        elif ran.returncode == DONE:
            self._note(name, words, ran.stdout)
        if name == "import":
            first = self._first_imported
            self.files.append(([phone(nth) for nth in range(first, first + IMPORTED)], ran.returncode == DONE))

    def _note(self, name: str, words: tuple[object, ...], out: str) -> None:
        """Note what was acknowledged."""
        if name in {"send", "receive"}:
            self.acknowledged.append(str(words[words.index("--body") + 1]))
        elif name == "import":
            self.imported += int(json.loads(out)["imported"])

    def _body(self, what: str) -> str:
        return f"{what} {self._nth}-{self._count}"

    def _conversation(self) -> int:
        return self._chance.randint(1, self._place.people)

    def _phone(self) -> str:
        return phone(self._chance.randrange(self._place.people))

    def _send(self) -> tuple[object, ...]:
        return "send", self._conversation(), "--body", self._body("sent")

    def _receive(self) -> tuple[object, ...]:
        return "receive", "--from", self._phone(), "--body", self._body("received")

    def _answer(self) -> tuple[object, ...]:
        return "answer", self._conversation(), "Will you vote?", self._chance.choice(("Yes", "No"))

    def _reassign(self) -> tuple[object, ...]:
        one, *others = self._chance.sample(self._place.senders, min(3, len(self._place.senders)))
        count = ("--count", self._chance.choice((1, 10, 100))) if self._chance.random() < 0.8 else ()
        to = [word for other in others for word in ("--to", other)] or ["--to-unassigned"]
        return "reassign", CAMPAIGN, "--from", one, *count, *to

    def _import(self) -> tuple[object, ...]:
        first = self._first_imported
        file = contacts(self._place.folder / f"import-{self._nth}.csv", first, IMPORTED, self._chance)
        self._piped = file.read_text() if self._who else None  # who is known by a key names files in one folder only
        return "import", "contacts", "-" if self._who else file, "--campaign", CAMPAIGN

    @property
    def _first_imported(self) -> int:
        return 1_000_000 + self._nth * 100_000 + self._count * IMPORTED

    def _follow_up(self) -> tuple[object, ...]:
        title = f"Reminder {self._nth}"
        if self._chance.random() < 0.5:
            return "follow-up", "end", CAMPAIGN, title
        return "follow-up", "create", CAMPAIGN, "--title", title, "--text", "Vote today!", "--not-replied"

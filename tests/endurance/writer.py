"""Somebody who works by the command line, beside all that have the app open."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from random import Random
from threading import Event, Thread

from tests.endurance.office import CAMPAIGN, Office, contacts, phone

DONE, REFUSED = 0, 1
IMPORTED = 20
"""Contacts of each import."""

PATIENCE = 120
"""Seconds after which a command hangs."""


class Writer(Thread):
    """Runs one command after the other, each a process of its own, with pauses between them."""

    def __init__(self, nth: int, office: Office, chance: Random, pause: float) -> None:
        super().__init__(name=f"writer {nth}", daemon=True)
        self._nth = nth
        self._office = office
        self._chance = chance
        self._pause = pause
        self._ending = Event()
        self._count = 0
        self.faults: list[str] = []
        self.ended = Counter[tuple[str, int]]()
        """How many commands ended how."""
        self.acknowledged: list[str] = []
        """The bodies of the messages that were sent or received."""
        self.imported = 0
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
        command = [sys.executable, "-m", "thrumsg_tui", "--db", self._office.database, *words, "--json"]
        environment = {"HOME": str(self._office.folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        try:
            ran = subprocess.run(
                list(map(str, command)),
                env=environment,
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
        if ran.returncode not in {DONE, REFUSED} or any(not line.startswith("thrumsg: ") for line in sentences):
            self.faults.append(f"{words}: exit status {ran.returncode}: {ran.stderr}")
        elif ran.returncode == DONE:
            self._note(name, words, ran.stdout)

    def _note(self, name: str, words: tuple[object, ...], out: str) -> None:
        """Note what was acknowledged."""
        if name in {"send", "receive"}:
            self.acknowledged.append(str(words[words.index("--body") + 1]))
        elif name == "import":
            self.imported += int(json.loads(out)["imported"])

    def _body(self, what: str) -> str:
        return f"{what} {self._nth}-{self._count}"

    def _conversation(self) -> int:
        return self._chance.randint(1, self._office.people)

    def _phone(self) -> str:
        return phone(self._chance.randrange(self._office.people))

    def _send(self) -> tuple[object, ...]:
        return "send", self._conversation(), "--body", self._body("sent")

    def _receive(self) -> tuple[object, ...]:
        return "receive", "--from", self._phone(), "--body", self._body("received")

    def _answer(self) -> tuple[object, ...]:
        return "answer", self._conversation(), "Will you vote?", self._chance.choice(("Yes", "No"))

    def _reassign(self) -> tuple[object, ...]:
        one, *others = self._chance.sample(self._office.senders, min(3, len(self._office.senders)))
        count = ("--count", self._chance.choice((1, 10, 100))) if self._chance.random() < 0.8 else ()
        to = [word for other in others for word in ("--to", other)] or ["--to-unassigned"]
        return "reassign", CAMPAIGN, "--from", one, *count, *to

    def _import(self) -> tuple[object, ...]:
        first = 1_000_000 + self._nth * 100_000 + self._count * IMPORTED
        file = contacts(self._office.folder / f"import-{self._nth}.csv", first, IMPORTED, self._chance)
        return "import", "contacts", file, "--campaign", CAMPAIGN

    def _follow_up(self) -> tuple[object, ...]:
        title = f"Reminder {self._nth}"
        if self._chance.random() < 0.5:
            return "follow-up", "end", CAMPAIGN, title
        return "follow-up", "create", CAMPAIGN, "--title", title, "--text", "Vote today!", "--not-replied"

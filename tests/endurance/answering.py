"""The contacts of a campaign, who answer what reaches them: each by chance, soon, and some of them with STOP."""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from threading import Event, Thread
from time import monotonic

from tests.carrier.running import Carrier

LOOK = 0.2
"""Seconds between two looks at what the carrier took."""

LATEST = 20.0
"""Seconds within which whoever answers has answered."""

WORDS = (
    (20, "reply", ("Yes!", "Who is this?", "Où ça? 🗳", "No", "I will, at seven", "Maybe. Is parking free there?")),
    (2, "STOP to the carrier", ("STOP", "unsubscribe", "Quit")),
    (1, "opt-out in words", ("Stop.", "I opt out", "please stop texting me")),
    (77, "nothing", ("",)),
)
"""How often contacts answer what, of a hundred messages."""


class Contacts(Thread):
    """They read the carrier's log, which has what it took for them."""

    def __init__(self, carrier: Carrier, chance: Random) -> None:
        super().__init__(daemon=True)
        self._carrier, self._chance = carrier, chance
        self._read = 0
        self._ending = Event()
        self._due: list[tuple[float, str, str, str]] = []
        self.done = Counter[str]()

    def run(self) -> None:
        while not self._ending.wait(LOOK):
            self._read_new()
            now = monotonic()
            ready = [each for each in self._due if each[0] <= now]
            self._due = [each for each in self._due if each[0] > now]
            for _, contact, ours, words in ready:
                self._carrier.inbound(contact, ours, words)

    def end(self) -> None:
        """Let them fall silent."""
        self._ending.set()
        self.join()

    def _read_new(self) -> None:
        with self._carrier.log.open("rb") as log:
            log.seek(self._read)
            new = log.read()
        new = new[: new.rfind(b"\n") + 1]
        self._read += len(new)
        for line in new.splitlines():
            if b'"accepted"' in line:
                entry = json.loads(line)
                self._answer(entry["to"], entry["from"])

    def _answer(self, contact: str, ours: str) -> None:
        [(_, what, words)] = self._chance.choices(WORDS, [share for share, _, _ in WORDS])
        if what != "nothing":
            self.done[what] += 1
            due = monotonic() + self._chance.uniform(0.5, LATEST)
            self._due.append((due, contact, ours, self._chance.choice(words)))

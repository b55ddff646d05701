"""Messages that somebody watches for: when each was stored and seen, and who had a hand in it if it was never seen."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from threading import Event, Thread
from time import monotonic

from tests.cli.damaging import run
from tests.endurance.office import WATCHED, Office, watched_phone
from tests.endurance.session import Session
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.database import Database

MARK = 1.5
"""Seconds between two messages to watchers."""


class Marks(Thread):
    """Messages that somebody watches for, and when each was stored and seen."""

    def __init__(self, office: Office) -> None:
        super().__init__(daemon=True)
        self._office = office
        self._ending = Event()
        self._begun = monotonic()
        self._prepared = self._newest_change()
        self.stored: dict[str, tuple[int, float]] = {}
        """By the message's words, the watcher and the time."""
        self.seen: dict[str, float] = {}
        """By the message's words, the seconds until it was on its watcher's screen."""

    def run(self) -> None:
        db = Database(self._office.database)
        nth = 0
        while not self._ending.wait(MARK):
            watcher = nth % len(self._office.watchers)
            body = f"mark {nth} for {watcher}"
            receive(db, None, watched_phone(watcher), body)
            self.stored[body] = watcher, monotonic()
            nth += 1
        db.close()

    def end(self) -> None:
        """Let it end after what is under way."""
        self._ending.set()

    def look(self, watcher: int, screen: str, now: float) -> None:
        """See which marks have come to a watcher's screen."""
        for body, (whose, stored) in list(self.stored.items()):
            if whose == watcher and body not in self.seen and f"{body} " in f"{screen} ":
                self.seen[body] = now - stored

    def missed(self, watchers: Sequence[Session]) -> Iterator[str]:
        """Say which watcher missed how many messages, from when to when, and what they see instead."""
        for nth, watcher in enumerate(watchers):
            mine = {body: at - self._begun for body, (whose, at) in self.stored.items() if whose == nth}
            never = [at for body, at in mine.items() if body not in self.seen]
            if never:
                yield (
                    f"{len(never)} of {len(mine)} messages never came to {watcher.login}, stored from second "
                    f"{min(never):.0f} to {max(never):.0f}; at the end they see\n{watcher.terminal.screen}"
                )

    def interference(self) -> list[str]:
        """Say what people did in the campaign that is only watched, which may be why a watcher missed a message."""
        return [
            f"{change['by']} worked in the campaign that is only watched: {change['summary']}"
            for change in self._changes()
            if change["action"] != "receive" and int(str(change["id"])) > self._prepared
        ]

    def _newest_change(self) -> int:
        return max(int(str(change["id"])) for change in self._changes())

    def _changes(self) -> list[dict[str, object]]:
        words = ("history", "--campaign", WATCHED, "--limit", "1000000", "--json")
        answer = run("--db", str(self._office.database), *words)
        assert answer.code == 0, answer
        changes: list[dict[str, object]] = json.loads(answer.out)
        return changes

"""Practice contacts: they answer messages, and the same seed gives the same answers."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from thrumsg_tui.domain.delivery import Outgoing
from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.database import Database

_LIKELIHOOD = {MessageKind.INITIAL: 0.6, MessageKind.REPLY: 0.6, MessageKind.FOLLOW_UP: 0.5}
"""The probability that a contact answers each kind of message."""

_SECONDS = (2, 18)
"""The shortest and the longest time that an answer takes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer that a contact will write to a message (`to`) at a certain time (`due`)."""

    due: datetime
    to: Outgoing
    body: str


class PracticeContacts:
    """The contacts of a practice database, who answer while an app has it open."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._waiting: list[Answer] = []

    def live(self, db: Database) -> None:
        """Deliver queued messages, and receive the answers that are due. Call it about once a second."""
        from thrumsg_tui.gateway.registry import deliver_queued

        now = db.clock()
        delivered = deliver_queued(db)
        self._waiting += [answer for message in delivered if (answer := self.answer(message, now))]
        due = [answer for answer in self._waiting if answer.due <= now]
        self._waiting = [answer for answer in self._waiting if answer.due > now]
        for answer in due:
            receive(db, None, answer.to.phone, answer.body, provider_id=f"practice-{answer.to.id}")

    def answer(self, message: Outgoing, now: datetime) -> Answer | None:
        """Decide what a contact answers, and when; None if they do not answer.

        The decision depends on the seed, the number, and the count of our messages so far, not on the time.
        """
        chance = Random(f"{self._seed}:{message.phone}:{message.nth}")  # noqa: S311 - a walkthrough must be repeatable
        if chance.random() >= _LIKELIHOOD.get(message.kind, 0):
            return None
        bodies, weights = zip(*_answers()[message.kind], strict=True)
        body = chance.choices(bodies, weights)[0]
        return Answer(now + timedelta(seconds=chance.uniform(*_SECONDS)), message, body)


@cache
def _answers() -> dict[MessageKind, list[tuple[str, int]]]:
    answers: dict[MessageKind, list[tuple[str, int]]] = defaultdict(list)
    with practice_file("answers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            answers[MessageKind(row["after"])].append((row["body"], int(row["weight"])))
    return answers


def practice_file(name: str) -> Path:
    """Return the path of a practice file: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "data" / name
    return inside if inside.exists() else package.parent / "data" / name

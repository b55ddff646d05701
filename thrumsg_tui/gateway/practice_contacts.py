"""Practice contacts: they answer messages, and the same seed gives the same answers."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from thrumsg_tui.domain.delivery import Outgoing
from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.domain.lazy_dataclass import dataclass

_LIKELIHOOD = {MessageKind.INITIAL: 0.6, MessageKind.REPLY: 0.6, MessageKind.FOLLOW_UP: 0.5}
"""The probability that a contact answers each kind of message."""

_SECONDS = (2, 18)
"""The shortest and the longest time that an answer takes, so that those to a batch do not come all at once."""

_AT_ONCE = 0.25
"""How much of that time somebody takes who is waited for: a person is in the conversation, and looks at it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer that a contact will write to a message (`to`) at a certain time (`due`)."""

    due: datetime
    to: Outgoing
    body: str


class PracticeContacts:
    """The contacts of a practice database."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def answer(self, message: Outgoing, now: datetime, *, is_watched: bool = False) -> Answer | None:
        """Decide what a contact answers, and when; None if they do not answer.

        What they answer depends on the seed, the number, and the count of our messages so far, not on the time.

        Args:
            message: Our message.
            now: When it left.
            is_watched: Whether a person is in the conversation, for whom the answer comes within five seconds.
        """
        decided = self.decide(message.phone, message.nth, message.kind)
        return decided and Answer(now + decided[1] * (_AT_ONCE if is_watched else 1), message, decided[0])

    def decide(self, phone: str, nth: int, kind: MessageKind) -> tuple[str, timedelta] | None:
        """Decide what a contact answers to our nth message, and after how long; None if they do not answer."""
        chance = Random(f"{self._seed}:{phone}:{nth}")  # noqa: S311 - a walkthrough must be repeatable
        if chance.random() >= _LIKELIHOOD.get(kind, 0):
            return None
        bodies, weights = zip(*_answers()[kind], strict=True)
        body = chance.choices(bodies, weights)[0]
        return body, timedelta(seconds=chance.uniform(*_SECONDS))


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

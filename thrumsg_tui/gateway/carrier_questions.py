"""Questions to the carrier that may take long: they are asked on threads, and may have no answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Generic, TypeVar

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.gateway.protocol import CannotTell
from thrumsg_tui.gateway.workers import Workers
from thrumsg_tui.store.database import Database

LOG = logging.getLogger("thrumsg.deliver")

Question = TypeVar("Question")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Answered(Generic[Question, Answer]):
    """A question with what the carrier says; None if it could not tell."""

    question: Question
    answer: Answer | None


class CarrierQuestions(Generic[Question, Answer]):
    """Questions of one kind. Whoever asks decides when it asks again.

    Args:
        most: How many are asked at once at most; sending goes on beside them.
        db: The database, which a thread may use.
        done: Set when an answer has come, or there is none.
        level: How loudly the log says that the carrier could not tell.
    """

    def __init__(self, most: int, db: Database, done: Event, *, level: int = logging.INFO) -> None:
        self._level = level
        self._workers: Workers[Answered[Question, Answer]] = Workers(most, done, db.close)

    @property
    def free(self) -> int:
        """How many can be asked now."""
        return self._workers.free

    @property
    def under_way(self) -> int:
        """How many were asked whose answers were not taken yet."""
        return self._workers.under_way

    def ask(self, about: str, question: Question, call: Callable[[], Answer]) -> None:
        """Begin to ask.

        Args:
            about: What the log calls it.
            question: What comes back with the answer.
            call: Asks the carrier, on a thread of its own.
        """
        self._workers.begin(partial(self._answered, about, question, call))

    def answers(self) -> list[Answered[Question, Answer]]:
        """Take the answers that have come since the last time."""
        return self._workers.results()

    def end(self) -> None:
        """Ask nothing more."""
        self._workers.end()

    def _answered(self, about: str, question: Question, call: Callable[[], Answer]) -> Answered[Question, Answer]:
        try:
            return Answered(question, call())
        except CannotTell as reason:
            LOG.log(self._level, "%s=unknown reason=%r", about, str(reason))
        except Exception as error:  # noqa: BLE001 - it is asked again
            LOG.warning("%s=unknown error=%s", about, type(error).__name__)
        return Answered(question, None)

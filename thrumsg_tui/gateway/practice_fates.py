"""What becomes of a message in practice: most arrive, some do not, and the same seed decides the same way."""

from __future__ import annotations

from random import Random

from thrumsg_tui.domain.delivery import Outgoing
from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.domain.lazy_dataclass import dataclass

_PROMPT = (0.05, 0.3)
"""The shortest and the longest time, in seconds, that the carrier takes to answer."""

_SLOW = (1.5, 3.0)
_ARRIVAL = (1.0, 6.0)
"""How long after its acceptance a message arrives."""

_LATE = (20.0, 40.0)

_REJECTIONS = (
    ("21211", "The number is not a valid phone number."),
    ("21614", "The number is not a mobile number."),
)
_FAILURES = (
    ("30003", "The phone could not be reached: it may be switched off."),
    ("30005", "The number is unknown or no longer in service."),
    ("30006", "The number is a landline or cannot take texts."),
    ("30007", "The carrier filtered the message out."),
)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one message at the practice carrier."""

    answers_after: float
    """Seconds until the carrier answers."""
    reports_after: float
    """Seconds from its acceptance to the report."""
    rejection: tuple[str, str] | None = None
    """The code and the words with which the carrier refuses it."""
    failure: tuple[str, str] | None = None
    """The code and the words of the report that it did not arrive."""
    answer_is_lost: bool = False
    is_taken: bool = True
    """Whether the carrier has the message; one whose answer is lost may have been lost itself."""
    is_slow: bool = False
    is_late: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the message arrives, and nothing is late."""
        return self.arrives and not (self.answer_is_lost or self.is_slow or self.is_late)

    @property
    def arrives(self) -> bool:
        """Whether the message reaches the contact."""
        return self.is_taken and not self.rejection and not self.failure


def fate_of(seed: int, message: Outgoing) -> Fate:
    """Decide what becomes of a message."""
    return decide_fate(seed, message.phone, message.nth, message.kind, message.tries)


def decide_fate(seed: int, phone: str, nth: int, kind: MessageKind, tries: int = 1) -> Fate:
    """Decide what becomes of a message, by the seed, the number and the count of our messages to it.

    Only the first try of a message can lose its answer. Confirmations of an opt-out always arrive.
    """
    chance = Random(f"{seed}:{phone}:{nth}:carrier")  # noqa: S311 - practice must be repeatable
    answers_after, reports_after = chance.uniform(*_PROMPT), chance.uniform(*_ARRIVAL)
    ordinary = Fate(answers_after, reports_after)
    if kind is MessageKind.OPT_OUT_CONFIRMATION:
        return ordinary
    late = chance.uniform(*_LATE)
    which, reason = chance.random(), chance.randrange(12)
    if which < 0.01:
        return Fate(answers_after, reports_after, rejection=_REJECTIONS[reason % len(_REJECTIONS)])
    if which < 0.05:
        return Fate(answers_after, reports_after, failure=_FAILURES[reason % len(_FAILURES)])
    if which < 0.10:
        return Fate(answers_after, late, is_late=True)
    if which < 0.14:
        return Fate(chance.uniform(*_SLOW), reports_after, is_slow=True)
    if which < 0.16 and tries <= 1:
        return Fate(answers_after, late, answer_is_lost=True, is_taken=reason >= 4)
    return ordinary

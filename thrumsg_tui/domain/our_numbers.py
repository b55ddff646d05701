"""Our own numbers, and which of them texts whom (`docs/rules.md 10.8`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from thrumsg_tui.domain.lazy_dataclass import dataclass


class NumberKind(StrEnum):
    """The kinds of numbers, and of what carriers take in place of one."""

    LONG = "long"
    TOLL_FREE = "toll_free"
    SHORT = "short"
    """A short code."""
    ALPHA = "alpha"
    """A name, which nobody can answer."""
    SERVICE = "service"
    """A service of the carrier that chooses among numbers of its own."""


class NumberState(StrEnum):
    """Whether one of our numbers can be used."""

    READY = "ready"
    STOPPED = "stopped"
    """Nothing leaves from it until a person mends that; its messages wait."""
    WITHDRAWN = "withdrawn"
    """It is ours no more; its conversations need another one."""


@dataclass(frozen=True, slots=True)
class OurNumber:
    """One of our numbers."""

    number: str
    gateway: str
    kind: NumberKind
    mps: float
    """Segments a second."""
    state: NumberState
    reason: str
    """Why it is not ready; empty if it is."""
    changed_at: datetime
    conversations: int
    """How many conversations keep it."""

    @property
    def is_ready(self) -> bool:
        """Whether messages may leave from it."""
        return self.state is NumberState.READY


def area_code(phone: str) -> str | None:
    """Return the area code of a North American number in E.164; None for any other."""
    return phone[2:5] if phone.startswith("+1") and len(phone) == len("+14155550100") else None


def preferred_numbers(conversations: Mapping[str, int], phone: str) -> list[str]:
    """Return the numbers that could text a contact for the first time, the best first.

    The best has the contact's area code; among equals it is that with the fewest conversations.

    Args:
        conversations: Each number that may be taken, with its number of conversations.
        phone: The contact's number in E.164.
    """
    area = area_code(phone)
    return sorted(
        conversations,
        key=lambda number: (area is None or area_code(number) != area, conversations[number], number),
    )


def require_number(text: str, kind: NumberKind) -> str:
    """Return a short code, a name or the id of a service as it is stored; the store reads telephone numbers.

    Raises:
        ValueError: With a sentence, if it cannot be one of its kind.
    """
    given = text.strip()
    match kind:
        case NumberKind.SHORT if given.isascii() and given.isdecimal() and 3 <= len(given) <= 8:
            return given
        case NumberKind.ALPHA if _is_name(given):
            return given
        case NumberKind.SERVICE if given.isascii() and given.isalnum() and len(given) <= 64:
            return given
        case _:
            raise ValueError(f"{given!r} is {_NOT[kind]}.")


_NOT = {
    NumberKind.LONG: "not a telephone number",
    NumberKind.TOLL_FREE: "not a telephone number",
    NumberKind.SHORT: "not a short code, which has 3 to 8 digits",
    NumberKind.ALPHA: "not a name that carriers take: 1 to 11 letters, digits and spaces, with a letter among them",
    NumberKind.SERVICE: "not the id of a service: letters and digits",
}


def _is_name(text: str) -> bool:
    fits = 1 <= len(text) <= 11 and text.isascii() and all(each.isalnum() or each == " " for each in text)
    return fits and any(each.isalpha() for each in text)

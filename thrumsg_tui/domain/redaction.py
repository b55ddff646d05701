"""Hides phone numbers on the screen (`docs/rules.md 3.20`)."""

from __future__ import annotations

import re

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import full_name

_DASH = "\\-\u2010-\u2015\u2212"
_SPACE = " \u00a0\u2007\u202f"
_GAP = rf"[{_SPACE}{_DASH}()./]{{0,3}}"
_NUMBER = rf"""
    (?<![\d+]) (?<!\d[{_DASH}./])                # not in the middle of a number or a date
    (?!\d{{4}}-\d\d-\d\d | \d\d?[./]\d\d?[./](?:\d\d)?\d\d(?![{_DASH}./]?\d))  # nor a date itself
    (?: \+\d(?:{_GAP}\d){{6,14}}                # with a country code
      | \(?\d(?:{_GAP}\d){{9,14}}               # with an area code
      | \d{{3}}[{_SPACE}{_DASH}.]\d{{4}}          # the seven digits that neighbours give
    )
    (?!\d)
    """


class Phone(str):
    """A phone number, or another sender of a message, which is hidden with the numbers (`docs/rules.md 3.20`)."""

    __slots__ = ()


class Ours(str):
    """One of our own numbers, which is never hidden: it is no contact's."""

    __slots__ = ()


def redacted(national: str, *, ascii_only: bool = False) -> str:
    """Return a number with all digits but the last two hidden."""
    hidden = "*" if ascii_only else "•"
    seen = 0
    shown = []
    for character in reversed(national):
        seen += character.isdigit()
        shown.append(hidden if character.isdigit() and seen > 2 else character)
    return "".join(reversed(shown))


@dataclass(frozen=True, slots=True)
class PhoneDisplay:
    """Shows phone numbers, or hides all but their last two digits."""

    redacts: bool
    ascii_only: bool = False

    def number(self, phone: str) -> str:
        """Return a number as it is shown."""
        return redacted(phone, ascii_only=self.ascii_only) if self.redacts else phone

    def text(self, text: str) -> str:
        """Return a text as it is shown, with numbers hidden in any usual spelling.

        It is for what people wrote, such as notes and names, and for sentences in old events. Our own sentences use
        `number`.

        Args:
            text: A text, or a `Phone`, which is a number as a whole.
        """
        if isinstance(text, Phone) or not self.redacts:
            return self.number(text)
        return re.sub(_NUMBER, lambda found: self.number(found[0]), text, flags=re.VERBOSE)

    def name(self, first_name: str, last_name: str, phone: str) -> str:
        """Return a contact's name, or their number as it is shown if they have none."""
        return full_name(first_name, last_name) or self.number(phone)


IN_FULL = PhoneDisplay(redacts=False)
"""Shows numbers in full: for sentences without numbers, and for tests."""

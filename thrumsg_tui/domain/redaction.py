"""Hiding phone numbers from the screen (`docs/rules.md 3.20`)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from thrumsg_tui.domain.names import full_name

_DASH = "\\-\u2010-\u2015\u2212"
_SPACE = " \u00a0\u2007\u202f"
_GAP = rf"[{_SPACE}{_DASH}()./]{{0,3}}"
_NUMBER = re.compile(
    rf"""
    (?<![\d+]) (?<!\d[{_DASH}./])                # not in the middle of a number or a date
    (?!\d{{4}}-\d\d-\d\d | \d\d?[./]\d\d?[./](?:\d\d)?\d\d(?![{_DASH}./]?\d))  # nor a date itself
    (?: \+\d(?:{_GAP}\d){{6,14}}                # with a country code
      | \(?\d(?:{_GAP}\d){{9,14}}               # with an area code
      | \d{{3}}[{_SPACE}{_DASH}.]\d{{4}}          # the seven digits that neighbours give
    )
    (?!\d)
    """,
    re.VERBOSE,
)


class Phone(str):
    """A phone number, or whatever else a message came from: hidden where numbers are (`docs/rules.md 3.20`)."""

    __slots__ = ()


def redacted(national: str, *, ascii_only: bool = False) -> str:
    """Hide all digits of a number but the last two."""
    hidden = "*" if ascii_only else "•"
    seen = 0
    shown = []
    for character in reversed(national):
        seen += character.isdigit()
        shown.append(hidden if character.isdigit() and seen > 2 else character)
    return "".join(reversed(shown))


@dataclass(frozen=True, slots=True)
class PhoneDisplay:
    """Shows numbers, or hides all but their last digits."""

    redacts: bool
    ascii_only: bool = False

    def number(self, phone: str) -> str:
        """Show one number."""
        return redacted(phone, ascii_only=self.ascii_only) if self.redacts else phone

    def text(self, text: str) -> str:
        """Show a number, or what people wrote, as a note or a name, in which numbers may occur in any usual spelling.

        Sentences of thrumsg's own are made with `number`, but for those in old entries of the journal.
        """
        if isinstance(text, Phone) or not self.redacts:
            return self.number(text)
        return _NUMBER.sub(lambda found: self.number(found[0]), text)

    def name(self, first_name: str, last_name: str, phone: str) -> str:
        """Show a contact's name, or the number of somebody without one."""
        return full_name(first_name, last_name) or self.number(phone)


IN_FULL = PhoneDisplay(redacts=False)
"""Shows numbers as they are: for sentences that have none, and for tests."""

"""LIKE patterns for the text of a search (`docs/rules.md 3.6`)."""

from __future__ import annotations

import re

from thrumsg_tui.domain.names import digits

_LIKE_A_NUMBER = re.compile(r"[0-9\s+().\u2010-\u2015\u2212\u200e\u200f\u202a-\u202e\u2066-\u2069-]+")
"""Digits and the separators people write between them, with the invisible marks of copied numbers."""

_SHORTEST_TRUNK = 5
"""With more digits than this, a leading 0 is taken for the trunk prefix, which E.164 numbers do not have."""


def containing(text: str) -> str:
    """Return the pattern for text that contains `text` literally; use it with ESCAPE and a backslash."""
    return f"%{literal(text)}%"


def literal(text: str) -> str:
    """Return the part of a pattern that stands for `text` itself; use it with ESCAPE and a backslash."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def number_patterns(text: str) -> dict[str, object]:
    """Return the patterns `number` and `at_home` for stored numbers that contain the digits of `text`.

    Empty unless the whole text looks like a number: "50% off" and "2b" are words. `at_home` is without a leading 0,
    which numbers in national format may have and stored ones do not.
    """
    number = digits(text) if _LIKE_A_NUMBER.fullmatch(text) else ""
    if not number:
        return {}
    at_home = number.lstrip("0") if len(number) > _SHORTEST_TRUNK else ""
    return {"number": f"%{number}%", "at_home": f"%{at_home or number}%"}

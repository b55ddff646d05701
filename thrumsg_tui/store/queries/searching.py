"""What was typed into a search, as the patterns of LIKE (`docs/rules.md 3.6`)."""

from __future__ import annotations

from thrumsg_tui.domain.names import digits

_SHORTEST_TRUNK = 5
"""From more digits than these a leading 0 is taken for the one that is dialled within a country."""


def containing(text: str) -> str:
    """Return the pattern of what contains a text, its own `%` and `_` plain characters; for ESCAPE with a backslash."""
    literal = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{literal}%"


def number_patterns(text: str) -> dict[str, object]:
    """Return the patterns `number` and `at_home` of stored numbers that contain a number's digits; none for words.

    A number as it is written at home may begin with a 0 that the stored one has not.
    """
    number = "" if any(map(str.isalpha, text)) else digits(text)
    if not number:
        return {}
    at_home = number.lstrip("0") if len(number) > _SHORTEST_TRUNK else ""
    return {"number": f"%{number}%", "at_home": f"%{at_home or number}%"}

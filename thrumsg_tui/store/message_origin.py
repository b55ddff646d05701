"""Senders of incoming messages: phone numbers, or other text that a carrier gives (`docs/rules.md 1.5`)."""

from __future__ import annotations

import re
import unicodedata

from thrumsg_tui.domain.storable_text import storable
from thrumsg_tui.store.phones import normalize, require_region

LONGEST_ORIGIN = 100
"""How many characters are kept of a sender that is no number."""

_LONGEST_SHORT_CODE = 6
"""At most this many digits without a country code are a short code, to which no text can be sent."""

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SPELLED = re.compile(r"(?:(?:tel|sms):)?\s*\+{0,2}[\d\s()\[\]./,\u2010-\u2015\u2212-]+", re.IGNORECASE)
_AROUND = " '\"`<>="
"""How people, carriers and spreadsheets write numbers, and the characters they put around them.

Letters, stars and the like are not accepted: the number that they stand for would be a stranger's.
"""


def read_origin(text: str, region: str = "US") -> str:
    """Return the number in E.164 that a message is from, or the sender as given if it is no number.

    Args:
        text: The sender as the carrier gives it.
        region: The country, in two letters, of numbers without a country code.

    Raises:
        ValueError: There is no such region.
    """
    require_region(region)
    visible = "".join(char for char in text if unicodedata.category(char) not in {"Cf", "Mn"}).strip()
    visible = visible.strip(_AROUND)
    short_code = visible.isdigit() and len(visible) <= _LONGEST_SHORT_CODE
    if _SPELLED.fullmatch(visible) and not short_code:
        try:
            return normalize(visible, region).e164
        except ValueError:
            pass  # nobody can text it, but somebody has written from it
    return as_given(text)


def as_given(text: str) -> str:
    """Return a sender that is no number in the form that is stored."""
    return storable(text).strip()[:LONGEST_ORIGIN]


def is_number(sender: str) -> bool:
    """Whether a sender, as returned by `read_origin`, is a phone number."""
    return _E164.fullmatch(sender) is not None

"""Whom an incoming message is from: a phone number, or whatever else a carrier gives (`docs/rules.md 1.5`)."""

from __future__ import annotations

import re
import unicodedata

from thrumsg_tui.domain.storable_text import storable
from thrumsg_tui.store.phones import normalize, require_region

LONGEST_ORIGIN = 100
"""Characters that are kept of a sender that is no number."""

_LONGEST_SHORT_CODE = 6
"""So many digits without a country code are a short code, which nobody can be texted at."""

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SPELLED = re.compile(r"(?:(?:tel|sms):)?\s*\+{0,2}[\d\s()\[\]./,\u2010-\u2015\u2212-]+", re.IGNORECASE)
_AROUND = " '\"`<>="
"""How people, carriers and spreadsheets spell numbers, and what stands around them.

No letters, stars and the like: what they stand for would be a stranger's.
"""


def read_origin(text: str, region: str = "US") -> str:
    """Return the number in E.164 that a message is from, or the sender as given where that is no number.

    `region` says whose numbers are written without a country code; raises ValueError where there is none such.
    """
    require_region(region)
    visible = "".join(each for each in text if unicodedata.category(each) not in {"Cf", "Mn"}).strip()
    visible = visible.strip(_AROUND)
    short_code = visible.isdigit() and len(visible) <= _LONGEST_SHORT_CODE
    if _SPELLED.fullmatch(visible) and not short_code:
        try:
            return normalize(visible, region).e164
        except ValueError:
            pass  # nobody can be texted at it, but somebody has written from it
    return as_given(text)


def as_given(text: str) -> str:
    """Return a sender that is no number as it is kept."""
    return storable(text).strip()[:LONGEST_ORIGIN]


def is_number(sender: str) -> bool:
    """Whether a sender, as `read_sender` returns it, is a phone number."""
    return _E164.fullmatch(sender) is not None

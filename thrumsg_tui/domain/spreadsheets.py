"""Guards text against being read as a spreadsheet formula, and removes the guard (`docs/rules.md 7.5`)."""

from __future__ import annotations

import re

_PHONE = re.compile(r"\+[0-9]{7,15}")  # E.164 has at most 15 digits; fewer than 7 are no phone number
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def guarded(text: str) -> str:
    """Return a text with an apostrophe in front if a spreadsheet would read it as a formula; not a phone number.

    A text that looks guarded already gets another apostrophe, so that `unguarded` restores every text exactly.
    """
    return f"'{text}" if _FORMULA.match(text) and not _PHONE.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Remove the apostrophe that `guarded` adds; any other, as in 't Hooft, belongs to the text."""
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text

"""Keeping spreadsheets from taking text for formulas, and taking that back (`docs/rules.md 7.5`)."""

from __future__ import annotations

import re

_PHONE = re.compile(r"\+[0-9]{7,15}")  # E.164 has at most 15 digits; fewer than 7 are nobody's
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def guarded(text: str) -> str:
    """Put an apostrophe in front of what a spreadsheet would take for a formula, phone numbers left alone.

    A text that looks guarded already gets another one, so that `unguarded` gives every text back as it was.
    """
    return f"'{text}" if _FORMULA.match(text) and not _PHONE.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Take away the apostrophe that `guarded` puts in front; any other, as in 't Hooft, is part of the text."""
    return text[1:] if _GUARDED.match(text) else text

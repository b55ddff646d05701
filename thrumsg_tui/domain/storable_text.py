"""Text that every database can store: without NUL, which PostgreSQL refuses, and without lone surrogates."""

from __future__ import annotations

import re

from thrumsg_tui.domain.errors import Nothing, Refused

_UNSTORABLE = "[\0\ud800-\udfff]"


def _is_plain(text: str) -> bool:
    return text.isascii() and "\0" not in text


def require_storable(*texts: str) -> None:
    """Raise `Refused` if a text that a user entered has a character that cannot be stored."""
    for text in texts:
        if not _is_plain(text) and (unstorable := re.search(_UNSTORABLE, text)):
            name = "a NUL" if unstorable[0] == "\0" else f"half of one (U+{ord(unstorable[0]):04X})"
            raise Refused(
                f"Character {unstorable.start() + 1} of the text is {name}, which cannot be stored: delete it or "
                "write the text again.",
                Nothing.CHANGED,
            )


def storable(text: str) -> str:
    """Return a text that must not be lost, with U+FFFD for each character that cannot be stored."""
    return text if _is_plain(text) else re.sub(_UNSTORABLE, "\ufffd", text)

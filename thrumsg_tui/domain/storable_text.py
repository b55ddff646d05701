"""Text that every database can store: no NUL, which PostgreSQL refuses, and no lone surrogates, which are no text."""

from __future__ import annotations

import re

from thrumsg_tui.domain.errors import Nothing, Refused

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def require_storable(*texts: str) -> None:
    """Raise `Refused` if any of the texts that somebody entered has a character that cannot be stored."""
    for text in texts:
        if unstorable := _UNSTORABLE.search(text):
            name = "a NUL" if unstorable[0] == "\0" else f"half of one (U+{ord(unstorable[0]):04X})"
            raise Refused(
                f"Character {unstorable.start() + 1} of the text is {name}, which cannot be stored: delete it or "
                "write the text again.",
                Nothing.CHANGED,
            )


def storable(text: str) -> str:
    """Replace what cannot be stored by U+FFFD, in text that must not be lost."""
    return _UNSTORABLE.sub("\ufffd", text)

"""Text of which nothing can be seen, and which is therefore empty for whoever gets it (`docs/rules.md 3.18`)."""

from __future__ import annotations


def is_blank(text: str) -> bool:
    """Return whether a text has nothing but spaces, line breaks, controls and characters that cannot be seen."""
    return all(map(_shows_nothing, text))


def _shows_nothing(character: str) -> bool:
    if character.isascii():
        return not "!" <= character <= "~"
    from thrumsg_tui.domain.name_cells import is_invisible  # seldom needed

    return character.isspace() or character <= "\x9f" or is_invisible(character)

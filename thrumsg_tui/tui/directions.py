"""Keeps text from right to left in its place, where the terminal reorders it, as those of GNOME do.

Such a terminal reorders whole rows of the screen. A number that follows a Hebrew name would go to the left of the name,
and an Arabic text in the list would change places with one in the thread beside it. An invisible mark from left to
right ends what is reordered. It stands on a space, since some terminals draw a letter with a mark differently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

MARK = "\u200e"

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
"""The letters of all scripts that are written from right to left, with their digits and marks."""


def is_right_to_left(text: str) -> bool:
    """Return whether any of a text is written from right to left."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def kept_apart(texts: Sequence[str]) -> Iterator[str]:
    """Add a mark after each of some texts in a row that is written from right to left."""
    is_open = False
    for text in texts:
        begun = _marked(text, 0) if is_open and text else text
        is_open = is_open and not text
        if is_right_to_left(begun):
            end = len(begun.rstrip(" "))
            is_open = end == len(begun)
            begun = begun if is_open else _marked(begun, end)
        yield begun


def _marked(text: str, place: int) -> str:
    """Put a mark at a place of a text, or behind the space that is there."""
    place += text[place] == " "
    return text[:place] + MARK + text[place:]


def place_of_mark(cells: Sequence[str]) -> int | None:
    """Return the index of the cell that needs a mark, so that what follows the cells in the row stays there.

    Args:
        cells: The characters in the cells, with what combines with them.
    """
    last = next((index for index in reversed(range(len(cells))) if _is_strong(cells[index])), None)
    if last is None or MARK in cells[last] or not is_right_to_left(cells[last]):
        return None
    after = range(last + 1, len(cells))
    end = max((index for index in after if cells[index].isdecimal()), default=last)
    return next((index for index in range(end + 1, len(cells)) if cells[index] == " "), len(cells) - 1)


def _is_strong(cell: str) -> bool:
    return MARK in cell or cell[:1].isalpha()


def draws_marks(environment: Mapping[str, str]) -> bool:
    """Return whether the terminal draws the mark, which is to be invisible; it reorders nothing either."""
    return environment.get("TERM", "").startswith("alacritty") or "ALACRITTY_WINDOW_ID" in environment

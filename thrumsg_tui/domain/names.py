"""Names and numbers in comparable form, for search and sorting."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

_Row = TypeVar("_Row")

# Letters that Unicode does not decompose, and apostrophes and a hyphen that nobody types in a search.
_PLAIN_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "ŧ": "t",
        "ŋ": "n",
        "ĸ": "k",
        "ƀ": "b",
        "ƶ": "z",
        "ǥ": "g",
        "ɨ": "i",
        "ʉ": "u",
        "ɍ": "r",
        "ɏ": "y",
        "ɉ": "j",
        "ɇ": "e",
        "ȼ": "c",
        "ⱥ": "a",
        "\u2018": "'",
        "\u2019": "'",
        "\u02bb": "'",
        "\u02bc": "'",
        "\u2010": "-",
    }
)


def fold(text: str) -> str:
    """Return `text` without case, accents and superfluous whitespace (`docs/rules.md 3.5`, `3.6`). Idempotent."""
    if not text.isascii():
        # Folding the case can give letters that decompose again.
        decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        bare = "".join(character for character in decomposed if not unicodedata.combining(character))
        text = bare.translate(_PLAIN_LETTERS)
    return " ".join(text.casefold().split())


def search_rows(rows: Iterable[_Row], search: str, text_of: Callable[[_Row], str]) -> list[_Row]:
    """Return the rows that a search finds, in their order.

    Args:
        rows: The rows to search.
        search: The text as typed; case, accents and superfluous whitespace do not matter. Empty finds all rows.
        text_of: Returns the text of a row that is searched.
    """
    wanted = fold(search)
    return [row for row in rows if wanted in fold(text_of(row))] if wanted else list(rows)


def full_name(first: str, last: str) -> str:
    """Return first and last name with one space between; either may be empty."""
    return f"{first.strip()} {last.strip()}".strip()


def digits(text: str) -> str:
    """Return only the ASCII digits of `text`, for the search by phone number (`docs/rules.md 3.6`)."""
    return "".join(character for character in text if "0" <= character <= "9")

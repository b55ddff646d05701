"""Names in imported files: invisible characters, and entries that stand for no name (`docs/rules.md 9.1`)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LAST_LATIN = 0x24F
_FIRST_IDEOGRAPH = "\u2e80"
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_NOTHING = """
    null (null) <null> [null] none (none) n/a n.a n.a. <na> undefined unknown (unknown) (blank) [blank] (empty) [empty]
    <nil> (nil)
    """
_NO_NAMES = frozenset(_NOTHING.split())
_SIGNS = frozenset(name for name in _NO_NAMES if not name.isalpha())
_NO_NAME_AS_WRITTEN = frozenset({"NaN", "nan", "NA", "nil", "FNU", "\\N"})
"""FNU is what registers write where the first name is unknown."""
_PHRASES = frozenset(
    {
        "no name", "no first name", "none given", "not available", "not given", "not known", "not provided",
        "name unknown", "first name unknown",
    }
)  # fmt: skip
_ERROR = re.compile(r"#[\u00a1\u00bf]?[^\W\d_][^a-z]*|Err:\d+")
"""A spreadsheet's error value, in any language: #N/A, #VALEUR!, #\u00a1REF!, Err:502."""
_QUOTES = " '\"`"
_NO_LAST_NAMES = frozenset({"Null", "None", "NA"})


def is_invisible(character: str) -> bool:
    """Return whether a character is a format character, a variation selector, a filler or a blank that looks empty."""
    return unicodedata.category(character) == "Cf" or character in _BLANKS or _is_selector(character)


def is_unseen(character: str) -> bool:
    """Return whether a character is invisible, a control, or for private use, so that no name needs it."""
    return is_invisible(character) or unicodedata.category(character) in {"Cc", "Co"}


@lru_cache(maxsize=10_000)
def stands_for_none(name: str, *, last: bool = False) -> bool:
    """Return whether a whole cell says that there is no name, such as "n/a" or "#N/A" (`docs/rules.md 9.1`).

    "Null", "Nan" and "Na" with a capital first letter are names.

    Args:
        name: The cell.
        last: Whether it is a last name; then "None" and "NA" are names, too.
    """
    if last and name in _NO_LAST_NAMES:
        return False
    if name.isalnum():
        return name in _NO_NAME_AS_WRITTEN or (name != "Null" and name.lower() in _NO_NAMES)
    bare = name.strip(_QUOTES)
    if " ".join(bare.lower().split()) in _PHRASES:
        return True
    if _ERROR.fullmatch(bare) or bare in _NO_NAME_AS_WRITTEN or "".join(bare.lower().split()) in _SIGNS:
        return True
    if not any(unicodedata.category(character)[0] in "LN" or _is_picture(character) for character in name):
        return True
    words = bare.split()
    return (len(words) > 1 or bare != name) and all(stands_for_none(word, last=last) for word in words)


def given_name(text: str) -> str:
    """Return a name from a file without invisible characters that have no effect (`docs/rules.md 9.1`).

    These stay: joiners between joined letters, direction overrides, other direction controls inside a name (marks only
    in right-to-left scripts), and selectors of a character's form. Every kind of space and line break becomes a plain
    space. Idempotent.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    while (shorter := _seen(text)) != text:
        text = shorter
    return text


def _seen(text: str) -> str:
    plain = "".join(" " if character.isspace() else character for character in text).strip()
    return "".join(
        character for place, character in enumerate(plain) if not is_unseen(character) or _does_something(plain, place)
    )


def _does_something(text: str, place: int) -> bool:
    """Return whether an invisible character changes the look of its neighbours in a name."""
    character = text[place]
    before, after = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
    match unicodedata.category(character):
        case "Cf" if character in "\u200c\u200d":
            return bool(before and after) and ord(before) > _LAST_LATIN < ord(after)
        case "Cf" if "\U000e0020" <= character <= "\U000e007f":  # the letters of a flag
            return before == "\U0001f3f4" or "\U000e0020" <= before <= "\U000e007e"
        case "Cf" if unicodedata.bidirectional(character) != "BN":
            return _turns(text, character, inside=bool(before and after))
        case _:
            return bool(before) and _takes_selector(before, character)


def _turns(text: str, control: str, *, inside: bool) -> bool:
    """Return whether a direction control has an effect; with an override in the text, all do (`docs/rules.md 7.4`)."""
    if "\u202d" in text or "\u202e" in text:
        return True
    letters = (letter for letter in text if not is_invisible(letter))
    is_mark = control in "\u200e\u200f\u061c"
    return inside and (not is_mark or any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in letters))


def _takes_selector(before: str, selector: str) -> bool:
    if selector in "\u180b\u180c\u180d\u180f":
        return "\u1820" <= before <= "\u18aa"
    return _is_selector(selector) and (_is_picture(before) or before >= _FIRST_IDEOGRAPH)


def _is_picture(character: str) -> bool:
    return unicodedata.category(character) == "So" and character not in _BLANKS


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"

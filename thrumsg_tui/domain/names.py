"""People's names and numbers, made comparable."""

import unicodedata

# Letters that Unicode does not decompose, and the apostrophes and hyphen that nobody types in a search.
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

_LAST_LATIN = 0x24F
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")


def fold(text: str) -> str:
    """Return `text` without case, accents and superfluous whitespace, for search and sorting.

    Folding twice changes nothing. Source: `docs/rules.md 3.5, 3.6`.
    """
    if not text.isascii():
        # Folding the case can yield letters that decompose again.
        decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        bare = "".join(character for character in decomposed if not unicodedata.combining(character))
        text = bare.translate(_PLAIN_LETTERS)
    return " ".join(text.casefold().split())


_NO_NAMES = frozenset("null (null) <null> [null] none (none) n/a n.a. <na> undefined unknown (blank) nat".split())
_NO_NAME_AS_WRITTEN = frozenset({"NaN", "nan", "NA", "\\N"})
_NO_LAST_NAMES = frozenset({"Null", "None", "NA"})


def stands_for_none(name: str, *, last: bool = False) -> bool:
    """Whether a whole cell is what programs and people write where there is no name (`docs/rules.md 9.1`).

    Null, Nan and Na, written as a name is, are names; as last names None and NA are too.
    """
    if last and name in _NO_LAST_NAMES:
        return False
    if name in _NO_NAME_AS_WRITTEN or (name != "Null" and name.lower() in _NO_NAMES):
        return True
    error = name.startswith("#") and name.endswith(("!", "?", "A"))  # of a spreadsheet: #REF!, #NAME?, #N/A
    return error or not any(unicodedata.category(each)[0] in "LN" or _is_picture(each) for each in name)


def given_name(text: str) -> str:
    """Return a name as a file gives it, without what is not seen and does nothing (`docs/rules.md 9.1`).

    Joiners between letters that are joined, marks of direction among letters of both, and the selectors of a
    character's form stay; every other space becomes a plain one. Doing it twice changes nothing.
    """
    if text.isascii():
        return text.strip()
    while (shorter := _seen(text)) != text:
        text = shorter
    return text


def _seen(text: str) -> str:
    plain = "".join(" " if unicodedata.category(each) == "Zs" else each for each in text).strip()
    kept = (each for place, each in enumerate(plain) if not is_invisible(each) or _does_something(plain, place))
    return "".join(kept)


def _does_something(text: str, place: int) -> bool:
    """Whether an invisible character changes how its neighbours in a name look."""
    character = text[place]
    before, after = text[:place][-1:], text[place + 1 :][:1]
    match unicodedata.category(character):
        case "Cf" if character in "\u200c\u200d":
            joined = bool(before and after) and ord(before) > _LAST_LATIN < ord(after)
            return joined and not before.isspace() and not after.isspace()
        case "Cf" if "\U000e0020" <= character <= "\U000e007f":  # the letters of a flag
            return before == "\U0001f3f4" or "\U000e0020" <= before <= "\U000e007e"
        case "Cf" if unicodedata.bidirectional(character) != "BN":
            inside = bool(before and after)
            letters = (each for each in text if not is_invisible(each))
            overrides = character not in "\u200e\u200f\u061c"
            return inside and (overrides or any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in letters))
        case _:
            return bool(before) and _takes_selector(before, character)


def _takes_selector(before: str, selector: str) -> bool:
    if selector in "\u180b\u180c\u180d\u180f":
        return "\u1820" <= before <= "\u18aa"
    return unicodedata.category(selector) == "Mn" and selector != "\u034f" and (_is_picture(before) or "\u2e80" <= before)


def _is_picture(character: str) -> bool:
    return unicodedata.category(character) == "So" and character not in _BLANKS


def full_name(first: str, last: str) -> str:
    """Return first and last name as they were written, with one space between, either may be empty."""
    return f"{first.strip()} {last.strip()}".strip()


def digits(text: str) -> str:
    """Return only the ASCII digits of `text`, for the search by phone number (`docs/rules.md 3.6`)."""
    return "".join(character for character in text if "0" <= character <= "9")


def is_invisible(character: str) -> bool:
    """Whether a character takes no room by itself: a format character, a variation selector, a filler or a blank."""
    return unicodedata.category(character) == "Cf" or character in _BLANKS or _is_selector(character)


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"

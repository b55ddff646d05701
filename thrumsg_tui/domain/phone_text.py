"""Reads a phone number as people, pages and spreadsheets write it (`docs/rules.md 9.2`).

A text that can be read as more than one number is refused, since a wrong number is a stranger's.
"""

from __future__ import annotations

import re
import unicodedata

from thrumsg_tui.domain.name_cells import is_invisible
from thrumsg_tui.domain.names import fold

_TELEPHONES = """
    tel telephone telefon telefono telefone phone ph fon cell cellular cellphone cel celular mobile mobil mob mbl movil
    telemovel handy portable gsm m c p t home h work w main primary preferred contact number numero no num nr call
    callto text sms txt whatsapp
    """
_LABELS = frozenset(_TELEPHONES.split())
"""Words for a telephone or its number, folded; they are ignored in front of a number."""

_LOOKS = str.maketrans(
    "\u00b7\u2024\u2027\u30fb\uff0e\uff0f\u2044\u2215\uff08\uff09\uff0b\ufe62\uff03\u2212\u2043\u02d7\u2018\u2019\uff07\u201c\u201d",
    "...../" + "//()++#---'''\"\"",
)
"""Lookalikes of the punctuation in numbers, apart from the dashes that Unicode classifies as such."""

_USUAL = re.compile(r"(?:\+|\+?1[ .-]?)?(?:\([0-9]{3}\) ?|[0-9]{3}[ .-]?)[0-9]{3}[ .-]?[0-9]{4}")
"""The spelling of most numbers, from which only the digits are taken."""
_DIGITS_AND_PLUS = frozenset("0123456789+")
_SCIENTIFIC = re.compile(r"[\d.,]+ ?(?:e|[x*\u00d7] ?10)[ ^+-]*\d+ *", re.IGNORECASE)
_FORMULA = re.compile(r'="?([^"]*)"?')
_WHOLE = re.compile(r"\d{7,}[.,]00?|\d{10,}[.,]0+|.*\d{4}[.,]00?")
"""A whole number with a fraction of zero, as spreadsheets write it."""
_THOUSANDS = re.compile(r"(\d{1,3}(?:,\d{3})+)(?:\.0+)?")
_FRACTION = re.compile(r"\d{7,}[.,]\d{1,3}|(?!0|1[.,]\d{10}$)\d{1,3}[.,]\d{8,}")
"""Not a number with one separator: those have 3 and 7 digits, or 6 and 4, or begin with 0 or 1."""
_BROKEN = re.compile(r"-\d+[.,]\d+|-?[.,]\d+")
"""A negative number with a fraction, or a fraction without a whole part."""
_NOT_TO_TEXT = re.compile(
    r"\b(?:(?:no|do not|don't|dont|never) (?:text|txt|sms|call|contact|whatsapp)"
    r"|dnc|stop|opt(?:ed)?[ -]?out|unsub(?:scribed?)?)\b",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"""
    [\s,;.(-]* (?<![^\W\d_])
    (?: (?:extension|extensi\u00f3n|ext|extn|xtn|poste|anexo|interno|int|durchwahl|dw|\u0434\u043e\u0431)
    [\s.:=\#]* \d* | [x\#] [\s.:=\#]* \d+ ) [\s).]* $
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BETWEEN_NUMBERS = re.compile(r"[,;|&/]|\b(?:or|and|y|o|ou|et|und|oder)\b", re.IGNORECASE)
_MASKED = re.compile(r"\u2022{2}|([^\d\s-])\1{2}|-{4}")
_HIDDEN_END = re.compile(r"\d[^\d\w]*(?:([^\d\s]) ?\1|[^\d\s] ?[^\d\s] ?[^\d\s])\s*$")
_LETTERS = re.compile(r"[^\W\d_](?:.*[^\W\d_])?", re.DOTALL)
_PLUS = re.compile(r"\+[\s(.-]*$")
_ALLOWED = frozenset("0123456789 -.()[]/\u2022")
_HAS_FRACTION = "is a number with a fraction, not a phone number"
_FEWEST = 7
_FULL = 10
_MOST = 15  # E.164


def without_wish(text: str) -> str:
    """Return the text of a number without words that say that it is not to be texted or called."""
    return _NOT_TO_TEXT.sub("", text).strip(" ()")


def number_in(text: str) -> str:
    """Return the digits of the number in a text, with `+` in front if it has its country code.

    Raises:
        ValueError: With the end of a sentence that begins with the text, if it is not exactly one number.
    """
    if _USUAL.fullmatch(text):
        return "".join(filter(_DIGITS_AND_PLUS.__contains__, text))
    plain = _plain(text)
    if formula := _FORMULA.fullmatch(plain):
        plain = formula[1].strip()
    plain = plain.strip("\"'`")
    start = next((place for place, character in enumerate(plain) if character in "0123456789"), len(plain))
    label, number = plain[:start], plain[start:].strip()
    if not number:
        raise ValueError("is not a phone number")
    international = _PLUS.search(label) is not None
    _require_label(label, international=international)
    if _BROKEN.fullmatch(plain):
        raise ValueError(_HAS_FRACTION)
    return ("+" if international else "") + _digits(number)


def _plain(text: str) -> str:
    """Replace digits, spaces, dashes and punctuation of any script by the plain ones; drop invisible characters."""
    if text.isascii():
        return " ".join(text.split())
    kept = []
    for character in text.translate(_LOOKS):
        category = unicodedata.category(character)
        if category == "Nd":
            kept.append(str(unicodedata.decimal(character)))
        elif character.isspace():
            kept.append(" ")
        elif category == "Pd":
            kept.append("-")
        elif not is_invisible(character) and character != "\u20e3":  # the keycap around a digit
            kept.append(character)
    return " ".join("".join(kept).split())


def _require_label(label: str, *, international: bool) -> None:
    """Raise ValueError unless the text in front of the digits can be ignored."""
    if _NOT_TO_TEXT.search(fold(label)):
        raise ValueError("says that it is not to be texted or called: opt it out instead")
    words = re.findall(r"[^\W\d_]+", fold(label))
    if any(word in {"x", "ext", "extension"} for word in words):
        raise ValueError("has an extension, and an extension cannot be texted")
    if not international and (odd := [word for word in words if word not in _LABELS]):
        raise ValueError(f"has letters in front, {' '.join(odd)!r}, that are no word for a telephone")
    if odd_digits := [sign for sign in label if unicodedata.category(sign) in {"No", "Nl"}]:
        raise ValueError(f"has {odd_digits[0]!r} in it, which no phone number has")
    if set(label) & set("?_") or re.search(r"([^\w\s+])\1", label) or ("+" in label and not international):
        raise ValueError("has digits hidden, so nobody can tell which number it is")


def _digits(number: str) -> str:
    """Return the digits of a text that begins with one; raise ValueError if it is not exactly one number."""
    if _SCIENTIFIC.fullmatch(number):
        raise ValueError("is in a spreadsheet's scientific notation, which has lost digits: format the column as text")
    number = _without_zeros(number)
    if (grouped := _THOUSANDS.fullmatch(number)) and _count(grouped[1]) >= _FEWEST:
        return grouped[1].replace(",", "")
    if _FRACTION.fullmatch(number):
        raise ValueError(_HAS_FRACTION)
    if (extension := _EXTENSION.search(number)) and _count(number[: extension.start()]) >= _FEWEST:
        raise ValueError("has an extension, and an extension cannot be texted")
    if _holds_several(number):
        raise ValueError("holds more than one number: keep one in the cell")
    if letters := _LETTERS.search(number):
        raise ValueError(f"has letters in it, {letters[0]!r}, and letters are never dialled")
    body = number.rstrip(" .,;:)-/]\"'")
    if _MASKED.search(number) or _HIDDEN_END.search(number):
        raise ValueError("has digits hidden, so nobody can tell which number it is")
    if odd := sorted(set(body) - _ALLOWED):
        raise ValueError(f"has {odd[0]!r} in it, which no phone number has")
    return "".join(filter(str.isdigit, body))


def _without_zeros(number: str) -> str:
    """Remove the `.0` that a spreadsheet has put behind a number."""
    whole = re.split(r"[.,]0+\Z", number)[0]
    enough = _FEWEST if whole.isdigit() else _FULL
    return whole if _WHOLE.fullmatch(number) and _count(whole) >= enough else number


def _holds_several(number: str) -> bool:
    parts = _BETWEEN_NUMBERS.split(number)
    if any(_count(part) >= _FEWEST and any(map(_count, parts[after:])) for after, part in enumerate(parts, start=1)):
        return True
    return "+" in number or (_count(number) > _MOST and " " in number)


def _count(text: str) -> int:
    return sum(map(str.isdigit, text))

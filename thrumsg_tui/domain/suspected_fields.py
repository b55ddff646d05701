"""Finds text that looks like a field, but is not and would be sent as it stands (`docs/rules.md 7.1`).

Every texting tool writes its fields in its own way, and people mistype ours. Brackets and signs have many uses in a
text, so something is suspected only if its words mean a field, or if it can be nothing else, such as `{{county}}`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from thrumsg_tui.domain.field_meanings import is_ordinary, meant_by, names_other_field
from thrumsg_tui.domain.fields import FIELD, misspelt_fields
from thrumsg_tui.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class SuspectedField:
    """Text that looks like a field."""

    written: str
    """The text, with its signs."""
    meant: str | None
    """The code of the field that is probably meant, if any."""
    blocks: bool = False
    """Whether it stands between percent signs, so that the text cannot be sent."""

    @property
    def sentence(self) -> str:
        """The sentence for the author of the text."""
        if self.blocks:
            return f"{self.written} is not a field, so it cannot be sent: %{self.meant}% was probably meant."
        if self.meant:
            return f"{self.written} looks like a field; %{self.meant}% was probably meant."
        return f"{self.written} looks like a field, and would be sent as it stands."


_TEMPLATES = (
    r"\{\{\{?[\s!#^/&=@$~]*(\w[^{}\n]{0,80}?)\s*\}?\}\}",
    r"[$#@%]\{\s*([^\W\d][^{}\n]{0,60}?)\s*\}|\{!\s*([^\W\d][^{}\n]{0,60}?)\s*\}",
    r"\{%-?\s*([^\W\d][^{}%\n]{0,60}?)\s*-?%\}|<%[=-]?\s*([^\W\d][^<>%\n]{0,60}?)\s*-?%>",
    r"\*\|\s*([^\W\d][^|*\n]{0,60}?)\s*\|\*",
    r"\[\[\s*([^\W\d][^\[\]\n]{0,60}?)\s*\]\]|<<\s*([^\W\d][^<>\n]{0,60}?)\s*>>",
)
"""The notations of templates, which have no other use."""

_BRACKETS = (
    r"\{\s*([^\W\d][^{}\n]{0,60}?)\s*\}",
    r"\[\s*([^\W\d][^\[\]\n]{0,60}?)\s*\]",
    r"<\s*([^\W\d][^<>\n]{0,60}?)\s*>",
    r"«\s*([^\W\d][^«»\n]{0,60}?)\s*»",
    r"&(?:lt|#60|#123|#91);\s*([^\W\d][\w .-]{0,60}?)\s*&(?:gt|#62|#125|#93);",
)
"""Ordinary brackets, which make a field only if they contain the name of one."""

_SIGNS = (
    r"%\(\s*([^\W\d][\w .-]{0,40}?)\s*\)s?",
    r"(?<![\w])([#$~^|!&:*@-])\1?([^\W\d_][\w .]{0,40}?)\1\1?(?!\w)",
    r"(?<!\w)(?:__)([^\W\d_]\w{0,40}?)(?:__)(?!\w)",
    r"&([^\W\d_][\w.]{0,40}?);",
    r"(?:&#37;|%25)\s*([^\W\d][\w .-]{0,40}?)\s*(?:&#37;|%25)",
    r"(?i:\(\s*((?:first|last|sender(?: first| last)?) ?name)\s*\))",
    r"(?i:(?<!\w)%((?:sender )?(?:first|last) name)\b|\b((?:sender )?(?:first|last) name)%)",
)
"""The same sign on both sides, or a percent sign on one, which make a field only with a field's code."""

_WRAPPED = r"\{\s*\{?\s*%([^\W\d]\w*)%\s*\}?\s*\}|\[\s*\[?\s*%([^\W\d]\w*)%\s*\]?\s*\]|<\s*%([^\W\d]\w*)%\s*>"
"""One of our fields in another tool's brackets, which would stay in the message."""

_CODE = r"(?<![\w/.?&=@-])([%$@#:{\[<*]{0,2})([^\W\d]\w*)([%$}\]>*]{0,2})(?![\w/=]|[.@]\w)"
_WRITTEN_TOGETHER = (
    r"[a-z]+(?:[A-Z][a-z]*)+|[fl]name|(?:first|last)name|[FL]NAME|(?:FIRST|LAST)NAME"
    r"|(?:First|Last)[Nn]ame"
)
"""Spellings without an underscore that can only mean a field."""


def suspected_fields(text: str, known: Collection[str]) -> tuple[SuspectedField, ...]:
    """Return what looks like a field but is not, distinct, in order of appearance.

    Args:
        text: A script or a message.
        known: The codes of the contacts' fields.
    """
    found: dict[int, SuspectedField] = {}
    rest = text
    for place, blocking in _percent_signs(text, known):
        found[place] = blocking
        rest = _blank(rest, place, place + len(blocking.written))
    for match in re.finditer(_WRAPPED, rest):
        if (code := _inside(match).lower()) in known:
            found[match.start()] = SuspectedField(match[0], code)
    rest = FIELD.sub(lambda field: " " * len(field[0]), rest)
    for pattern in (*_TEMPLATES, *_BRACKETS, *_SIGNS):
        for match in re.finditer(pattern, rest):
            if suspected := _judged(match, known, pattern):
                found[match.start()] = suspected
                rest = _blank(rest, match.start(), match.end())
    for match in re.finditer(_CODE, rest):
        if meant := _bare(match, known):
            found[match.start()] = SuspectedField(match[0], meant)
    return tuple(dict.fromkeys(found[place] for place in sorted(found)))


def _percent_signs(text: str, known: Collection[str]) -> Iterator[tuple[int, SuspectedField]]:
    """Yield what stands between percent signs and means another field, each with its offset."""
    rest = text
    for place, written, meant in misspelt_fields(text, known):
        rest = _blank(rest, place, place + len(written))
        yield place, SuspectedField(written, meant, blocks=True)
    for field in FIELD.finditer(rest):
        if field[1].lower() not in known and (code := meant_by(field[1], known)):
            yield field.start(), SuspectedField(field[0], code, blocks=True)


def _judged(match: re.Match[str], known: Collection[str], pattern: str) -> SuspectedField | None:
    words = _inside(match)
    if pattern in _SIGNS:
        code = None if is_ordinary(words) else meant_by(words, known, exactly=True)
        compound = code in known and "_" not in str(code) and match[0][0] not in "%&("
        return SuspectedField(match[0], code) if code and not compound else None
    code = meant_by(words, known)
    if code or pattern in _TEMPLATES or names_other_field(words):
        return SuspectedField(match[0], code)
    return None


def _bare(match: re.Match[str], known: Collection[str]) -> str | None:
    """Return the field that a code without both percent signs means; with one sign, it may be any known code."""
    before, code, after = match.groups()
    if "_" in code.strip("_") or re.fullmatch(_WRITTEN_TOGETHER, code):
        return meant_by(code, known, exactly=not before)
    if before == "$" and not after and (meant := meant_by(code, (), exactly=True)):  # $name, as programs write it
        return meant
    one_sign = before == "%" and not after
    return code.lower() if one_sign and code.lower() in known else None


def _inside(match: re.Match[str]) -> str:
    return next(group for group in reversed(match.groups()) if group is not None)


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]

"""Finds and fills the fields of a script, such as `%first_name%`."""

import re
from collections.abc import Collection, Iterator, Mapping
from json.encoder import encode_basestring_ascii as quoted

from thrumsg_tui.domain.field_meanings import is_ordinary, meant_by
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import fold

# Letters of any alphabet, so that a field without a value blocks the send instead of leaving as text.
FIELD = re.compile(r"%([^\W\d]\w*)%")
_PERCENT = "[%\uff05\ufe6a\u066a]"
_UNSEEN = "\u200b-\u200f\u2060\ufeff\u00ad"
_MISSPELT = re.compile(rf"{_PERCENT}(\s*[^\W\d][\w .:\-\u2010-\u2015{_UNSEEN}]{{0,60}}?){_PERCENT}")
"""A field with spaces or other signs in it, or between other kinds of percent signs."""

_DOUBLED = re.compile(r"(?<![%\w])%%+([^\W\d]\w*)%%+(?![%\w])")
_NOT_IN_A_CODE = re.compile(r"[^a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A script with its fields filled in, and the fields that could not be.

    Each of these is distinct, in order of appearance, and still in `text` as it was written.
    """

    text: str
    missing: tuple[str, ...]
    """The codes of known fields without a value."""
    unknown: tuple[str, ...]
    """The codes that no known field has."""
    misspelt: tuple[str, ...] = ()
    """What stands between percent signs and means a known field, with the percent signs."""

    @property
    def complete(self) -> bool:
        """Whether every field has a value, so that the text may be sent."""
        return not self.unresolved

    @property
    def unresolved(self) -> tuple[str, ...]:
        """The fields that are left in the text, with their percent signs."""
        return (*(f"%{code}%" for code in self.unknown), *self.misspelt, *(f"%{code}%" for code in self.missing))


def field_names(text: str) -> tuple[str, ...]:
    """Return the lower-case codes of the fields in `text`, distinct, in order (`docs/rules.md 7.1`)."""
    return tuple(dict.fromkeys(code.lower() for code in FIELD.findall(text)))


def render(template: str, values: Mapping[str, str], known: Collection[str] = ()) -> Rendered:
    """Fill in the fields of a script (`docs/rules.md 7.1`).

    It takes one pass, so a field in a value is never filled in. If two fields share a percent sign (`%a%b%`), the left
    one counts.

    Args:
        template: The script.
        values: The contact's values by lower-case code; a blank value counts as missing.
        known: Further codes, by which a misspelt field is recognised.
    """
    missing: dict[str, None] = {}
    unknown: dict[str, None] = {}

    def filled(field: re.Match[str]) -> str:
        code = field[1].lower()
        value = values.get(code)
        if value is None:
            unknown[code] = None
        elif not value.strip():
            missing[code] = None
        else:
            return value
        return field[0]

    text = FIELD.sub(filled, template)
    misspelt = dict.fromkeys(written for _, written, _ in misspelt_fields(template, {*values, *known}))
    return Rendered(text, tuple(missing), tuple(unknown), tuple(misspelt))


def may_be_misspelt(text: str) -> bool:
    """Return whether something between percent signs is not a field, but may mean one."""
    return bool(_MISSPELT.search(FIELD.sub(_blank, text)) or _DOUBLED.search(text))


def misspelt_fields(text: str, known: Collection[str]) -> Iterator[tuple[int, str, str]]:
    """Find misspelt fields, such as `%first name%`.

    Args:
        text: A script or a message.
        known: The codes of the contacts' fields.

    Yields:
        The offset of the first percent sign, the text as written with its percent signs, and the code that is meant.
    """
    for match in _DOUBLED.finditer(text):
        if code := meant_by(match[1], known, exactly=True):
            yield match.start(), match[0], code
    for match in _MISSPELT.finditer(FIELD.sub(_blank, text)):
        words = match[1]
        code = meant_by(words, known, exactly=True)
        after_a_figure = text[: match.start()][-1:].isalnum()
        evenly = words[:1].isspace() == words[-1:].isspace() and not after_a_figure
        if code and (evenly or ("_" in code and not is_ordinary(words))):
            yield match.start(), match[0], code


def _blank(field: re.Match[str]) -> str:
    return " " * len(field[0])


def field_code(header: str) -> str:
    """Return the field code for a column header: "Polling Location" gives `polling_location`.

    Letters lose their accents, and each run of other characters becomes one underscore, none at the ends. The code is
    never empty and never starts with a digit. Two headers can have the same code (`docs/rules.md 7.1`, `9.1`).
    """
    words = _NOT_IN_A_CODE.sub(" ", fold(header)).strip()
    code = words.replace(" ", "_")
    return f"_{code}" if not code or code[0].isdigit() else code


def no_value(written: str) -> str:
    """Return the beginning of a sentence that says why a known field is empty."""
    if written.lower() == "%organization%":
        return f"{written} has no value, since the organization has no name in the settings"
    return f"{written} has no value for this contact"


def stored_fields(values: Mapping[str, str]) -> str:
    """Return values by code as the JSON that is stored: that of `json.dumps`, which makes an encoder each time."""
    return f"{{{', '.join([f'{quoted(code)}: {quoted(value)}' for code, value in values.items()])}}}"

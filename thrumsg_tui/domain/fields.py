"""Fields such as `%first_name%` in a script: finding them and filling them in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from thrumsg_tui.domain.names import fold

# Letters of any alphabet: a word that nobody can fill must block the send, not slip through as text.
_FIELD = re.compile(r"%([^\W\d]\w*)%")
_NOT_IN_A_CODE = re.compile(r"[^a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A script with its fields filled in, and the codes of those that could not be.

    `missing` are known fields without a value, `unknown` the others; both distinct, in order of
    appearance, and still in `text` as they were written.
    """

    text: str
    missing: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every field found a value, so that the text may be sent."""
        return not self.missing and not self.unknown


def field_names(text: str) -> tuple[str, ...]:
    """Return the lower-case codes of the fields in `text`, distinct, in order (`docs/rules.md 7.1`)."""
    return tuple(dict.fromkeys(code.lower() for code in _FIELD.findall(text)))


def render(template: str, values: Mapping[str, str]) -> Rendered:
    """Fill the fields of `template` from `values`, keyed by lower-case code (`docs/rules.md 7.1`).

    One pass: a value goes in as it is, and is never expanded. Where two readings share a percent sign
    (`%a%b%`) the left one counts.
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

    text = _FIELD.sub(filled, template)
    return Rendered(text, tuple(missing), tuple(unknown))


def field_code(header: str) -> str:
    """Return the field code for a column header: "Polling Location" is `polling_location`.

    Accents fold, each run of other characters becomes one underscore (none at the ends). The code is
    never empty and never starts with a digit. Two headers can get the same code (`docs/rules.md 7.1, 9.1`).
    """
    words = _NOT_IN_A_CODE.sub(" ", fold(header)).strip()
    code = words.replace(" ", "_")
    return f"_{code}" if not code or code[0].isdigit() else code

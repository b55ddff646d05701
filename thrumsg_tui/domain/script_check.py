"""Checks of a script before thousands of people get it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from thrumsg_tui.domain.fields import Rendered, field_names
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.lookalikes import find_lookalikes
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.segments import Encoding, Segmentation, measure, why_too_long
from thrumsg_tui.domain.suspected_fields import suspected_fields

_MOST_SHOWN = 5

_WORD = (
    r"(?:stop ?all|stop|unsubscribe|unsub|cancelar|cancel|end|quit|revoke|opt[ -]?out|alto|parar|baja|arreter|arret)"
)
"""Words that opt out a contact who sends them (`docs/rules.md 5.3`)."""

_TELLS = (
    r"(?:reply|respond|text|txt|send|write|type|answer|say|responde|responda|envie|envia|escribe|escriba|manda"
    r"|repondez|envoyez|textez|texter)"
)
_BETWEEN = r"(?: (?:back|us|with|the|word|to us|con|la|palabra|le|mot))*"
_GOES_ON = r"(?=$|[^\w' ]|'(?!\w)|\W* (?:to|2|for|if|and|or|at|any ?time|now|para|pour|y|o)\b| ?[=2])"
_WAY_OUT = re.compile(
    rf"\b{_TELLS}{_BETWEEN}:? ?[^\w\s]?{_WORD}{_GOES_ON}"
    rf"|\b{_WORD}[^\w\s]? ?(?:to|2|=|:|for) ?(?:{_WORD}|leave|be removed)\b"
    rf"|\b(?:opt[ -]?out|unsubscribe|end|quit)[,:=-]? ?{_TELLS}?{_BETWEEN} ?[^\w\s]?stop\b"
)
"""An opt-out instruction in folded text: send one of the words, or what a word is for. "Stop by!" is none."""


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check: whether it passed (`fit`), and a sentence about it."""

    fit: bool
    sentence: str


def check_script(template: str, example: Rendered, known: Collection[str]) -> tuple[Check, ...]:
    """Check a script of any kind (`docs/rules.md` 7).

    Args:
        template: The script.
        example: The script with its fields filled in for one contact.
        known: The codes of the contacts' fields.

    Returns:
        In this order: unknown fields, one check for each suspected field, fields without a value, the number of
        segments, and the encoding. A passed check of unknown fields is left out if a field is suspected.
    """
    measured = measure(example.text)
    suspected = [Check(False, field.sentence) for field in suspected_fields(template, known)]
    fields = _known(template, known)
    if suspected and fields.fit:  # "Its fields are known" would mislead
        return (*suspected, _filled_in(example), _length(measured), _encoding(template, measured))
    return (fields, *suspected, _filled_in(example), _length(measured), _encoding(template, measured))


_NAMELESS = Check(False, "%organization% is empty: give the organization a name in its settings.")


def check_initial(template: str, example: Rendered, known: Collection[str], organization: str) -> tuple[Check, ...]:
    """Check an initial script, first for what carriers require: who is writing, and how to opt out.

    Args:
        template: The script.
        example: The script with its fields filled in for one contact.
        known: The codes of the contacts' fields.
        organization: The organization's name; may be empty.
    """
    checks = (names_sender(template, organization), tells_way_out(template), *check_script(template, example, known))
    return tuple(dict.fromkeys(checks))


def names_sender(template: str, organization: str) -> Check:
    """Check that an initial says who is writing."""
    if organization and ("organization" in field_names(template) or _names(template, organization)):
        return Check(True, f"It says who is writing: {organization}.")
    if "organization" in field_names(template):
        return _NAMELESS
    return Check(False, "It does not say which organization is writing: %organization% does.")


def _names(template: str, organization: str) -> bool:
    """Return whether a text contains a name as whole words, apart from case and accents."""
    return re.search(rf"(?<!\w){re.escape(fold(organization))}(?!\w)", fold(template)) is not None


def tells_way_out(template: str) -> Check:
    """Check that an initial says how to opt out."""
    if any(_WAY_OUT.search(fold(part)) for part in (template, *template.splitlines())):
        return Check(True, "It says how to opt out.")
    return Check(False, "It does not say how to opt out: for example, Reply STOP to end.")


def _known(template: str, known: Collection[str]) -> Check:
    if unknown := [name for name in field_names(template) if name not in known]:
        return Check(False, f"{_listed(unknown)}: no contact has this field, so it cannot be sent.")
    return Check(True, "Its fields are known." if field_names(template) else "It has no fields.")


def _filled_in(example: Rendered) -> Check:
    if missing := [code for code in example.missing if code != "organization"]:
        return Check(False, f"{_listed(missing)}: this contact has no value, so to them it cannot be sent.")
    if example.missing:
        return _NAMELESS
    every = "every other field" if example.unresolved else "every field"
    return Check(True, f"This contact has a value for {every}.")


def _listed(codes: Collection[str]) -> str:
    return ", ".join(f"%{code}%" for code in codes)


def _length(measured: Segmentation) -> Check:
    segments = measured.segments
    if too_long := why_too_long(measured):
        return Check(False, too_long)
    if segments > 1:
        return Check(False, f"{segments} segments: each contact costs {segments} messages.")
    return Check(True, "1 segment.") if segments else Check(False, "It is empty, so it cannot be sent.")


def _encoding(template: str, measured: Segmentation) -> Check:
    """Name the characters that force UCS-2, and whether they are the script's own (`docs/rules.md 7.3`)."""
    if measured.encoding is Encoding.GSM_7:
        return Check(True, f"{measured.encoding}, {measured.units} of {measured.capacity} characters.")
    plain = {lookalike.character: lookalike.name for lookalike in find_lookalikes("".join(measured.forcing))}
    written = [character for character in measured.forcing if character in template]
    said = f"Unicode because of {_named(written or measured.forcing, plain)}"
    if not written:
        said += " in what is filled in for this contact"
    remedy = "; plain look-alikes would do" if set(measured.forcing) <= plain.keys() else ""
    return Check(False, f"{said}: 70 characters a segment in place of 160{remedy}.")


def _named(characters: Sequence[str], plain: Mapping[str, str]) -> str:
    shown = [f"{sign} ({plain[sign]})" if sign in plain else sign for sign in characters[:_MOST_SHOWN]]
    more = len(characters) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")

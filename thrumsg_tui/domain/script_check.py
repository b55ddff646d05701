"""What to look at in a script before thousands of people get it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from thrumsg_tui.domain.fields import Rendered, field_names
from thrumsg_tui.domain.lookalikes import find_lookalikes
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.segments import MAX_SEGMENTS, Encoding, Segmentation, measure
from thrumsg_tui.domain.suspected_fields import suspected_fields

_MOST_SHOWN = 5

_WORD = (
    r"(?:stop ?all|stop|unsubscribe|unsub|cancelar|cancel|end|quit|revoke|opt[ -]?out|alto|parar|baja|arreter|arret)"
)
"""The words that opt out when they are sent back (`docs/rules.md 5.3`)."""

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
"""An instruction, in folded text: to send one of the words, or what one of them is for. "Stop by!" is none."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: whether it is as it should be, and what to know about it."""

    fit: bool
    sentence: str


def check_script(template: str, example: Rendered, known: Collection[str]) -> tuple[Check, ...]:
    """Check any script against the field codes that are `known`, as one contact gets it (`docs/rules.md` 7).

    In this order: unknown fields, what only looks like a field, one check each, fields without a value, the number of
    segments, the encoding.
    """
    measured = measure(example.text)
    suspected = [Check(False, each.sentence) for each in suspected_fields(template, known)]
    fields = _known(template, known)
    if suspected and fields.fit:  # that all is well with the fields is not so
        return (*suspected, _filled_in(example), _length(measured), _encoding(template, measured))
    return (fields, *suspected, _filled_in(example), _length(measured), _encoding(template, measured))


_NAMELESS = Check(False, "%organization% is empty: give the organization a name in its settings.")


def check_initial(template: str, example: Rendered, known: Collection[str], organization: str) -> tuple[Check, ...]:
    """Check an initial script also for what carriers want in it, first: who is writing, and how to be left alone."""
    checks = (_sender(template, organization), _way_out(template), *check_script(template, example, known))
    return tuple(dict.fromkeys(checks))


def _sender(template: str, organization: str) -> Check:
    if organization and ("organization" in field_names(template) or _names(template, organization)):
        return Check(True, f"It says who is writing: {organization}.")
    if "organization" in field_names(template):
        return _NAMELESS
    return Check(False, "It does not say which organization is writing: %organization% does.")


def _names(template: str, organization: str) -> bool:
    """Whether a text has a name in it as whole words, whatever its case and accents."""
    return re.search(rf"(?<!\w){re.escape(fold(organization))}(?!\w)", fold(template)) is not None


def _way_out(template: str) -> Check:
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
    if segments > MAX_SEGMENTS:
        return Check(False, f"{segments} segments: {MAX_SEGMENTS} is the most, so it cannot be sent.")
    if segments > 1:
        return Check(False, f"{segments} segments: each contact costs {segments} messages.")
    return Check(True, "1 segment.") if segments else Check(False, "It is empty, so it cannot be sent.")


def _encoding(template: str, measured: Segmentation) -> Check:
    """Name what makes a text Unicode, and whether it is the script's (`docs/rules.md 7.3`)."""
    if measured.encoding is Encoding.GSM_7:
        return Check(True, f"{measured.encoding}, {measured.units} of {measured.capacity} characters.")
    plain = {each.character: each.name for each in find_lookalikes("".join(measured.forcing))}
    written = [each for each in measured.forcing if each in template]
    said = f"Unicode because of {_named(written or measured.forcing, plain)}"
    if not written:
        said += " in what is filled in for this contact"
    remedy = "; plain look-alikes would do" if set(measured.forcing) <= plain.keys() else ""
    return Check(False, f"{said}: 70 characters a segment in place of 160{remedy}.")


def _named(characters: Sequence[str], plain: Mapping[str, str]) -> str:
    shown = [f"{each} ({plain[each]})" if each in plain else each for each in characters[:_MOST_SHOWN]]
    more = len(characters) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")

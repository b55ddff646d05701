"""What to look at in a script before thousands of people get it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from thrumsg_tui.domain.fields import Rendered, field_names
from thrumsg_tui.domain.lookalikes import find_lookalikes
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.segments import MAX_SEGMENTS, Encoding, measure

_WAY_OUT = re.compile(r"\b(stop|unsubscribe|opt[ -]?out|quit)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: whether it is as it should be, and what to know about it."""

    fit: bool
    sentence: str


def check_script(template: str, example: Rendered, known: Collection[str]) -> tuple[Check, ...]:
    """Check any script: its fields against the known codes, and the length of an example (`docs/rules.md` 7)."""
    measured = measure(example.text)
    checks = [_fields(template, example, known), _length(measured.segments)]
    if measured.encoding is Encoding.UCS_2:
        shown = " ".join(measured.forcing[:5])
        plain = "; plain look-alikes would do" if find_lookalikes(example.text) else ""
        checks.append(Check(False, f"Unicode because of {shown}: 70 characters a segment in place of 160{plain}."))
    else:
        checks.append(Check(True, f"{measured.encoding}, {measured.units} characters."))
    return tuple(checks)


def check_initial(template: str, example: Rendered, known: Collection[str], organization: str) -> tuple[Check, ...]:
    """Check an initial script also for what carriers want in it: who is writing, and how to be left alone."""
    return (_sender(template, organization), _way_out(template), *check_script(template, example, known))


def _sender(template: str, organization: str) -> Check:
    if "organization" in field_names(template):
        if organization:
            return Check(True, f"It says who is writing: {organization}.")
        return Check(False, "%organization% is empty: give the organization a name in its settings.")
    if organization and fold(organization) in fold(template):
        return Check(True, f"It says who is writing: {organization}.")
    return Check(False, "It does not say which organization is writing: %organization% does.")


def _way_out(template: str) -> Check:
    if _WAY_OUT.search(template):
        return Check(True, "It says how to opt out.")
    return Check(False, "It does not say how to opt out: for example, Reply STOP to end.")


def _fields(template: str, example: Rendered, known: Collection[str]) -> Check:
    if unknown := [name for name in field_names(template) if name not in known]:
        return Check(False, f"{_listed(unknown)}: no contact has this field, so it cannot be sent.")
    if example.missing:
        return Check(False, f"{_listed(example.missing)}: this contact has no value, so to them it cannot be sent.")
    return Check(True, "All fields are filled in.")


def _listed(codes: Collection[str]) -> str:
    return ", ".join(f"%{code}%" for code in codes)


def _length(segments: int) -> Check:
    if segments > MAX_SEGMENTS:
        return Check(False, f"{segments} segments: {MAX_SEGMENTS} is the most, so it cannot be sent.")
    if segments > 1:
        return Check(False, f"{segments} segments: each contact costs {segments} messages.")
    return Check(True, "1 segment.")

"""Which column of a file is which field (`docs/rules.md 9.1`)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.fields import field_code
from thrumsg_tui.domain.names import fold
from thrumsg_tui.store.importing.result import own_width

_NOT_IN_A_KEY = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Field:
    """Something a file can tell, and the headers it is known by, best known first."""

    name: str
    headers: tuple[str, ...]
    required: bool = True


FIRST_NAME = Field(
    "first_name",
    ("firstname", "first", "fname", "givenname", "forename", "contactfirstname", "prenom", "vorname", "nombre"),
)
LAST_NAME = Field(
    "last_name",
    ("lastname", "last", "lname", "surname", "familyname", "contactlastname", "nachname", "nomdefamille", "apellidos"),
    required=False,
)
_NUMBER = ("", "number", "no", "num")


def _numbers(*kinds: str) -> list[str]:
    """Give each kind of telephone as a column is called by it: `cell`, `cellnumber`, `cellno`."""
    return [f"{kind}{number}" for kind in kinds for number in _NUMBER]


_CELL = _numbers("cell", "cellphone", "cellular", "mobile", "mobilephone", "phonecell", "phonemobile")
_PHONE = _numbers("phone", "telephone", "tel", "preferredphone", "primaryphone", "contactphone", "phone1", "textphone")
_HOME = _numbers("homephone", "landline", "workphone")
PHONE = Field(
    "phone",
    (*_CELL, "handy", "movil", "celular", *_PHONE, "telefono", "telefon", *_HOME, "contactnumber", "number"),
)


def recognise(header: Sequence[str], fields: Sequence[Field]) -> dict[str, int]:
    """Find the position of each field whose header is known; the best-known header wins, then the leftmost."""
    keys = [_key(title) for title in header[: own_width(header)]]
    found = {}
    for each in fields:
        known = next((name for name in each.headers if name in keys), None)
        if known:
            found[each.name] = keys.index(known)
    return found


def choose(
    header: Sequence[str], fields: Sequence[Field], mapping: Mapping[str, str], *, custom: bool = False
) -> dict[str, int]:
    """Settle the position of each field: as mapped, else as recognised.

    Raises `Refused` as `mapped` does, and for a required field without a column; the sentence lists the columns and
    says how to map.
    """
    chosen = mapped(header, fields, mapping, custom=custom)
    if missing := missing_fields(fields, chosen):
        raise Refused(refusal(header, missing))
    return chosen


def mapped(
    header: Sequence[str], fields: Sequence[Field], mapping: Mapping[str, str], *, custom: bool = False
) -> dict[str, int]:
    """Settle the position of each field that has one: as mapped, else as recognised.

    With `custom` a mapping may name a field of the user's own. Raises `Refused` for a column or field that does not
    exist, and for a column that would be two fields.
    """
    chosen = recognise(header, fields)
    names = [each.name for each in fields]
    for wanted, title in mapping.items():
        code = field_code(wanted)
        if code not in names and not custom:
            raise Refused(f"{wanted!r} is no field of such a file; there are {', '.join(names)}. Nothing was changed.")
        chosen[code] = _position(header, title)
    fields_of: dict[int, str] = {}
    for name, position in chosen.items():
        if position in fields_of:
            both = f"both {fields_of[position]} and {name}"
            raise Refused(f"{header[position]!r} would be {both}: name a column for each. Nothing was changed.")
        fields_of[position] = name
    return chosen


def missing_fields(fields: Sequence[Field], chosen: Mapping[str, int]) -> list[str]:
    """Name the required fields that have no column."""
    return [each.name for each in fields if each.required and each.name not in chosen]


def custom_fields(header: Sequence[str], chosen: Mapping[str, int], reserved: Sequence[str]) -> dict[str, int]:
    """Give each remaining column a field code of its own, leaving out what a rejects file adds."""
    taken = {*chosen, *reserved}
    codes = {}
    for position in other_columns(header, chosen):
        code = wanted = field_code(header[position])
        count = 1
        while code in taken:
            count += 1
            code = f"{wanted}_{count}"
        taken.add(code)
        codes[code] = position
    return codes


def other_columns(header: Sequence[str], chosen: Mapping[str, int]) -> list[int]:
    """Give the positions of the columns that are no field, without what a rejects file adds."""
    return [each for each in range(own_width(header)) if each not in chosen.values()]


def _key(title: str) -> str:
    return _NOT_IN_A_KEY.sub("", fold(title))


def _position(header: Sequence[str], title: str) -> int:
    if title in header:
        return header.index(title)
    keys = [_key(each) for each in header]
    if _key(title) and _key(title) in keys:
        return keys.index(_key(title))
    raise Refused(f"There is no column {title!r}; the columns are {_listed(header)}. Nothing was changed.")


def refusal(header: Sequence[str], missing: Sequence[str]) -> str:
    """Say which fields have no column, and how to name one."""
    hint = ""
    if "first_name" in missing and any(_key(each) in {"fullname", "name", "contactname"} for each in header):
        hint = " A full name in one column is not enough: messages greet people by first name."
    return (
        f"No column is recognised as {' or '.join(missing)}; the first line names {_listed(header)}.{hint} "
        f"Say which it is with {' '.join(f'--map {name}=COLUMN' for name in missing)}. Nothing was changed."
    )


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(repr(title[:40]) for title in header[:20])
    return f"{shown} and {len(header) - 20} more" if len(header) > 20 else shown

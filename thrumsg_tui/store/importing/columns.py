"""Which column of a file is which field (`docs/rules.md 9.1`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.fields import field_code
from thrumsg_tui.domain.names import fold
from thrumsg_tui.store.export_columns import code_of, has_answers, is_export, ours_in
from thrumsg_tui.store.importing.result import own_width

_NOT_IN_A_KEY = re.compile(r"[^a-z0-9]+")
_DATE = re.compile(r"(?:19|20)\d\d(?:[-/.]?\d\d?[-/.]?\d\d?(?!\d)|$)|\d\d?[-/.]\d\d?[-/.](?:\d\d){1,2}$")
"""As titles of columns have them: an election's year or day."""
_DIGITS_OF_A_PHONE = 10
_DIGITS_OF_AN_AREA = 6
_DIGITS_OF_A_VALUE = 3
_USUAL_TITLES = frozenset({"name", "fullname", "contactname", "login", "email", "title", "body", "question", "choices"})
_ADDRESS = re.compile(r"\S@\S+\.\w")
_COUNTED = re.compile(r"[1-9]$")
_OF_A_TELEPHONE = ("phone", "tel", "cell", "mobil", "movil", "landline", "handy")


@dataclass(frozen=True, slots=True)
class ImportField:
    """Something a file can tell, and the headers it is known by, best known first."""

    name: str
    headers: tuple[str, ...]
    required: bool = True


FIRST_NAME = ImportField(
    "first_name",
    ("firstname", "first", "fname", "givenname", "forename", "contactfirstname", "prenom", "vorname", "nombre"),
)
LAST_NAME = ImportField(
    "last_name",
    ("lastname", "last", "lname", "surname", "familyname", "contactlastname", "nachname", "nomdefamille", "apellidos"),
    required=False,
)
_NUMBER = ("", "number", "no", "num")


def _numbers(*kinds: str) -> list[str]:
    """Give each kind of telephone as a column is called by it: `cell`, `cellnumber`, `cellno`."""
    return [f"{kind}{number}" for kind in kinds for number in _NUMBER]


_CELL = _numbers("cell", "cellphone", "cellular", "mobile", "mobilephone", "phonecell", "phonemobile", "wireless")
_PHONE = _numbers(
    *("phone", "telephone", "tel", "preferredphone", "primaryphone", "contactphone", "phone1", "textphone"),
    *("bestphone", "otherphone", "alternatephone", "altphone", "secondaryphone"),
)
_HOME = _numbers("homephone", "landline", "workphone")
_PLACES = frozenset({"home", "work", "office", "business", "daytime", "evening"})
"""Headers that may be those of numbers, beside one that says so."""
_TEXTED = (*_CELL, "handy", "movil", "celular", *_PHONE, "telefono", "telefon")
"""Headers of numbers that may well be texted: of several such columns one stands in for the other."""
PHONE = ImportField("phone", (*_TEXTED, *_HOME, "contactnumber", "number"))
_IN_EXPORTS = {each: f"contact_{each}" for each in (FIRST_NAME.name, LAST_NAME.name, PHONE.name)}


def recognise(header: Sequence[str], fields: Sequence[ImportField]) -> dict[str, int]:
    """Find the position of each field whose header is known; the best-known header wins, then the leftmost."""
    keys = [_key(title) for title in header[: own_width(header)]]
    exported = is_export(header)
    found = {}
    for field in fields:
        if exported and _IN_EXPORTS.get(field.name) in header:
            found[field.name] = header.index(_IN_EXPORTS[field.name])
        elif field == PHONE:
            if places := _phones(keys, PHONE.headers):
                found[field.name] = places[0]
        elif known := next((name for name in field.headers if name in keys), None):
            found[field.name] = keys.index(known)
    return found


def phone_columns(header: Sequence[str], mapping: Mapping[str, str], chosen: Mapping[str, int]) -> tuple[int, ...]:
    """Give the columns that a number is read from, in order: as mapped, else those of numbers that may be texted.

    A number of a landline is read only where there is no other column of numbers (`docs/rules.md 9.2`).
    """
    first = chosen[PHONE.name]
    given = next((title for wanted, title in mapping.items() if field_code(wanted) == PHONE.name), None)
    if given is not None:
        return _positions(header, given)
    if is_export(header):
        return (first,)
    others = _phones([_key(title) for title in header[: own_width(header)]], _TEXTED)
    taken = set(chosen.values())
    return (first, *(place for place in others if place not in taken))


def other_phone_columns(header: Sequence[str], read: Sequence[int]) -> list[int]:
    """Give the columns that are called a telephone, but are not read."""
    keys = enumerate(map(_key, header[: own_width(header)]))
    return [place for place, key in keys if place not in read and _may_have_numbers(key)]


def _may_have_numbers(key: str) -> bool:
    return key in _PLACES or any(word in key for word in _OF_A_TELEPHONE)


def _phones(keys: Sequence[str], known: Sequence[str]) -> list[int]:
    """Find columns by header, the best known first; a digit at the end counts columns of one kind."""
    kinds = [key if key in known else _COUNTED.sub("", key) for key in keys]
    places = [place for place, kind in enumerate(kinds) if kind in known]
    return sorted(places, key=lambda place: (known.index(kinds[place]), keys[place]))


def fitness(fields: Sequence[ImportField], mapping: Mapping[str, str]) -> Callable[[Sequence[str]], int]:
    """Make the judge of a line as a header: it counts the columns that are recognised or mapped.

    It counts none in a line that has somebody's number or address in it, or that lacks a required field and has a
    value in it.
    """

    def check_send(cells: Sequence[str]) -> int:
        titles = [title.strip() for title in cells]
        named: dict[str, int] = {}
        for wanted, title in mapping.items():
            places = (_find(titles, each) for each in (title, title.split(",")[0]))
            named |= {field_code(wanted): place for place in places if place is not None}
        others = [title for place, title in enumerate(titles) if place not in named.values()]
        if any(map(_is_personal, others)) and not is_export(titles):
            return 0
        found = {*recognise(titles, fields), *named}
        lacks = any(each.required and each.name not in found for each in fields)
        return 0 if lacks and any(map(is_data, others)) else len(found)

    return check_send


def example(fields: Sequence[ImportField]) -> str:
    """Give a header for such a file."""
    return ",".join(each.name for each in fields)


def is_data(cell: str) -> bool:
    """Whether a cell is hardly the title of a column: somebody's number or address, or digits that are no date."""
    count = sum(map(str.isdigit, cell))
    if any(map(str.isalpha, cell)):
        begun = cell[0] in "0123456789(+" and count >= _DIGITS_OF_AN_AREA and _DATE.match(cell) is None  # 415-220-XXXX
        return begun or count >= _DIGITS_OF_A_PHONE or _ADDRESS.search(cell) is not None
    return count >= _DIGITS_OF_A_VALUE and _DATE.match(cell) is None


def _is_personal(cell: str) -> bool:
    return is_data(cell) and ("@" in cell or sum(map(str.isdigit, cell)) >= _DIGITS_OF_A_PHONE)


def choose(
    header: Sequence[str], fields: Sequence[ImportField], mapping: Mapping[str, str], *, custom: bool = False
) -> dict[str, int]:
    """Settle the position of each field: as mapped, else as recognised.

    Raises `Refused` as `mapped` does, and for a required field without a column; the sentence lists the columns and
    says how to map.
    """
    chosen = mapped(header, fields, mapping, custom=custom)
    if missing := missing_fields(fields, chosen):
        raise Refused(refusal(header, missing), Nothing.CHANGED)
    return chosen


def mapped(
    header: Sequence[str], fields: Sequence[ImportField], mapping: Mapping[str, str], *, custom: bool = False
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
            raise Refused(f"{wanted!r} is no field of such a file; there are {', '.join(names)}.", Nothing.CHANGED)
        chosen[code] = _positions(header, title)[0] if code == PHONE.name else _position(header, title)
    fields_of: dict[int, str] = {}
    for name, position in chosen.items():
        if position in fields_of:
            both = f"both {fields_of[position]} and {name}"
            raise Refused(f"{header[position]!r} would be {both}: name a column for each.", Nothing.CHANGED)
        fields_of[position] = name
    return chosen


def missing_fields(fields: Sequence[ImportField], chosen: Mapping[str, int]) -> list[str]:
    """Name the required fields that have no column."""
    return [each.name for each in fields if each.required and each.name not in chosen]


def custom_fields(header: Sequence[str], used: Collection[int], reserved: Collection[str]) -> dict[str, int]:
    """Give each column that is not used a field code of its own, but for those that an export or rejects file adds."""
    ours = ours_in(header)
    if has_answers(header):
        return {}
    taken = set(reserved)
    codes = {}
    for position in other_columns(header, used):
        if header[position] in ours:
            continue
        code = wanted = field_code(code_of(header[position], ours))
        count = 1
        while code in taken:
            count += 1
            code = f"{wanted}_{count}"
        taken.add(code)
        codes[code] = position
    return codes


def other_columns(header: Sequence[str], used: Collection[int]) -> list[int]:
    """Give the positions of the columns that are not used, without what a rejects file adds."""
    return [each for each in range(own_width(header)) if each not in used]


def _key(title: str) -> str:
    return _NOT_IN_A_KEY.sub("", fold(title))


def _positions(header: Sequence[str], titles: str) -> tuple[int, ...]:
    """Find the columns named, in order, with commas between; a title may have commas itself, and the longest counts."""
    pieces = titles.split(",")
    found: dict[int, None] = {}
    while pieces:
        parts = range(len(pieces), 0, -1)
        many = next((each for each in parts if _find(header, ",".join(pieces[:each])) is not None), 1)
        found[_position(header, ",".join(pieces[:many]).strip())] = None
        pieces = pieces[many:]
    return tuple(found)


def _position(header: Sequence[str], title: str) -> int:
    place = _find(header, title)
    if place is None:
        raise Refused(f"There is no column {title!r}; the columns are {_listed(header)}.", Nothing.CHANGED)
    return place


def _find(header: Sequence[str], title: str) -> int | None:
    for spelling in (title, title.strip()):
        if spelling in header:
            return header.index(spelling)
    keys = [_key(each) for each in header]
    return keys.index(_key(title)) if _key(title) in keys and _key(title) else None


def refusal(header: Sequence[str], missing: Sequence[str]) -> str:
    """Say which fields have no column, and how to name one."""
    hint = ""
    if "first_name" in missing and any(_key(each) in {"fullname", "name", "contactname"} for each in header):
        hint = " A full name in one column is not enough: messages greet people by first name."
    return (
        f"No column is recognised as {' or '.join(missing)}; the first line names {_listed(header)}.{hint} "
        f"Name it with {' '.join(f'--map {name}=COLUMN' for name in missing)}, or with m in the app."
    )


def _listed(header: Sequence[str]) -> str:
    """Quote the titles of a header, but no line that may be somebody's row, since nothing in it is known as a title."""
    titles = {_key(each) for each in header}
    if titles.isdisjoint(_USUAL_TITLES) and not recognise(header, (FIRST_NAME, LAST_NAME, PHONE)):
        return "none that is known here"
    shown = ", ".join(repr(title[:40]) for title in header[:20])
    return f"{shown} and {len(header) - 20} more" if len(header) > 20 else shown

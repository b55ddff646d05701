"""The fields that the columns of a file are read as (`docs/rules.md 9.1`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from shlex import quote

from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.field_meanings import FIXED
from thrumsg_tui.domain.fields import field_code
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import fold
from thrumsg_tui.store.export_columns import code_of, has_answers, is_export, ours_in
from thrumsg_tui.store.imports.result import own_width

_NOT_IN_A_KEY = re.compile(r"[^a-z0-9]+")
_DATE = re.compile(r"(?:19|20)\d\d(?:[-/.]?\d\d?[-/.]?\d\d?(?!\d)|$)|\d\d?[-/.]\d\d?[-/.](?:\d\d){1,2}$")
"""A year or date as column titles have it, such as an election's."""
_DIGITS_OF_A_PHONE = 10
_DIGITS_OF_AN_AREA = 6
_DIGITS_OF_A_VALUE = 3
_USUAL_TITLES = frozenset({"name", "fullname", "contactname", "login", "email", "title", "body", "question", "choices"})
_ADDRESS = re.compile(r"\S@\S+\.\w")
_COUNTED = re.compile(r"[1-9]$")
_OF_A_TELEPHONE = ("phone", "tel", "cell", "mobil", "movil", "landline", "handy")


@dataclass(frozen=True, slots=True)
class ImportField:
    """A field that a file can supply, and its known headers, best known first."""

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
    """Return each kind of telephone with the endings that headers have: `cell`, `cellnumber`, `cellno`."""
    return [f"{kind}{number}" for kind in kinds for number in _NUMBER]


_CELL = _numbers("cell", "cellphone", "cellular", "mobile", "mobilephone", "phonecell", "phonemobile", "wireless")
_PHONE = _numbers(
    *("phone", "telephone", "tel", "preferredphone", "primaryphone", "contactphone", "phone1", "textphone"),
    *("bestphone", "otherphone", "alternatephone", "altphone", "secondaryphone"),
)
_HOME = _numbers("homephone", "landline", "workphone")
_PLACES = frozenset({"home", "work", "office", "business", "daytime", "evening"})
"""Headers of columns that may contain numbers, though no word for a telephone is in them."""
_TEXTED = (*_CELL, "handy", "movil", "celular", *_PHONE, "telefono", "telefon")
"""Headers of numbers that can usually be texted: where one such column has no number, the next is read."""
PHONE = ImportField("phone", (*_TEXTED, *_HOME, "contactnumber", "number"))
_IN_EXPORTS = {each: f"contact_{each}" for each in (FIRST_NAME.name, LAST_NAME.name, PHONE.name)}


def recognise(header: Sequence[str], fields: Sequence[ImportField]) -> dict[str, int]:
    """Return the position of each field that has a known header; the best-known header wins, then the leftmost."""
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
    """Return the columns to read a number from, in order: as mapped, else those of numbers that may be texted.

    A landline column is read only if no other column has numbers (`docs/rules.md 9.2`).

    Args:
        header: The titles of the columns.
        mapping: The title of a column for a field; for the phone several, with commas between.
        chosen: The position of each field, the phone included.

    Raises:
        Refused: If a mapped column does not exist.
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
    """Return the columns that may contain numbers, by their titles, but are not `read`."""
    keys = enumerate(map(_key, header[: own_width(header)]))
    return [place for place, key in keys if place not in read and _may_have_numbers(key)]


def _may_have_numbers(key: str) -> bool:
    return key in _PLACES or any(word in key for word in _OF_A_TELEPHONE)


def _phones(keys: Sequence[str], known: Sequence[str]) -> list[int]:
    """Return the columns with a known header, best known first; `phone2` is a second column of the kind `phone`."""
    kinds = [key if key in known else _COUNTED.sub("", key) for key in keys]
    places = [place for place, kind in enumerate(kinds) if kind in known]
    return sorted(places, key=lambda place: (known.index(kinds[place]), keys[place]))


def fitness(fields: Sequence[ImportField], mapping: Mapping[str, str]) -> Callable[[Sequence[str]], int]:
    """Return a function that rates a line as a header: it counts the columns that are recognised or mapped.

    It returns 0 for a line with somebody's number or address in it, except the header of an export, and for a line
    that lacks a required field and has a value in it.
    """

    def fits(cells: Sequence[str]) -> int:
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

    return fits


def example(fields: Sequence[ImportField]) -> str:
    """Return the header of a file with these fields, as an example."""
    return ",".join(each.name for each in fields)


def is_data(cell: str) -> bool:
    """Return whether a cell is probably no title: a phone number, an email address, or digits that are no date."""
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
    """Return the position of each field, by field name: as mapped, else as recognised. Arguments are as for `mapped`.

    Raises:
        Refused: As `mapped` does, and if a required field has no column; the sentence lists the columns and says how
            to map one.
    """
    chosen = mapped(header, fields, mapping, custom=custom)
    if missing := missing_fields(fields, chosen):
        raise Refused(refusal(header, missing), Nothing.CHANGED)
    return chosen


def mapped(
    header: Sequence[str], fields: Sequence[ImportField], mapping: Mapping[str, str], *, custom: bool = False
) -> dict[str, int]:
    """Return the position of each field that has a column, by field name: as mapped, else as recognised.

    Args:
        header: The titles of the columns.
        fields: The fields of the kind of file.
        mapping: The title of a column for a field.
        custom: Whether a mapping may name a field of the user's own.

    Raises:
        Refused: If a mapped column or field does not exist, a field is filled in from elsewhere (`docs/rules.md 7.1`),
            or one column would be two fields.
    """
    chosen = recognise(header, fields)
    names = [each.name for each in fields]
    for wanted, title in mapping.items():
        code = field_code(wanted)
        if code not in names and not custom:
            raise Refused(f"{wanted!r} is no field of such a file; there are {', '.join(names)}.", Nothing.CHANGED)
        if code in FIXED and code not in names:
            raise Refused(
                f"%{code}% is filled in from elsewhere, so {title!r} cannot be that field: give it another code, "
                f"such as --map {code}_2={quote(title)}.",
                Nothing.CHANGED,
            )
        chosen[code] = _positions(header, title)[0] if code == PHONE.name else _position(header, title)
    fields_of: dict[int, str] = {}
    for name, position in chosen.items():
        if position in fields_of:
            both = f"both {fields_of[position]} and {name}"
            raise Refused(f"{header[position]!r} would be {both}: name a column for each.", Nothing.CHANGED)
        fields_of[position] = name
    return chosen


def missing_fields(fields: Sequence[ImportField], chosen: Mapping[str, int]) -> list[str]:
    """Return the names of the required fields that have no column."""
    return [each.name for each in fields if each.required and each.name not in chosen]


def custom_fields(header: Sequence[str], used: Collection[int], reserved: Collection[str]) -> dict[str, int]:
    """Return the columns that become custom fields, by field code.

    Columns that an export or a rejects file adds are left out; of an export of conversations, whose other columns are
    survey questions, so is every column.

    Args:
        header: The titles of the columns.
        used: The positions of the columns that are read as something else.
        reserved: Codes that no column may get. A taken code gets a number: `city_2`.
    """
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
    """Return the positions of the columns that are not `used`, without those that a rejects file adds."""
    return [each for each in range(own_width(header)) if each not in used]


def _key(title: str) -> str:
    return _NOT_IN_A_KEY.sub("", fold(title))


def _positions(header: Sequence[str], titles: str) -> tuple[int, ...]:
    """Return the columns named in a list with commas, in order; a title may have commas itself: the longest wins."""
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
    """Return the sentence that names the fields without a column and says how to map one."""
    hint = ""
    if "first_name" in missing and any(_key(each) in {"fullname", "name", "contactname"} for each in header):
        hint = " A full name in one column is not enough: messages greet people by first name."
    return (
        f"No column is recognised as {' or '.join(missing)}; the first line names {_listed(header)}.{hint} "
        f"Name it with {' '.join(f'--map {name}=COLUMN' for name in missing)}, or with Columns in the app."
    )


def _listed(header: Sequence[str]) -> str:
    """Quote the titles of a header. A line without any known title may be somebody's row, so it is not quoted."""
    titles = {_key(each) for each in header}
    if titles.isdisjoint(_USUAL_TITLES) and not recognise(header, (FIRST_NAME, LAST_NAME, PHONE)):
        return "none that is known here"
    shown = ", ".join(repr(title[:40]) for title in header[:20])
    return f"{shown} and {len(header) - 20} more" if len(header) > 20 else shown

"""Recognises a field that is written in another way: `firstName`, `contact.first_name`, `FNAME`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from thrumsg_tui.domain.names import fold

FIXED = ("first_name", "last_name", "sender_first_name", "sender_last_name", "organization")
"""The fields that every contact has; custom fields come with an import."""

_ALIASES = {
    "first_name": "fname firstnm first given givenname forename prenom nombre primernombre name fullname preferredname",
    "last_name": "lname lastnm last surname familyname apellido apellidos nomdefamille",
    "sender_first_name": "sender sendername texter textername texteraliasorfirstname agent agentname volunteer "
    "volunteername callername staffname organizername myname yourname senderfname",
    "sender_last_name": "senderlname",
    "organization": "organisation org orgname organizationname organisationname company companyname campaignname",
}
_CODES = {alias: code for code, aliases in _ALIASES.items() for alias in aliases.split()}
_ORDINARY = frozenset(
    {
        "first",
        "given",
        "last",
        "name",
        "nombre",
        "sender",
        "agent",
        "volunteer",
        "organization",
        "org",
        "company",
        "texter",
    }
)
"""Aliases that are also everyday words: a sign beside one does not make it a field."""

_OURS = ("sender", "texter", "agent", "volunteer", "caller", "staff", "organizer", "owner", "my", "your", "rep")
_THEIRS = (
    "contact", "recipient", "person", "voter", "subscriber", "user", "merge", "field", "sb", "custom", "cf", "profile",
    "lead", "customer", "member", "insert", "enter", "add",
)  # fmt: skip
_OTHERS = frozenset(
    {
        "phone", "phonenumber", "cell", "cellphone", "mobile", "email", "emailaddress", "city", "town", "state", "zip",
        "zipcode", "postalcode", "county", "address", "street", "streetaddress", "precinct", "district",
        "pollingplace", "pollinglocation", "votinglocation",
    }
)  # fmt: skip
"""Fields of other tools; here they exist only if the contacts have them."""

_FALLBACK = re.compile(r"""\s*[|:,?"'=]|(?:\s+|_)(?:or|default|fallback)(?=[\s_])""")
_SHORTEST_FUZZY = 5
_ALIKE = 0.85


def meant_by(written: str, known: Collection[str], *, exactly: bool = False) -> str | None:
    """Return the code of the field that is probably meant; None if there is none.

    Args:
        written: What stands in the text, without the signs around it.
        known: The codes of the contacts' fields.
        exactly: Whether to accept no typing errors.
    """
    return _meant(written, tuple(known), exactly=exactly)


def names_other_field(written: str) -> bool:
    """Return whether other tools have a field of that name, such as a city."""
    squashed = _squashed(_FALLBACK.split(written.strip(), maxsplit=1)[0])
    return any(squashed.removeprefix(whose) in _OTHERS for whose in ("", *_THEIRS))


def is_ordinary(written: str) -> bool:
    """Return whether it is an everyday word, which may be written without a field in mind."""
    return _squashed(written) in _ORDINARY


@lru_cache(maxsize=512)
def _meant(written: str, known: tuple[str, ...], *, exactly: bool) -> str | None:
    codes = {_squashed(code): code for code in (*known, *FIXED)}
    bare = written.strip(" !#^/&=@$~*|")
    squashed = _squashed(_FALLBACK.split(bare, maxsplit=1)[0])
    if found := _exact(squashed, codes) or _exact(_squashed(bare), codes):
        return found
    if exactly or len(squashed) < _SHORTEST_FUZZY:
        return None
    from difflib import get_close_matches  # here, because few texts need it

    close = get_close_matches(squashed, codes, n=1, cutoff=_ALIKE)
    return codes[close[0]] if close else None


def _exact(squashed: str, codes: dict[str, str]) -> str | None:
    if found := codes.get(squashed) or _CODES.get(squashed):
        return found
    for rest in _without(squashed, _THEIRS):
        if found := codes.get(rest) or _CODES.get(rest):
            return found
    for rest in _without(squashed, _OURS):
        if _CODES.get(rest, codes.get(rest)) in {"first_name", "last_name"}:
            return f"sender_{_CODES.get(rest, codes.get(rest))}"
    return None


def _without(squashed: str, prefixes: Iterable[str]) -> Iterable[str]:
    return (squashed.removeprefix(prefix) for prefix in prefixes if squashed.startswith(prefix))


def _squashed(written: str) -> str:
    """Return the letters and digits without case and accents, so that `first_name` equals `FirstName`."""
    return "".join(character for character in fold(written) if character.isalnum())

"""Where a contact may be, by time zone: from their fields, else from their number (`docs/rules.md 10.10`)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from thrumsg_tui.domain.hours import require_place
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import fold


@dataclass(frozen=True, slots=True)
class ContactZones:
    """The time zones in which a contact may be."""

    possible: tuple[str, ...] = ()
    """All of them, each once; none if nothing is known."""
    likely: str | None = None
    """The one that is likeliest; None if several are as likely."""


def contact_zones(phone: str, of_number: Sequence[str], fields: Mapping[str, str]) -> ContactZones:
    """Return the zones in which a contact may be.

    A time zone or a state among their fields says where they live, and counts instead of the number, which people keep
    when they move. A ZIP code does not count: it tells little more than the state, and needs a table that ages.

    Args:
        phone: Their number (E.164). A state is one of North America only where the number is.
        of_number: The zones of their number.
        fields: Their custom fields, by code.
    """
    lived_in = _zone_in(fields)
    if not lived_in and phone.startswith("+1") and (state := state_of(fields)):
        lived_in = _ZONES[state]
    possible = tuple(dict.fromkeys(lived_in or of_number))
    if len(possible) == 1:
        return ContactZones(possible, possible[0])
    shared = [zone for zone in possible if zone in of_number]
    return ContactZones(possible, shared[0] if lived_in and len(shared) == 1 else None)


def state_of(fields: Mapping[str, str]) -> str | None:
    """Return the two letters of the state, territory or province that a contact's fields name; None if none is."""
    for code in _STATE_FIELDS:
        if written := fold(fields[code]) if code in fields else "":
            return written.upper() if written.upper() in _ZONES else _STATES.get(written)
    return None


def zones_of_state(state: str) -> tuple[str, ...]:
    """Return the time zones of a state, territory or province by its two letters; none if there is no such."""
    return _ZONES.get(state, ())


def state_named(name: str) -> str | None:
    """Return the two letters of a state, territory or province by its name in English; None if there is no such."""
    return _STATES.get(fold(name))


def _zone_in(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Return the zone that the fields name, if any."""
    for code in _ZONE_FIELDS:
        written = fields.get(code, "").strip()
        if short := _SHORT_ZONES.get(fold(written)):
            return (short,)
        if _PLACE.fullmatch(written):
            try:
                return (require_place(written),)
            except ValueError:
                continue
    return ()


_PLACE = re.compile(r"(?!Etc/|posix/|right/)[A-Za-z]+(/[A-Za-z_-]+)+")
"""What the name of a time zone looks like if it is a place."""


_ZONE_FIELDS = ("timezone", "time_zone", "tz")
_STATE_FIELDS = ("state", "state_code", "home_state", "residence_state", "address_state", "province")

_SHORT_ZONES = {
    spelling: zone
    for zone, spellings in {
        "America/New_York": "eastern, eastern time, et, est, edt",
        "America/Chicago": "central, central time, ct, cst, cdt",
        "America/Denver": "mountain, mountain time, mt, mst, mdt",
        "America/Los_Angeles": "pacific, pacific time, pt, pst, pdt",
        "America/Anchorage": "alaska, alaska time, akst, akdt",
        "Pacific/Honolulu": "hawaii, hawaii time, hst",
    }.items()
    for spelling in spellings.split(", ")
}

_TABLE = """
AL Alabama: Chicago
AK Alaska: Anchorage Adak
AZ Arizona: Phoenix Denver
AR Arkansas: Chicago
CA California: Los_Angeles
CO Colorado: Denver
CT Connecticut: New_York
DE Delaware: New_York
DC District of Columbia: New_York
FL Florida: New_York Chicago
GA Georgia: New_York
HI Hawaii: Pacific/Honolulu
ID Idaho: Boise Los_Angeles
IL Illinois: Chicago
IN Indiana: Indiana/Indianapolis Chicago
IA Iowa: Chicago
KS Kansas: Chicago Denver
KY Kentucky: New_York Chicago
LA Louisiana: Chicago
ME Maine: New_York
MD Maryland: New_York
MA Massachusetts: New_York
MI Michigan: Detroit Chicago
MN Minnesota: Chicago
MS Mississippi: Chicago
MO Missouri: Chicago
MT Montana: Denver
NE Nebraska: Chicago Denver
NV Nevada: Los_Angeles Denver
NH New Hampshire: New_York
NJ New Jersey: New_York
NM New Mexico: Denver
NY New York: New_York
NC North Carolina: New_York
ND North Dakota: Chicago Denver
OH Ohio: New_York
OK Oklahoma: Chicago
OR Oregon: Los_Angeles Boise
PA Pennsylvania: New_York
RI Rhode Island: New_York
SC South Carolina: New_York
SD South Dakota: Chicago Denver
TN Tennessee: New_York Chicago
TX Texas: Chicago Denver
UT Utah: Denver
VT Vermont: New_York
VA Virginia: New_York
WA Washington: Los_Angeles
WV West Virginia: New_York
WI Wisconsin: Chicago
WY Wyoming: Denver
PR Puerto Rico: Puerto_Rico
VI Virgin Islands: St_Thomas
GU Guam: Pacific/Guam
MP Northern Mariana Islands: Pacific/Guam
AS American Samoa: Pacific/Pago_Pago
AB Alberta: Edmonton
BC British Columbia: Vancouver Edmonton
MB Manitoba: Winnipeg
NB New Brunswick: Moncton
NL Newfoundland and Labrador: St_Johns Halifax
NS Nova Scotia: Halifax
NT Northwest Territories: Edmonton
NU Nunavut: Toronto Winnipeg Edmonton
ON Ontario: Toronto Winnipeg
PE Prince Edward Island: Halifax
QC Quebec: Toronto Puerto_Rico
SK Saskatchewan: Regina
YT Yukon: Whitehorse
"""
"""The states, territories and provinces of +1 with their time zones, in `America/` unless they say otherwise.

Every zone of which a state has a part counts, so that nobody in it is texted in their night.
"""


def _read(table: str) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    zones, names = {}, {}
    for line in table.strip().splitlines():
        state, _, places = line.partition(": ")
        code, _, name = state.partition(" ")
        in_full = (place if place.startswith("Pacific/") else f"America/{place}" for place in places.split())
        zones[code] = tuple(in_full)
        names[fold(name)] = code
    return zones, names


_ZONES, _STATES = _read(_TABLE)

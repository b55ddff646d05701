"""Phone numbers: parse them in any spelling (`docs/rules.md 9.2`).

The library is imported inside the functions: it takes start-up time, and numbers of North America do not need it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from thrumsg_tui.domain.contact_zones import ContactZones, contact_zones
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.phone_text import number_in, without_wish

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber as Parsed

_LONGEST_SHOWN = 30
_HOME = "US"
"""The region whose numbers are parsed without the library: all others need its tables, which take time to load."""
_NATIONAL_DIGITS = 10
_TOLL_FREE = ("800", "833", "844", "855", "866", "877", "888")
"""Area codes in which exchanges such as 411 exist."""


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number in E.164 as it is stored, and in the national format of its country."""

    e164: str
    national: str


def normalize(text: str, region: str = "US", *, to_opt_out: bool = False) -> PhoneNumber:
    """Parse a number in any spelling; 4 µs in North America, 50 µs elsewhere.

    Args:
        text: The number as written.
        region: The country, in two letters, of numbers without a country code.
        to_opt_out: Whether the number is opted out, so that it may say that it is not to be texted.

    Raises:
        ValueError: With a sentence, for an unknown region and for text that cannot be texted: no number, letters, an
            extension, two numbers, an impossible length, or a number outside the numbering plan (`docs/rules.md 9.2`).
    """
    require_region(region)
    shown = text.strip()
    if not shown:
        raise ValueError("no phone number")
    if len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[:_LONGEST_SHOWN]}…"
    try:
        number = number_in(without_wish(text) if to_opt_out else text)
    except ValueError as reason:
        raise ValueError(f"{shown!r} {reason}.") from None
    national = _north_american(number, region)
    if national is None:
        return parse_by_library(number, region, shown)
    if why := ruled_out(national):
        raise ValueError(f"{shown!r} is not a number: {why}.")
    return PhoneNumber(f"+1{national}", f"({national[:3]}) {national[3:6]}-{national[6:]}")


def _north_american(number: str, region: str) -> str | None:
    """Return the ten digits of a North American number; None for any other, and for those that need the library."""
    if number.startswith("+1"):
        ten = number[2:]
    elif region.upper() != _HOME:
        return None
    else:
        ten = number[1:] if len(number) == _NATIONAL_DIGITS + 1 and number[0] == "1" else number
    return ten if len(ten) == _NATIONAL_DIGITS and ten[0] in "23456789" else None


def parse_by_library(number: str, region: str, shown: str) -> PhoneNumber:
    """Parse the result of `number_in`.

    Args:
        number: The digits, with `+` in front if there is a country code.
        region: The country, in two letters, of numbers without a country code.
        shown: The number as the sentence of an error names it.

    Raises:
        ValueError: With a sentence, if the number cannot be texted.
    """
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, region.upper())
    except phonenumbers.NumberParseException as error:
        raise ValueError(_unreadable(error, shown)) from None
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValueError(_impossible(possible, shown))
    if parsed.country_code == 1:
        if why := ruled_out(phonenumbers.national_significant_number(parsed)):
            raise ValueError(f"{shown!r} is not a number: {why}.")
    elif phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.PREMIUM_RATE:
        raise ValueError(f"{shown!r} is a premium-rate number, which cannot be texted.")
    return PhoneNumber(
        phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164),
        phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL),
    )


def ruled_out(national: str) -> str | None:
    """Say why the North American numbering plan can never assign these ten digits; None if it can.

    Numbers that are merely unassigned pass, since the plan adds area codes every year.
    """
    area, exchange = national[:3], national[3:6]
    if area[0] in "01":
        return "no area code begins with 0 or 1"
    if area[1:] == "11":
        return f"{area} is a service, not an area code"
    if area[1] == "9":
        return f"{area} is no area code: none has a 9 in the middle"
    if area == "900":
        return "900 is for calls that cost extra"
    if len(set(national)) == 1:
        return "it is a placeholder, one digit ten times"
    if exchange[0] in "01":
        return f"no exchange (the three digits after the area code) begins with 0 or 1, as {exchange} does"
    if exchange[1:] == "11" and area not in _TOLL_FREE:
        return f"{exchange} is a service, not an exchange (the three digits after the area code)"
    return None


def time_zones(e164: str) -> tuple[str, ...]:
    """Return the time zones in which a number can be; none if it tells nothing. The first call reads tables for 50 ms.

    A toll-free number, and one of an area code that is newer than the library, can be anywhere in North America: such
    a list, from Guam to Newfoundland, tells nothing either.
    """
    key = e164[:_DECIDING] if e164.startswith("+1") else e164
    if (known := _ZONES.get(key)) is not None:
        return known
    from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

    zones = time_zones_for_number(_parsed(e164))
    anywhere = e164.startswith("+1") and len(zones) > _MOST_ZONES_OF_AN_AREA
    found = () if anywhere or zones == (UNKNOWN_TIMEZONE,) else tuple(zones)
    if len(_ZONES) < _MOST_REMEMBERED:
        _ZONES[key] = found
    return found


def _parsed(e164: str) -> Parsed:
    """Parse a number as it is stored; the library looks at one of North America for 9 µs, to find these digits."""
    import phonenumbers

    national = e164.removeprefix("+1")
    if len(national) == _NATIONAL_DIGITS and national != e164 and national[0] in "23456789":
        return phonenumbers.PhoneNumber(country_code=1, national_number=int(national))
    return phonenumbers.parse(e164)


_DECIDING = len("+1") + 6
"""How many characters of a number in North America decide where it is: its area code and its exchange."""

_ZONES: dict[str, tuple[str, ...]] = {}
_MOST_REMEMBERED = 100_000


def zones_of(e164: str, fields: str) -> ContactZones:
    """Return the time zones in which a contact may be, by their number and their fields as they are stored."""
    return contact_zones(e164, time_zones(e164), json.loads(fields))


_MOST_ZONES_OF_AN_AREA = 10
"""An area code of North America lies in three zones at most."""


def require_region(region: str) -> None:
    """Raise ValueError with a sentence unless `region` is a country's two letters."""
    if region.upper() == _HOME:
        return
    import phonenumbers

    if region.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f"{region!r} is not a region; write a country's two letters, as in US, CA or GB.")


def _unreadable(error: Exception, shown: str) -> str:
    from phonenumbers import NumberParseException as Unreadable

    match getattr(error, "error_type", None):
        case Unreadable.INVALID_COUNTRY_CODE:
            return f"{shown!r} begins with a country code that no country has."
        case Unreadable.TOO_LONG:
            return f"{shown!r} has too many digits for a phone number."
        case Unreadable.TOO_SHORT_NSN | Unreadable.TOO_SHORT_AFTER_IDD:
            return f"{shown!r} has too few digits for a phone number."
        case _:
            return f"{shown!r} is not a phone number."


def _impossible(result: int, shown: str) -> str:
    from phonenumbers import ValidationResult

    match result:
        case ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return f"{shown!r} has no area code."
        case ValidationResult.TOO_SHORT:
            return f"{shown!r} has too few digits for a phone number."
        case ValidationResult.TOO_LONG:
            return f"{shown!r} has too many digits for a phone number."
        case ValidationResult.INVALID_COUNTRY_CODE:
            return f"{shown!r} begins with a country code that no country has."
        case _:
            return f"{shown!r} has a number of digits that no phone number has."


@dataclass(frozen=True, slots=True)
class Origin:
    """What a number tells of its owner: a guess, since people keep numbers when they move."""

    state: str | None
    """The state, territory or province of North America, in two letters."""
    is_mobile: bool
    """Whether it may be a mobile phone's; in North America nearly every number may."""
    is_abroad: bool
    """Whether it is outside North America."""


def origin_of(e164: str) -> Origin:
    """Return what a number tells of its owner; the first call reads tables for a tenth of a second."""
    return _origin(e164[:_DECIDING] if e164.startswith("+1") else e164, e164)


_ORIGINS: dict[str, Origin] = {}
"""By the first digits, which decide it in North America."""


def _origin(key: str, e164: str) -> Origin:
    if (known := _ORIGINS.get(key)) is not None:
        return known
    import phonenumbers
    from phonenumbers import PhoneNumberType

    from thrumsg_tui.store.number_states import state_of_number

    number = _parsed(e164)
    kind = phonenumbers.number_type(number)
    has_a_place = e164.startswith("+1") and kind in {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.MOBILE,  # there are some in American Samoa
    }
    fixed = {PhoneNumberType.FIXED_LINE, PhoneNumberType.TOLL_FREE, PhoneNumberType.UAN, PhoneNumberType.SHARED_COST}
    found = Origin(
        state=state_of_number(e164, lambda: phonenumbers.region_code_for_number(number)) if has_a_place else None,
        is_mobile=kind not in fixed,
        is_abroad=not e164.startswith("+1"),
    )
    if len(_ORIGINS) < _MOST_REMEMBERED:
        _ORIGINS[key] = found
    return found

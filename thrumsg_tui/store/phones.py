"""Phone numbers: reading them in any spelling (`docs/rules.md 9.2`).

The library is imported inside the functions: it costs start-up time, and most commands need no number.
"""

from __future__ import annotations

from dataclasses import dataclass

_LONGEST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number as it is stored, and as people of its country write it."""

    e164: str
    national: str


def normalize(text: str, region: str = "US") -> PhoneNumber:
    """Read a number in any spelling; `region` says whose numbers are written without a country code.

    Raises ValueError with a sentence for an unknown region, and for what cannot be texted: no number, an extension,
    or a length that is not possible (`docs/rules.md 9.2`). 30 µs.
    """
    import phonenumbers

    require_region(region)
    if not text.strip():
        raise ValueError("no phone number")
    shown = text.strip() if len(text.strip()) <= _LONGEST_SHOWN else f"{text.strip()[:_LONGEST_SHOWN]}…"
    try:
        number = phonenumbers.parse(text, region.upper())
    except phonenumbers.NumberParseException as error:
        raise ValueError(_unreadable(error, shown)) from None
    if number.extension:
        raise ValueError(f"{shown!r} has an extension, and an extension cannot be texted.")
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValueError(_impossible(possible, shown))
    if number.country_code == 1 and phonenumbers.national_significant_number(number)[0] in "01":
        raise ValueError(f"{shown!r} is not a number: no area code begins with 0 or 1.")
    return PhoneNumber(
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL),
    )


def time_zone(e164: str) -> str | None:
    """The time zone of a number where its digits tell exactly one, else None; the first call reads tables for 50 ms."""
    import phonenumbers
    from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

    zones = time_zones_for_number(phonenumbers.parse(e164))
    return zones[0] if len(zones) == 1 and zones[0] != UNKNOWN_TIMEZONE else None


def require_region(region: str) -> None:
    """Raise ValueError with a sentence unless `region` is a country's two letters."""
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

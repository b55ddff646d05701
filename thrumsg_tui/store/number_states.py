"""The states in which numbers of North America are, from the tables of the phone-number library.

Its geocoder loads the places of all countries in all languages: 100 MB, of which these are a tenth, and of that the
states take 4 MB.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path

from thrumsg_tui.domain.contact_zones import state_of

_NORTH_AMERICA = "1"
_LONGEST_PREFIX = 11

_TERRITORIES = frozenset({"AS", "GU", "MP", "PR", "VI"})
"""Countries to the library and states to us; the letters of others, as "KY", are those of another place."""


def state_of_number(e164: str, country: str | None) -> str | None:
    """Return the two letters of the state, territory or province of a number; None if it tells none.

    The first call reads tables for a tenth of a second.

    Args:
        e164: A number of a place in North America, in E.164.
        country: Its country, in two letters: the state where the tables know no place.
    """
    states = _states()
    known = (e164[1 : 1 + length] for length in range(_LONGEST_PREFIX, 0, -1))
    elsewhere = country if country in _TERRITORIES else None
    return next((states[prefix] for prefix in known if prefix in states), elsewhere)


@cache
def _states() -> Mapping[str, str | None]:
    """The state of each prefix for which the library knows a place."""
    by_place: dict[str, str | None] = {}
    states: dict[str, str | None] = {}
    for prefix, places in _places():
        place = places["en"].rpartition(", ")[2]
        if place not in by_place:
            by_place[place] = state_of({"state": place})
        states[prefix] = by_place[place]
    return states


def _places() -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield each prefix of North America with its place by language; the tables are sorted by prefix."""
    import phonenumbers

    folder = Path(phonenumbers.__file__).with_name("geodata")
    for nth in count():
        spec = spec_from_file_location(f"phonenumbers.geodata.data{nth}", folder / f"data{nth}.py")
        if spec is None or spec.loader is None:
            raise ImportError(f"phonenumbers has its places no longer in {folder}")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        found = [(prefix, places) for prefix, places in module.data.items() if prefix.startswith(_NORTH_AMERICA)]
        if not found:
            return
        yield from ((prefix, places) for prefix, places in found if "en" in places)

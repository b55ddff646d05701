"""The states in which numbers of North America are, from the tables of the phone-number library.

Its geocoder loads the places of all countries in all languages: 100 MB, of which these are a tenth, and of that the
states take 4 MB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path

from thrumsg_tui.domain.contact_zones import state_of

_NORTH_AMERICA = "1"
_LONGEST_PREFIX = 11

_TERRITORIES = frozenset({"AS", "GU", "MP", "PR", "VI"})
"""Countries to the library and states to us; the letters of others, as "KY", are those of another place."""


def state_of_number(e164: str, country: Callable[[], str | None]) -> str | None:
    """Return the two letters of the state, territory or province of a number; None if it tells none.

    The first call reads tables for a tenth of a second.

    Args:
        e164: A number of a place in North America, in E.164.
        country: Returns its country, in two letters: the state where the tables know no place.
    """
    states = _states()
    for length in range(_LONGEST_PREFIX, 0, -1):
        if (prefix := e164[1 : 1 + length]) in states:
            return states[prefix]
    found = country()
    return found if found in _TERRITORIES else None


@cache
def _states() -> Mapping[str, str | None]:
    """The state of each prefix for which the library knows a place."""
    by_place: dict[str, str | None] = {}
    states: dict[str, str | None] = {}
    for prefix, named in _places():
        place = named.rpartition(", ")[2]
        if place not in by_place:
            by_place[place] = state_of({"state": place})
        states[prefix] = by_place[place]
    return states


def _places() -> Iterator[tuple[str, str]]:
    """Yield each prefix of North America with its place in English; the tables are sorted by prefix."""
    import phonenumbers

    folder = Path(phonenumbers.__file__).with_name("geodata")
    for nth in count():
        spec = spec_from_file_location(f"phonenumbers.geodata.data{nth}", folder / f"data{nth}.py")
        if spec is None or spec.loader is None:
            raise ImportError(f"phonenumbers has its places no longer in {folder}")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        for prefix, places in module.data.items():
            if not prefix.startswith(_NORTH_AMERICA):
                return
            if "en" in places:
                yield prefix, places["en"]

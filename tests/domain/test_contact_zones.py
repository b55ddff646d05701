"""Where a contact may be, by their fields and their number (docs/rules.md 10.10)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from thrumsg_tui.domain import contact_zones as module
from thrumsg_tui.domain.contact_zones import ContactZones, contact_zones, state_of

NEW_YORK, CHICAGO, DENVER = "America/New_York", "America/Chicago", "America/Denver"


@pytest.mark.parametrize(
    ("of_number", "fields", "expected"),
    [
        ([NEW_YORK], {}, ContactZones((NEW_YORK,), NEW_YORK)),
        ([], {}, ContactZones()),
        (["America/Boise", "America/Los_Angeles"], {}, ContactZones(("America/Boise", "America/Los_Angeles"))),
        # Who moved keeps the number: where they live counts.
        ([NEW_YORK], {"state": "CA"}, ContactZones(("America/Los_Angeles",), "America/Los_Angeles")),
        ([], {"state": "california "}, ContactZones(("America/Los_Angeles",), "America/Los_Angeles")),
        ([], {"home_state": "New  York"}, ContactZones((NEW_YORK,), NEW_YORK)),
        ([], {"province": "Québec"}, ContactZones(("America/Toronto", "America/Puerto_Rico"))),
        # All of a state's zones count; the number tells which is likelier.
        ([CHICAGO], {"state": "TX"}, ContactZones((CHICAGO, DENVER), CHICAGO)),
        ([NEW_YORK], {"state": "TX"}, ContactZones((CHICAGO, DENVER))),
        ([NEW_YORK], {"timezone": DENVER, "state": "TX"}, ContactZones((DENVER,), DENVER)),
        ([NEW_YORK], {"time_zone": "Central"}, ContactZones((CHICAGO,), CHICAGO)),
        ([NEW_YORK], {"tz": "MDT"}, ContactZones((DENVER,), DENVER)),
        # What says nothing is passed over.
        ([NEW_YORK], {"state": "", "timezone": " "}, ContactZones((NEW_YORK,), NEW_YORK)),
        ([NEW_YORK], {"state": "of mind"}, ContactZones((NEW_YORK,), NEW_YORK)),
        ([NEW_YORK], {"timezone": "America/Nowhere"}, ContactZones((NEW_YORK,), NEW_YORK)),
        ([NEW_YORK], {"timezone": "../../etc/passwd"}, ContactZones((NEW_YORK,), NEW_YORK)),
        ([NEW_YORK], {"timezone": "Etc/GMT"}, ContactZones((NEW_YORK,), NEW_YORK)),
        ([NEW_YORK], {"zip": "90210"}, ContactZones((NEW_YORK,), NEW_YORK)),
    ],
)
def test_a_zone_or_state_among_the_fields_counts_instead_of_the_number(
    of_number: list[str], fields: dict[str, str], expected: ContactZones
) -> None:
    assert contact_zones("+12125550100", of_number, fields) == expected


def test_a_state_is_one_of_north_america_only_where_the_number_is() -> None:
    perth = "Australia/Perth"
    assert contact_zones("+61891234567", [perth], {"state": "WA"}) == ContactZones((perth,), perth)
    assert contact_zones("+61891234567", [perth], {"timezone": NEW_YORK}).likely == NEW_YORK


def test_every_zone_of_the_tables_exists() -> None:
    zones = {zone for state in module._ZONES.values() for zone in state} | set(module._SHORT_ZONES.values())
    for zone in zones:
        assert ZoneInfo(zone).key == zone
    assert len(module._ZONES) == 50 + 1 + 5 + 13


def test_a_state_is_known_by_its_letters_and_its_name() -> None:
    assert [state_of({"state": text}) for text in ("tx", "Texas", "District of Columbia", "X", "")] == [
        "TX",
        "TX",
        "DC",
        None,
        None,
    ]

"""The counters of a campaign, its setup, and its hours for a contact (docs/rules.md 2.1, 6.1, 6.3)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from thrumsg_tui.domain.campaigns import Campaign, CampaignId, Setup, Totals
from thrumsg_tui.domain.contact_zones import ContactZones
from thrumsg_tui.domain.enums import CampaignState, HoursIn
from thrumsg_tui.domain.hours import DailyHours, InitialWindow

NEW_YORK = "America/New_York"
CAMPAIGN = Campaign(
    id=CampaignId(1),
    name="Spring",
    description="Doors",
    initial_script="Hi",
    state=CampaignState.ACTIVE,
    hours=DailyHours(NEW_YORK, 9 * 60, 21 * 60),
    hours_in=HoursIn.CONTACT,
    window=InitialWindow(NEW_YORK, date(2026, 3, 1), date(2026, 3, 3)),
    quicksend=True,
    created_by="Ana",
    created_at=datetime(2026, 3, 1, tzinfo=UTC),
    launched_at=None,
)
NOWHERE = ContactZones()


def at(zone: str) -> ContactZones:
    return ContactZones((zone,), zone)


@pytest.mark.parametrize(
    ("texted", "replied", "rate"),
    [(0, 0, 0), (1, 0, 0), (1, 1, 100), (3, 2, 67), (3, 1, 33), (8, 1, 13), (200, 1, 1), (201, 1, 0), (40, 1, 3)],
)
def test_the_reply_rate_is_rounded_half_up(texted: int, replied: int, rate: int) -> None:
    assert Totals(texted, 0, 0, 0, 0, 0, texted, replied).reply_rate == rate


def test_a_setup_is_what_may_be_changed_about_a_campaign() -> None:
    assert CAMPAIGN.setup == Setup(
        name="Spring",
        initial_script="Hi",
        hours=CAMPAIGN.hours,
        description="Doors",
        hours_in=HoursIn.CONTACT,
        starts=date(2026, 3, 1),
        ends=date(2026, 3, 3),
        quicksend=True,
    )
    assert CAMPAIGN.setup.window == CAMPAIGN.window


def test_a_setup_whose_window_ends_before_it_starts_is_none() -> None:
    with pytest.raises(ValueError, match="before the start date"):
        replace(CAMPAIGN.setup, ends=date(2026, 2, 28))


def test_for_a_contact_the_hours_are_theirs_and_the_window_stays() -> None:
    here = CAMPAIGN.for_contact(at("Pacific/Honolulu"))
    assert here.hours == DailyHours("Pacific/Honolulu", 9 * 60, 21 * 60)
    assert here.window == CAMPAIGN.window
    assert here.whose_hours == "in the contact's time zone, Pacific/Honolulu"
    assert here.for_contact(at("Europe/Paris")) == here


def test_for_a_contact_whose_zone_is_unknown_the_hours_are_the_campaigns() -> None:
    here = CAMPAIGN.for_contact(NOWHERE)
    assert here.hours == CAMPAIGN.hours
    assert here.whose_hours == NEW_YORK


def test_a_campaign_with_hours_of_its_own_is_the_same_for_everybody() -> None:
    own = replace(CAMPAIGN, hours_in=HoursIn.CAMPAIGN)
    assert own.for_contact(at("Pacific/Honolulu")) == own
    assert own.whose_hours == NEW_YORK
    assert CAMPAIGN.whose_hours == "in each contact's time zone"

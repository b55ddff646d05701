"""Hours in the contact's time zone, on the screens (docs/rules.md 3.17, 6.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.tui.office import Office
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import HoursIn
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.store.changes.campaigns import edit_campaign
from thrumsg_tui.tui.screens.overview import OverviewScreen


@pytest.fixture
def maria(bare: Office) -> ConversationId:
    """A contact in Los Angeles who wrote, where it is six in the morning, in a campaign of New York."""
    campaign = bare.campaign()
    id = bare.contact("Maria Lopez", wrote="Hello")
    hours = DailyHours("America/New_York", 9 * 60, 21 * 60)
    edit_campaign(bare.db, bare.ana, campaign.id, replace(campaign.setup, hours=hours, hours_in=HoursIn.CONTACT))
    bare.clock.now = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
    return id


async def test_the_banner_names_the_contacts_zone(bare: Office, maria: ConversationId) -> None:
    async with bare.messenger() as person:
        assert person.banner == (
            "Campaign is currently closed: its hours are 09:00–21:00 in the contact's time zone, America/Los_Angeles; "
            "it opens 09:00 PST. What you send now waits until then."
        )
        await person.press("enter")
        before = person.messenger.box.region
        await person.type("Hi")
        assert person.banner.endswith("09:00 PST. What you send now waits until then.")
        assert person.messenger.box.region == before
        await person.press("enter")
        assert person.sees("unsent until 09:00 PST")


async def test_a_sender_waits_for_the_contacts_morning(bare: Office, maria: ConversationId) -> None:
    async with bare.messenger(login="kim") as person:
        await person.press("enter")
        await person.type("Hi")
        assert person.send_key == "closed until 09:00 PST"
        await person.press("escape")
    bare.clock.now = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
    async with bare.messenger(login="kim") as person:
        assert person.banner == ""
        await person.press("enter", "enter")
    assert len(bare.bodies(maria)) == 3


async def test_the_edge_of_the_box_has_room_for_when_the_quiet_hours_end(bare: Office, maria: ConversationId) -> None:
    campaign = bare.campaigns["Spring"]
    hours = DailyHours("America/New_York", 9 * 60, 21 * 60)
    edit_campaign(bare.db, bare.ana, campaign.id, replace(campaign.setup, hours=hours, quiet_hours=True))
    async with bare.messenger(login="kim", size=(90, 24)) as person:
        await person.press("enter")
        await person.type("Hi")
        assert person.banner == "Quiet hours at the contact until 08:00 PST."
        assert person.sees("quiet until 08:00 PST ─╯")
    async with bare.messenger() as person:
        assert person.banner == "Quiet hours at the contact until 08:00 PST. What you send now waits until then."


async def test_the_overview_says_that_the_hours_are_each_contacts(bare: Office, maria: ConversationId) -> None:
    async with bare.app() as person:
        assert isinstance(person.app.screen, OverviewScreen)
        assert person.sees("Campaign is open from 09:00 to 21:00 in each contact's time zone.")

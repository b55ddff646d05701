"""Daily hours in the contact's time zone (docs/rules.md 6.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from phonenumbers.tzdata import TIMEZONE_DATA

from tests.clock import Clock
from tests.store.arranging import assignment_of, give, journal, known_as, look_at, sentence_of, take_in
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.contact_zones import ContactZones
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import HoursIn, MessageState, Tab
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.opened_points import EVERYTHING
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import create_campaign, edit_campaign
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.send_all import send_batch
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.imports.import_run import ImportOptions
from thrumsg_tui.store.phones import time_zones, zones_of
from thrumsg_tui.store.queries.campaigns import campaign_for
from thrumsg_tui.store.queries.conversations import ListRequest
from thrumsg_tui.store.queries.lookup import conversations_by_phone
from thrumsg_tui.store.queries.messenger import ViewRequest, messenger_view

NEW_YORK, LOS_ANGELES, HONOLULU = "+12125550100", "+12135550100", "+18085550100"
TOLL_FREE, UNREAL = "+18005550100", "+15005550006"
ZONES = {NEW_YORK: "America/New_York", LOS_ANGELES: "America/Los_Angeles", HONOLULU: "Pacific/Honolulu"}

TEN_IN_NEW_YORK = datetime(2026, 3, 3, 15, tzinfo=UTC)  # 07:00 in Los Angeles, 05:00 in Honolulu


@pytest.fixture
def coasts(db: Database, owner: Identity, spring: Campaign, clock: Clock, tmp_path: Path) -> Campaign:
    """A campaign of New York with contacts' hours, 09:00 to 21:00, with a contact of each number, all kim's."""
    clock.now = TEN_IN_NEW_YORK
    hours = DailyHours("America/New_York", 9 * 60, 21 * 60)
    campaign = create_campaign(db, owner, Setup("Coasts", "Hi", hours=hours, hours_in=HoursIn.CONTACT, quicksend=True))
    add_senders(db, owner, "Coasts", ["kim"])
    path = tmp_path / "contacts.csv"
    numbers = [*ZONES, TOLL_FREE, UNREAL]
    path.write_text("\n".join(["first name,phone", *(f"P{nth},{each}" for nth, each in enumerate(numbers))]))
    import_contacts(db, owner, path, "Coasts", ImportOptions(confirmed=EVERYTHING))
    give(db, owner, campaign, "kim", list(by_number(db, campaign).values()))
    return campaign


def by_number(db: Database, campaign: Campaign) -> dict[str, ConversationId]:
    with db.reading() as conn:
        return conversations_by_phone(conn, campaign.id)


def held_until(db: Database, campaign: Campaign, phone: str) -> datetime | None:
    return look_at(db, by_number(db, campaign)[phone]).messages[-1].leaves_at


# The zone of a number


@pytest.mark.parametrize(
    ("phone", "zone"),
    [
        *ZONES.items(),
        (TOLL_FREE, None),
        (UNREAL, None),
        ("+442079460000", "Europe/London"),
        ("+61491570006", None),  # a mobile number may be anywhere in Australia
    ],
)
def test_a_number_has_a_zone_where_its_digits_tell_exactly_one(phone: str, zone: str | None) -> None:
    assert zones_of(phone, "{}").likely == zone


def test_a_number_may_be_in_several_zones_or_tell_none() -> None:
    assert time_zones("+12085550100") == ("America/Boise", "America/Los_Angeles")
    assert time_zones(TOLL_FREE) == time_zones(UNREAL) == ()
    assert "Australia/Perth" in time_zones("+61491570006")


def test_every_zone_that_a_number_can_have_is_one_that_we_know() -> None:
    for zone in {zone for zones in TIMEZONE_DATA.values() for zone in zones}:
        assert ZoneInfo(zone).key == zone


def test_only_a_campaign_with_contacts_hours_asks_for_the_zone(
    db: Database, owner: Identity, spring: Campaign, coasts: Campaign
) -> None:
    conversation_id = by_number(db, coasts)[HONOLULU]
    assert look_at(db, conversation_id).zones.likely == "Pacific/Honolulu"
    edit_campaign(db, owner, coasts.id, replace(coasts.setup, hours_in=HoursIn.CAMPAIGN), confirmed=EVERYTHING)
    assert look_at(db, conversation_id).zones == ContactZones()


def test_the_area_code_and_the_exchange_decide_the_zones_of_a_number_in_north_america() -> None:
    assert max(len(prefix) for prefix in TIMEZONE_DATA if prefix.startswith("1")) <= len("1") + 6


# Sending


def test_a_sender_may_write_to_those_whose_day_it_is(db: Database, coasts: Campaign) -> None:
    kim = known_as(db, "kim")
    assert send(db, kim, by_number(db, coasts)[NEW_YORK]).state is MessageState.QUEUED
    with pytest.raises(Refused) as refused:
        send(db, kim, by_number(db, coasts)[LOS_ANGELES])
    assert str(refused.value) == (
        "Campaign is currently closed: its hours are 09:00–21:00 in the contact's time zone, America/Los_Angeles; "
        "it opens 09:00 PST."
    )


def test_where_the_zone_is_unknown_the_campaigns_counts(db: Database, coasts: Campaign, clock: Clock) -> None:
    kim = known_as(db, "kim")
    assert send(db, kim, by_number(db, coasts)[TOLL_FREE]).state is MessageState.QUEUED
    clock.forward(hours=12)  # 22:00 in New York
    with pytest.raises(Refused, match=r"09:00–21:00 America/New_York; it opens tomorrow 09:00 EST\."):
        send(db, kim, by_number(db, coasts)[UNREAL])


def test_an_admins_message_waits_for_the_contacts_morning(db: Database, owner: Identity, coasts: Campaign) -> None:
    leaves = {phone: send(db, owner, each).leaves_at for phone, each in by_number(db, coasts).items()}
    assert leaves == {
        NEW_YORK: None,
        LOS_ANGELES: datetime(2026, 3, 3, 17, tzinfo=UTC),
        HONOLULU: datetime(2026, 3, 3, 19, tzinfo=UTC),
        TOLL_FREE: None,
        UNREAL: None,
    }


def test_held_messages_leave_zone_by_zone(db: Database, owner: Identity, coasts: Campaign, clock: Clock) -> None:
    for each in by_number(db, coasts).values():
        send(db, owner, each)
    left = []
    for hour in (15, 17, 19):
        clock.now = datetime(2026, 3, 3, hour, tzinfo=UTC)
        let_due(db)
        left.append([each.phone for each in take_queued(db)])
    assert left == [[NEW_YORK, TOLL_FREE, UNREAL], [LOS_ANGELES], [HONOLULU]]
    assert [sentence_of(each) for each in journal(db) if each.kind is EventKind.RELEASE] == [
        "1 scheduled message may leave now"
    ] * 2


def test_a_queued_message_is_held_again_when_the_contacts_day_is_over(
    db: Database, owner: Identity, coasts: Campaign, clock: Clock
) -> None:
    for phone in (NEW_YORK, TOLL_FREE):
        send(db, owner, by_number(db, coasts)[phone])
    edit_campaign(
        db,
        owner,
        coasts.id,
        replace(coasts.setup, hours=DailyHours("Pacific/Honolulu", 9 * 60, 21 * 60)),
        confirmed=EVERYTHING,
    )
    clock.now = datetime(2026, 3, 4, 3, tzinfo=UTC)  # 22:00 in New York, 17:00 in Honolulu
    assert [each.phone for each in take_queued(db)] == [TOLL_FREE]
    assert held_until(db, coasts, NEW_YORK) == datetime(2026, 3, 4, 14, tzinfo=UTC)


def test_send_all_sends_a_sender_those_that_are_awake_and_tells_why_not_the_others(
    db: Database, coasts: Campaign
) -> None:
    kim, numbers = known_as(db, "kim"), by_number(db, coasts)
    batch = send_batch(db, kim, assignment_of(db, coasts, "kim"), Tab.INITIAL)
    assert len(batch.sent) == 3
    assert [each for each, _ in batch.refused] == [numbers[LOS_ANGELES], numbers[HONOLULU]]
    assert "it opens 09:00 HST" in batch.refused[1][1]


def test_the_window_is_the_campaigns(db: Database, owner: Identity, coasts: Campaign, clock: Clock) -> None:
    edit_campaign(db, owner, coasts.id, replace(coasts.setup, ends=date(2026, 3, 3)), confirmed=EVERYTHING)
    clock.now = datetime(2026, 3, 4, 5, 30, tzinfo=UTC)  # 00:30 on the 4th in New York, 19:30 on the 3rd in Honolulu
    with pytest.raises(Refused, match="window is over"):
        send(db, owner, by_number(db, coasts)[HONOLULU])


def test_summer_time_is_the_contacts(db: Database, owner: Identity, coasts: Campaign, clock: Clock) -> None:
    clock.now = datetime(2026, 3, 8, 4, tzinfo=UTC)  # the night in which the clocks change, but not in Honolulu
    for each in by_number(db, coasts).values():
        send(db, owner, each)
    assert held_until(db, coasts, NEW_YORK) == datetime(2026, 3, 8, 13, tzinfo=UTC)
    assert held_until(db, coasts, HONOLULU) is None  # 18:00


# Changing whose hours they are


def test_held_messages_wait_anew_when_the_hours_become_the_contacts(
    db: Database, owner: Identity, coasts: Campaign, clock: Clock
) -> None:
    edit_campaign(db, owner, coasts.id, replace(coasts.setup, hours_in=HoursIn.CAMPAIGN), confirmed=EVERYTHING)
    clock.now = datetime(2026, 3, 4, 3, tzinfo=UTC)  # 22:00 in New York, 19:00 in Los Angeles, 17:00 in Honolulu
    for each in by_number(db, coasts).values():
        send(db, owner, each)
    assert held_until(db, coasts, HONOLULU) == datetime(2026, 3, 4, 14, tzinfo=UTC)
    edit_campaign(db, owner, coasts.id, coasts.setup, confirmed=EVERYTHING)
    assert (
        sentence_of(journal(db)[0]) == "changed the choice of time zone of 'Coasts'; 2 scheduled messages may leave now"
    )
    assert [each.phone for each in take_queued(db)] == [LOS_ANGELES, HONOLULU]
    assert held_until(db, coasts, NEW_YORK) == datetime(2026, 3, 4, 14, tzinfo=UTC)
    edit_campaign(
        db,
        owner,
        coasts.id,
        replace(coasts.setup, hours=DailyHours("Asia/Tokyo", 8 * 60, 21 * 60)),
        confirmed=EVERYTHING,
    )
    assert held_until(db, coasts, NEW_YORK) == datetime(2026, 3, 4, 13, tzinfo=UTC)
    assert held_until(db, coasts, TOLL_FREE) is None  # noon in Tokyo


# What the messenger says


def test_the_messenger_has_the_hours_of_the_contact_that_is_open(
    db: Database, owner: Identity, coasts: Campaign
) -> None:
    viewed = ListRequest(coasts.id, assignment_of(db, coasts, "kim"), Tab.INITIAL)
    for phone, zone in (ZONES | {TOLL_FREE: "America/New_York"}).items():
        cursor = by_number(db, coasts)[phone]
        with db.reading() as conn:
            view = messenger_view(conn, owner, ViewRequest(viewed, 0, 10, cursor, 0), db.clock())
        assert view.campaign == coasts
        assert view.campaign_here.hours == replace(coasts.hours, timezone=zone)


def test_a_number_is_enough_to_ask_for_its_hours(db: Database, spring: Campaign, coasts: Campaign) -> None:
    with db.reading() as conn:
        assert campaign_for(conn, coasts.id, HONOLULU).hours.timezone == "Pacific/Honolulu"
        assert campaign_for(conn, coasts.id, TOLL_FREE).hours.timezone == "America/New_York"
        assert campaign_for(conn, spring.id, HONOLULU) == spring


def test_nothing_else_differs(db: Database, owner: Identity, coasts: Campaign) -> None:
    [bea] = take_in(db, owner, "Coasts", ["Bea"])
    assert look_at(db, bea).zones.likely == "America/Los_Angeles"

"""Whether a message may be sent now, and why not (docs/rules.md 3.17, 3.18, 5.9, 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.campaigns import Campaign, CampaignId
from thrumsg_tui.domain.closures import closure, format_moment
from thrumsg_tui.domain.contact_zones import ContactZones
from thrumsg_tui.domain.departures import Departure, departure, handed_over_at, scheduled_for, shut_out, valid_for
from thrumsg_tui.domain.enums import CampaignState, HoursIn, MessageKind
from thrumsg_tui.domain.hours import DailyHours, InitialWindow, is_open
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.send_rules import Attempt, Obstacle, check_send, unfit

NOON = datetime(2026, 3, 3, 17, tzinfo=UTC)  # 12:00 in New York
NIGHT = datetime(2026, 3, 4, 3, tzinfo=UTC)  # 22:00 there, still the 3rd
NEW_YORK = "America/New_York"
CAMPAIGN = Campaign(
    id=CampaignId(1),
    name="Spring",
    description="",
    initial_script="Hi",
    state=CampaignState.ACTIVE,
    hours_in=HoursIn.CAMPAIGN,
    hours=DailyHours(NEW_YORK, 9 * 60, 21 * 60),
    window=InitialWindow(NEW_YORK, None, None),
    quicksend=False,
    created_by="Ana",
    created_at=NOON,
    launched_at=NOON,
)
ATTEMPT = Attempt(
    campaign=CAMPAIGN,
    kind=MessageKind.INITIAL,
    body="Hi Ann",
    filled_in=True,
    role=Role.SENDER,
    is_holder=True,
    holder_name="Kim",
    opted_out=False,
)
NOWHERE = ContactZones()


def at(*zones: str) -> ContactZones:
    return ContactZones(zones, zones[0] if len(zones) == 1 else None)


def window(starts: date | None, ends: date | None) -> Campaign:
    return replace(CAMPAIGN, window=InitialWindow(NEW_YORK, starts, ends))


def obstacle(attempt: Attempt, now: datetime) -> Obstacle | None:
    refusal = check_send(attempt, now).refusal
    return refusal.obstacle if refusal else None


@pytest.mark.parametrize(
    ("changes", "now", "expected"),
    [
        ({}, NOON, None),
        ({"opted_out": True}, NOON, Obstacle.OPTED_OUT),
        ({"campaign": replace(CAMPAIGN, state=CampaignState.PAUSED)}, NOON, Obstacle.CLOSED),
        ({"campaign": replace(CAMPAIGN, state=CampaignState.DRAFT)}, NOON, Obstacle.CLOSED),
        ({}, NIGHT, Obstacle.CLOSED),
        ({"role": Role.MODERATOR}, NIGHT, None),
        ({"body": ""}, NIGHT, Obstacle.CLOSED),
        ({"body": "Hi %first_name%", "filled_in": False}, NIGHT, Obstacle.CLOSED),
        ({"campaign": window(None, date(2026, 3, 3))}, NIGHT, Obstacle.WINDOW_OVER),
        ({"campaign": window(None, date(2026, 3, 3)), "role": Role.OWNER, "body": ""}, NIGHT, Obstacle.WINDOW_OVER),
        ({"campaign": window(None, date(2026, 3, 2))}, NOON, Obstacle.WINDOW_OVER),
        ({"campaign": window(None, date(2026, 3, 2)), "kind": MessageKind.REPLY}, NOON, None),
        ({"campaign": window(None, date(2026, 3, 3)), "role": Role.OWNER}, NIGHT, Obstacle.WINDOW_OVER),
        ({"is_holder": False}, NOON, Obstacle.REASSIGNED),
        ({"number_withdrawn": True}, NOON, Obstacle.NUMBER_WITHDRAWN),
        ({"number_withdrawn": True, "body": ""}, NIGHT, Obstacle.NUMBER_WITHDRAWN),
        ({"is_holder": False, "role": Role.MODERATOR}, NOON, None),
        ({"body": " "}, NOON, Obstacle.EMPTY),
        ({"body": "Hi %first_name%", "filled_in": False}, NOON, Obstacle.UNRESOLVED),
        ({"body": "Hi %first_name%", "filled_in": True}, NOON, None),
        ({"body": "x" * 1378}, NOON, Obstacle.TOO_LONG),
    ],
)
def test_each_obstacle_is_named(changes: dict[str, object], now: datetime, expected: Obstacle | None) -> None:
    assert obstacle(replace(ATTEMPT, **changes), now) is expected  # type: ignore[arg-type]


def test_the_most_fundamental_reason_comes_first() -> None:
    attempt = replace(
        ATTEMPT,
        opted_out=True,
        campaign=replace(window(None, date(2026, 3, 1)), state=CampaignState.PAUSED),
        is_holder=False,
        number_withdrawn=True,
        body="",
    )
    expected = [
        *(Obstacle.REASSIGNED, Obstacle.OPTED_OUT, Obstacle.CLOSED, Obstacle.WINDOW_OVER),
        *(Obstacle.NUMBER_WITHDRAWN, Obstacle.EMPTY),
    ]
    found = [obstacle(attempt, NOON)]
    attempt = replace(attempt, is_holder=True)
    mendings: tuple[Mapping[str, object], ...] = (
        *({}, {"opted_out": False}, {"campaign": window(None, date(2026, 3, 1))}, {"campaign": CAMPAIGN}),
        {"number_withdrawn": False},
    )
    for mended in mendings:
        attempt = replace(attempt, **mended)  # type: ignore[arg-type]
        found.append(obstacle(attempt, NOON))
    assert found == expected


def test_a_closed_campaign_says_for_what_reason_and_when_it_opens_again() -> None:
    assert closure(CAMPAIGN, NOON) is None
    at_night = closure(CAMPAIGN, NIGHT)
    assert at_night is not None
    assert at_night.reason == "its hours are 09:00–21:00 America/New_York; it opens tomorrow 09:00 EST"
    assert at_night.opens_at == datetime(2026, 3, 4, 14, tzinfo=UTC)
    paused = closure(replace(CAMPAIGN, state=CampaignState.PAUSED), NIGHT)
    assert paused is not None
    assert (paused.reason, paused.opens_at) == ("it is paused", None)


@pytest.mark.parametrize(
    ("hours", "expected"), [(2, "14:00 EST"), (24, "tomorrow 12:00 EST"), (72, "Fri 6 March 12:00 EST")]
)
def test_a_moment_is_said_in_the_campaigns_zone(hours: int, expected: str) -> None:
    assert format_moment(CAMPAIGN, NOON + timedelta(hours=hours), NOON) == expected


# Hours in the contact's time zone (6.1)

CONTACTS_HOURS = replace(CAMPAIGN, hours_in=HoursIn.CONTACT)
HONOLULU = CONTACTS_HOURS.for_contact(at("Pacific/Honolulu"))  # ten hours behind UTC


def test_a_campaign_whose_hours_are_its_contacts_is_open_as_a_whole() -> None:
    assert closure(CONTACTS_HOURS, NIGHT) is None
    paused = closure(replace(CONTACTS_HOURS, state=CampaignState.PAUSED), NIGHT)
    assert paused is not None
    assert paused.reason == "it is paused"


def test_for_a_contact_it_is_closed_by_their_clock_and_says_so() -> None:
    assert closure(HONOLULU, NIGHT) is None
    at_noon = closure(HONOLULU, NOON)  # 07:00 there
    assert at_noon is not None
    assert at_noon.reason == (
        "its hours are 09:00–21:00 in the contact's time zone, Pacific/Honolulu; it opens 09:00 HST"
    )
    assert at_noon.opens_at == datetime(2026, 3, 3, 19, tzinfo=UTC)


def test_a_sender_may_write_to_contacts_whose_day_it_is() -> None:
    assert obstacle(replace(ATTEMPT, campaign=HONOLULU), NIGHT) is None
    assert obstacle(replace(ATTEMPT, campaign=HONOLULU), NOON) is Obstacle.CLOSED
    assert obstacle(replace(ATTEMPT, campaign=CONTACTS_HOURS.for_contact(NOWHERE)), NIGHT) is Obstacle.CLOSED


def test_the_day_of_a_moment_is_the_contacts_too() -> None:
    evening = datetime(2026, 3, 4, 8, tzinfo=UTC)  # 22:00 on the 3rd there
    assert format_moment(HONOLULU, datetime(2026, 3, 4, 19, tzinfo=UTC), evening) == "tomorrow 09:00 HST"


def test_the_window_stays_in_the_campaigns_zone() -> None:
    last_day = replace(window(None, date(2026, 3, 3)), hours_in=HoursIn.CONTACT).for_contact(at("Pacific/Honolulu"))
    late = datetime(2026, 3, 4, 5, 30, tzinfo=UTC)  # 00:30 on the 4th in New York, 19:30 on the 3rd in Honolulu
    assert obstacle(replace(ATTEMPT, campaign=last_day), late) is Obstacle.WINDOW_OVER
    first_day = replace(window(date(2026, 3, 4), None), hours_in=HoursIn.CONTACT).for_contact(at("Pacific/Honolulu"))
    # Midnight in New York is 19:00 in Honolulu, which is open.
    assert scheduled_for(first_day, MessageKind.INITIAL, NOON) == datetime(2026, 3, 4, 5, tzinfo=UTC)


@given(
    st.integers(0, 600 * 1440).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    st.sampled_from(["Pacific/Honolulu", "Asia/Kolkata", "Europe/London", "America/St_Johns"]),
)
def test_a_message_to_a_contact_leaves_in_their_hours(now: datetime, timezone: str) -> None:
    here = CONTACTS_HOURS.for_contact(at(timezone))
    assert is_open(DailyHours(timezone, 9 * 60, 21 * 60), scheduled_for(here, MessageKind.REPLY, now) or now)


# Quiet hours at the contact (10.10)

QUIET = replace(CAMPAIGN, quiet_hours=True, hours=DailyHours(NEW_YORK, 0, 24 * 60))


def when(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}Z")


@pytest.mark.parametrize(
    ("zones", "now", "leaves_at"),
    [
        (["America/Chicago"], "07-01T12:59:59", "07-01T13:00:00"),  # 07:59:59 in Chicago
        (["America/Chicago"], "07-01T13:00:00", None),
        (["America/Chicago"], "07-02T01:59:59", None),  # 20:59:59 there
        (["America/Chicago"], "07-02T02:00:00", "07-02T13:00:00"),  # 21:00 there
        (["America/Chicago", "America/Denver"], "07-01T13:30:00", "07-01T14:00:00"),
        (["America/Chicago", "America/Denver"], "07-02T02:30:00", "07-02T14:00:00"),
        (["America/Chicago"], "03-08T03:00:00", "03-08T13:00:00"),  # the clocks go forward in the night
        (["America/Chicago"], "11-01T03:00:00", "11-01T14:00:00"),  # and back
        (["America/Phoenix"], "03-08T05:00:00", "03-08T15:00:00"),
        ([], "07-01T11:59:59", "07-01T12:00:00"),  # nothing known: the campaign's, 07:59:59 in New York
    ],
)
def test_quiet_hours_are_those_of_every_zone_that_the_contact_may_be_in(
    zones: list[str], now: str, leaves_at: str | None
) -> None:
    here = QUIET.for_contact(at(*zones) if zones else NOWHERE)
    for kind in (MessageKind.INITIAL, MessageKind.FOLLOW_UP, MessageKind.REPLY):
        assert scheduled_for(here, kind, when(now)) == (when(leaves_at) if leaves_at else None)
    assert scheduled_for(here, MessageKind.OPT_OUT_CONFIRMATION, when(now)) is None


@given(
    st.integers(0, 600 * 1440).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    st.lists(st.sampled_from([NEW_YORK, "America/Denver", "Pacific/Honolulu", "America/St_Johns"]), min_size=1),
    st.sampled_from(HoursIn),
)
def test_both_clocks_must_be_open(now: datetime, zones: list[str], hours_in: HoursIn) -> None:
    here = replace(CAMPAIGN, quiet_hours=True, hours_in=hours_in).for_contact(at(*zones))
    leaves_at = scheduled_for(here, MessageKind.REPLY, now) or now
    assert is_open(here.hours, leaves_at)
    assert all(is_open(DailyHours(zone, 8 * 60, 21 * 60), leaves_at) for zone in zones)
    if leaves_at > now:
        second_before = leaves_at - timedelta(seconds=1)
        assert not (
            is_open(here.hours, second_before)
            and all(is_open(DailyHours(zone, 8 * 60, 21 * 60), second_before) for zone in zones)
        )


@pytest.mark.parametrize(
    ("zone", "now", "reason"),
    [
        ("America/Chicago", "07-02T03:00:00", "quiet hours at the contact until tomorrow 08:00 CDT"),
        ("America/Los_Angeles", "07-01T13:00:00", "quiet hours at the contact until 08:00 PDT"),
    ],
)
def test_the_reason_names_the_contacts_clock(zone: str, now: str, reason: str) -> None:
    closed = closure(QUIET.for_contact(at(zone)), when(now))
    assert closed is not None
    assert closed.reason == reason
    assert closed.sentence == f"Q{reason[1:]}."


def test_a_campaign_that_is_closed_once_the_contacts_night_ends_says_so() -> None:
    here = replace(CAMPAIGN, quiet_hours=True).for_contact(at("Asia/Bangkok"))
    closed = closure(here, when("07-01T16:00:00"))  # 23:00 in Bangkok, where it is eight when New York closes
    assert closed is not None
    assert closed.sentence == ("Quiet hours at the contact, then the campaign is closed until tomorrow 09:00 EDT.")


def test_the_reason_says_what_opens_last() -> None:
    here = replace(CAMPAIGN, quiet_hours=True).for_contact(at("America/Los_Angeles"))
    closed = closure(here, when("07-01T12:00:00"))  # 08:00 in New York, 05:00 in Los Angeles
    assert closed is not None
    assert closed.reason == (
        "its hours are 09:00–21:00 America/New_York; it opens 08:00 PDT (quiet hours at the contact)"
    )
    assert closed.sentence == f"Campaign is currently closed: {closed.reason}."
    assert closed.opens_at == when("07-01T15:00:00")


def test_hours_that_are_all_quiet_at_the_contact_refuse_everybody() -> None:
    early = replace(CAMPAIGN, quiet_hours=True, hours=DailyHours(NEW_YORK, 9 * 60, 11 * 60))
    honolulu = early.for_contact(at("Pacific/Honolulu"))
    refusal = check_send(replace(ATTEMPT, campaign=honolulu, role=Role.OWNER), NOON).refusal
    assert refusal is not None
    assert refusal.sentence == (
        "Campaign is currently closed: its hours, 09:00–11:00 America/New_York, are all in the quiet hours at the "
        "contact, 21:00–08:00 Pacific/Honolulu."
    )
    assert scheduled_for(honolulu, MessageKind.REPLY, NOON) == NOON + timedelta(days=7)


def test_an_admins_message_waits_for_the_end_of_the_quiet_hours() -> None:
    here = QUIET.for_contact(at("America/Chicago"))
    verdict = check_send(replace(ATTEMPT, campaign=here, role=Role.ADMIN), when("07-02T03:00:00"))
    assert verdict.refusal is None
    assert verdict.leaves_at == when("07-02T13:00:00")
    assert obstacle(replace(ATTEMPT, campaign=here), when("07-02T03:00:00")) is Obstacle.CLOSED


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        ("07-01T14:30:00", 10 * 3600),  # 11 hours and a half to go: the most that carriers take
        ("07-02T01:00:00", 3600 - 30),
        ("07-02T01:59:00", 60),
        ("07-02T01:59:59", 60),
    ],
)
def test_a_carrier_may_try_until_the_quiet_hours_begin(now: str, seconds: int) -> None:
    here = QUIET.for_contact(at("America/Chicago", "America/Denver"))
    assert valid_for(here, MessageKind.REPLY, when(now)) == timedelta(seconds=seconds)
    assert valid_for(here, MessageKind.OPT_OUT_CONFIRMATION, when(now)) == timedelta(minutes=5)


def test_the_validity_ends_with_the_campaigns_hours_if_those_end_first() -> None:
    here = replace(CAMPAIGN, quiet_hours=True).for_contact(at("America/Los_Angeles"))
    assert valid_for(here, MessageKind.REPLY, when("07-02T00:00:00")) == timedelta(minutes=59, seconds=30)


@pytest.mark.parametrize(
    ("now", "seconds"),
    [("07-01T03:59:59", 10 * 3600), ("07-02T03:00:00", 3600 - 30), ("07-02T03:58:29", 61)],
)
def test_the_validity_of_an_initial_ends_with_its_window_where_the_day_has_no_closing(now: str, seconds: int) -> None:
    all_day = replace(window(None, date(2026, 7, 1)), hours=DailyHours("America/New_York", 0, 24 * 60))
    assert valid_for(all_day, MessageKind.INITIAL, when(now)) == timedelta(seconds=seconds)
    assert handed_over_at(all_day, MessageKind.INITIAL, when(now)) is None
    assert valid_for(all_day, MessageKind.REPLY, when(now)) == timedelta(hours=10)


def test_no_initial_is_handed_over_in_the_last_moments_of_its_window() -> None:
    all_day = replace(window(None, date(2026, 7, 1)), hours=DailyHours("America/New_York", 0, 24 * 60))
    over = when("07-02T04:00:00")
    assert handed_over_at(all_day, MessageKind.INITIAL, when("07-02T03:58:30")) == over
    assert shut_out(all_day, MessageKind.INITIAL, over)
    assert handed_over_at(all_day, MessageKind.REPLY, when("07-02T03:58:30")) is None


def test_a_confirmation_is_never_held() -> None:
    assert scheduled_for(window(date(2027, 1, 1), None), MessageKind.OPT_OUT_CONFIRMATION, NIGHT) is None


@given(
    st.integers(-90 * 1440, 600 * 1440).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    st.sampled_from([MessageKind.INITIAL, MessageKind.REPLY]),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)) | st.none(),
)
def test_a_message_is_held_until_a_moment_that_is_open(now: datetime, kind: MessageKind, starts: date | None) -> None:
    campaign = window(starts, None)
    leaves_at = scheduled_for(campaign, kind, now)
    assert is_open(campaign.hours, leaves_at or now)
    if leaves_at:
        assert leaves_at > now
        assert scheduled_for(campaign, kind, leaves_at) is None


@pytest.mark.parametrize("body", ["50% off", "100%", "%%", "% of the first name%", "a%b"])
def test_a_percent_sign_is_just_text(body: str) -> None:
    assert unfit(body) is None


MORNING, EVENING = datetime(2026, 3, 3, 14, tzinfo=UTC), datetime(2026, 3, 4, 2, tzinfo=UTC)  # 9:00 and 21:00 there
LAST = EVENING - timedelta(seconds=90)
"""When a carrier gets the last message of a day (`docs/rules.md 10.4`)."""


@pytest.mark.parametrize(
    ("accepted", "seconds", "leaves", "held"),
    [
        (NOON, 0, None, False),
        (NOON, 30, NOON + timedelta(seconds=30), False),
        (MORNING - timedelta(seconds=30), 30, MORNING, True),
        (MORNING - timedelta(seconds=29), 30, MORNING + timedelta(seconds=1), False),
        (LAST - timedelta(seconds=33), 30, LAST - timedelta(seconds=3), False),
        (LAST - timedelta(seconds=32), 30, LAST - timedelta(seconds=3), False),
        (LAST - timedelta(seconds=20), 30, LAST - timedelta(seconds=3), False),
        (LAST - timedelta(seconds=3), 30, None, False),
        (EVENING, 30, MORNING + timedelta(days=1), True),
    ],
)
def test_a_message_that_is_held_back_leaves_within_the_hours_with_two_seconds_to_fetch_it(
    accepted: datetime, seconds: int, leaves: datetime | None, held: bool
) -> None:
    """docs/rules.md 6.4."""
    assert departure(CAMPAIGN, MessageKind.REPLY, accepted, seconds) == Departure(leaves, held)


def test_an_initial_leaves_before_its_window_ends() -> None:
    """docs/rules.md 6.3, 6.4."""
    ends = replace(window(None, date(2026, 3, 3)), hours=DailyHours(NEW_YORK, 0, 24 * 60))
    midnight = datetime(2026, 3, 4, 5, tzinfo=UTC)
    gone = midnight - timedelta(seconds=90)
    accepted, last = gone - timedelta(seconds=20), gone - timedelta(seconds=3)
    assert departure(ends, MessageKind.INITIAL, accepted, 30) == Departure(last, scheduled=False)
    later = accepted + timedelta(seconds=30)
    assert departure(ends, MessageKind.REPLY, accepted, 30) == Departure(later, scheduled=False)

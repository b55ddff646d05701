"""What is checked before a launch (docs/rules.md 10.10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from thrumsg_tui.domain.campaigns import Campaign, CampaignId
from thrumsg_tui.domain.compliance import Contacts, Facts, Level, Point, compliance
from thrumsg_tui.domain.contact_zones import ContactZones
from thrumsg_tui.domain.enums import CampaignState, HoursIn
from thrumsg_tui.domain.hours import DailyHours, InitialWindow
from thrumsg_tui.domain.state_hours import StateHours, read_state_hours, touched

NEW_YORK = "America/New_York"
NOON = datetime(2026, 3, 3, 17, tzinfo=UTC)  # a Tuesday
SCRIPT = "Hi %first_name%, this is Harbor. Reply STOP to end."
CAMPAIGN = Campaign(
    id=CampaignId(1),
    name="Spring",
    description="",
    initial_script=SCRIPT,
    state=CampaignState.DRAFT,
    hours_in=HoursIn.CAMPAIGN,
    hours=DailyHours(NEW_YORK, 9 * 60, 21 * 60),
    window=InitialWindow(NEW_YORK, None, None),
    quicksend=False,
    created_by="Ana",
    created_at=NOON,
    launched_at=None,
    quiet_hours=True,
)
FACTS = Facts(
    campaign=CAMPAIGN,
    organization="Harbor",
    field_codes=("first_name",),
    example="Hi Ann, this is Harbor. Reply STOP to end.",
    texts={"The initial": SCRIPT},
    contacts=Contacts(),
    state_hours=(),
    pace=None,
)
TABLE = read_state_hours((Path(__file__).parents[2] / "data" / "state_hours.csv").read_text(encoding="utf-8"))


def found(facts: Facts, code: str) -> Point | None:
    return next((point for point in compliance(facts, NOON) if point.code == code), None)


def scripted(script: str, **others: object) -> Facts:
    return replace(
        FACTS,
        campaign=replace(CAMPAIGN, initial_script=script),
        example=script,
        texts={"The initial": script},
        **others,  # type: ignore[arg-type]
    )


def test_a_campaign_with_nothing_to_say_has_no_points() -> None:
    assert compliance(FACTS, NOON) == ()


@pytest.mark.parametrize(
    ("facts", "code", "level", "sentence"),
    [
        (
            scripted("Hi. Reply STOP to end."),
            "sender",
            Level.CONFIRM,
            "The initial: It does not say which organization is writing: %organization% does.",
        ),
        (
            scripted("Harbor here."),
            "way-out",
            Level.CONFIRM,
            "The initial: It does not say how to opt out: for example, Reply STOP to end.",
        ),
        (
            scripted("Harbor “here”. Reply STOP to end."),
            "unicode",
            Level.CONFIRM,
            "The initial is sent as Unicode, 70 characters a segment in place of 160: 1 segment for each contact.",
        ),
        (
            replace(
                scripted("Hi %first_name%, Harbor here. Reply STOP to end."), example="Hi Zoë, Harbor here. " + "x" * 60
            ),
            "unicode-fields",
            Level.REPORT,
            "What is filled in makes the initial Unicode for some contacts: 2 segments for one of them.",
        ),
        (
            scripted("Harbor. Reply STOP to end." + "x" * 1500),
            "too-long",
            Level.REFUSE,
            "The initial has 10 segments, and 9 is the most.",
        ),
        (
            scripted("Harbor at %place%. Reply STOP to end.", contacts=Contacts(total=1)),
            "unknown-field",
            Level.REFUSE,
            "%place%: no contact has this field, so nothing could be sent.",
        ),
        (
            scripted("Hi %first name%, Harbor. Reply STOP to end."),
            "misspelt-field",
            Level.REFUSE,
            "%first name% is not a field.",
        ),
        (
            replace(FACTS, campaign=replace(CAMPAIGN, window=InitialWindow(NEW_YORK, None, date(2026, 3, 2)))),
            "window-over",
            Level.REFUSE,
            "The last day for initials, 2026-03-02, is over.",
        ),
        (
            replace(FACTS, campaign=replace(CAMPAIGN, quiet_hours=False)),
            "quiet-hours",
            Level.CONFIRM,
            "Quiet hours are off: contacts may be texted before 08:00 or after 21:00 by their own clock.",
        ),
        (
            replace(FACTS, contacts=Contacts(total=2, by_zones={ContactZones(): 2})),
            "no-zone",
            Level.REPORT,
            "2 contacts, whose numbers tell no time zone, count as in the campaign's.",
        ),
        (
            replace(FACTS, contacts=Contacts(total=3, landlines=2)),
            "landlines",
            Level.CONFIRM,
            "2 numbers cannot be a mobile phone's: toll-free or landlines.",
        ),
        (
            replace(FACTS, contacts=Contacts(total=3, abroad=1)),
            "abroad",
            Level.CONFIRM,
            "1 number outside North America: other laws and prices hold there.",
        ),
        (
            replace(FACTS, contacts=Contacts(total=3, without_value={"place": 2})),
            "empty-place",
            Level.REPORT,
            "2 contacts without a value for %place%: to them the initial cannot be sent.",
        ),
    ],
)
def test_a_point_is_found(facts: Facts, code: str, level: Level, sentence: str) -> None:
    point = found(facts, code)
    assert point is not None
    assert (point.level, point.sentence) == (level, sentence)
    assert {each.code for each in compliance(facts, NOON)} == {code}


def test_hours_in_the_contacts_night_are_reported() -> None:
    early = replace(CAMPAIGN, hours=DailyHours(NEW_YORK, 9 * 60, 11 * 60))
    honolulu = ContactZones(("Pacific/Honolulu",), "Pacific/Honolulu")
    facts = replace(FACTS, campaign=early, contacts=Contacts(total=4, by_zones={honolulu: 4}))
    point = found(facts, "no-common-hours")
    assert point is not None
    assert point.sentence == "4 contacts can never be texted: the campaign's hours are all in their night."


@pytest.mark.parametrize(
    ("text", "blocked"),
    [
        ("See https://bit.ly/abc", True),
        ("See BIT.LY/abc", True),
        ("See www.tinyurl.com/x", True),
        ("See https://harbor.example/bit.ly", False),
        ("See https://rabbit.ly/abc", False),
        ("Mail me@t.co/x", False),
        ("at.co/x is ours", False),
        ("about bit.ly itself", False),
    ],
)
def test_links_of_shared_shorteners_are_found_in_every_text(text: str, blocked: bool) -> None:
    facts = replace(FACTS, texts={"The initial": SCRIPT, "The reply 'Where'": text})
    point = found(facts, "shortener-bit.ly") or found(facts, "shortener-tinyurl.com")
    assert (point is not None) == blocked
    assert point is None or point.sentence.startswith("The reply 'Where' has a link of ")


def test_the_volume_is_measured_against_closing_time() -> None:
    many = replace(FACTS, contacts=Contacts(total=50_000, waiting=50_000), pace=4.0)
    point = found(many, "volume")
    assert point is not None
    assert (point.level, point.sentence) == (Level.REPORT, "50000 initials at 4 segments a second: 3 h 29.")
    late = next(
        each for each in compliance(many, datetime(2026, 3, 3, 23, tzinfo=UTC)) if each.code == "volume"
    )  # 18:00 in New York
    assert late.level is Level.CONFIRM
    assert late.sentence == ("50000 initials at 4 segments a second: 3 h 29, and the campaign closes 21:00 EST.")
    slow = found(replace(many, contacts=Contacts(total=60, waiting=60), pace=1.0), "volume")
    assert slow is not None
    assert slow.sentence == "60 initials at 1 segment a second: 1 min."
    assert found(replace(many, pace=None), "no-numbers") is not None
    assert found(replace(many, is_practice=True), "volume") is None


# Hours of states

TEXAS = [row for row in TABLE if row.state == "TX"]


def test_the_shipped_table_can_be_read() -> None:
    assert {row.state for row in TABLE} >= {"FL", "TX", "OR", "CT"}
    assert [row.words for row in TEXAS] == ["TX Mon-Sat 09:00–21:00", "TX Sun 12:00–21:00"]
    assert all(row.source for row in TABLE)


@pytest.mark.parametrize(
    ("opens", "closes", "quiet", "expected"),
    [
        (9, 21, True, ["Mon-Sat", "Sun"]),  # 09:00 in New York is 08:00 in Chicago
        (10, 21, False, ["Mon-Sat", "Sun"]),  # and 10:00 is 08:00 in Denver
        (11, 21, False, ["Sun"]),
        (0, 24, True, ["Mon-Sat", "Sun"]),
        (14, 20, True, []),  # 14:00 in New York is 12:00 in Denver
        (13, 20, True, ["Sun"]),
    ],
)
def test_a_states_hours_are_compared_with_the_campaigns_in_each_of_its_zones(
    opens: int, closes: int, quiet: bool, expected: list[str]
) -> None:
    hours = DailyHours(NEW_YORK, opens * 60, closes * 60)
    campaign = replace(CAMPAIGN, hours=hours, quiet_hours=quiet)
    days = [row.days for row in touched(campaign, "TX", TABLE, NOON)]
    assert days == expected


def test_stricter_hours_are_named_with_the_contacts() -> None:
    facts = replace(FACTS, contacts=Contacts(total=3, by_state={"FL": 2, "NY": 1}), state_hours=TABLE)
    point = found(facts, "state-hours-FL")
    assert point is not None
    assert point.sentence == ("2 contacts in FL may be texted outside that state's hours: FL Mon-Sun 08:00–20:00.")
    assert found(facts, "state-hours-NY") is None
    shorter = replace(facts, campaign=replace(CAMPAIGN, hours=DailyHours(NEW_YORK, 9 * 60, 20 * 60)))
    assert found(shorter, "state-hours-FL") is None  # 08:00 to 19:00 in the west of Florida


@pytest.mark.parametrize(
    "line", ["TX,Mon-Sat,09:00", "XX,Sun,09:00,10:00,x", "TX,Someday,09:00,10:00,x", "TX,Sun,9,1,x"]
)
def test_a_row_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="Line 3 of the table"):
        read_state_hours(f"# remark\nstate,days,opens,closes,source\n{line}\n")


def test_days_may_be_one_or_several() -> None:
    assert StateHours("TX", "Mon-Sat", 0, 1, "").weekdays == (0, 1, 2, 3, 4, 5)
    assert StateHours("TX", "sun", 0, 1, "").weekdays == (6,)

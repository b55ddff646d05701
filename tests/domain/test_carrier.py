"""How delivery stands is said in words that change only when something has happened (docs/rules.md 10.4, 10.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.carrier import (
    CarrierStatus,
    Delivery,
    GatewayStanding,
    ListenerStanding,
    Listening,
    ScheduledMessages,
    StoppedNumber,
    WaitingCampaign,
    WithoutNumber,
    done_by,
)
from thrumsg_tui.domain.carrier_sentences import carrier_line, standstill, standstill_in_short
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.redaction import IN_FULL, PhoneDisplay
from thrumsg_tui.domain.wording import with_code

NOW = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)
"""13:00 in New York."""

NEW_YORK = "America/New_York"
SPRING = WaitingCampaign(CampaignId(1), "Spring", 1204, 1204, DailyHours(NEW_YORK, 540, 1260), NEW_YORK)
FALL = WaitingCampaign(CampaignId(2), "Fall", 796, 1600, DailyHours(NEW_YORK, 540, 1260), NEW_YORK)
GATEWAY = GatewayStanding("twilio", False, "", NOW - timedelta(hours=1), NOW - timedelta(seconds=10), 4.0)
IDLE = CarrierStatus(False, GATEWAY, (), 0, 0, 0, ())
BUSY = replace(IDLE, campaigns=(SPRING,))


def seen(ago: timedelta) -> CarrierStatus:
    """Messages wait, and the deliverer was last seen some time ago."""
    return replace(BUSY, gateway=replace(GATEWAY, seen_at=NOW - ago))


def test_done_by_divides_the_segments_by_the_pace() -> None:
    assert done_by(1204, 4.0, NOW) == NOW + timedelta(seconds=301)
    assert done_by(0, 4.0, NOW) == NOW
    assert done_by(10, 0.5, NOW) == NOW + timedelta(seconds=20)
    assert done_by(10, None, NOW) is None
    assert done_by(10, 0, NOW) is None


def test_the_line_counts_what_waits_its_pace_and_its_end_in_the_campaigns_zone() -> None:
    assert carrier_line(BUSY, NOW, UTC) == "carrier: 1,204 waiting, 4 a second, done by 13:05 EST"
    assert carrier_line(BUSY, NOW, UTC, CampaignId(1)) == carrier_line(BUSY, NOW, UTC)


def test_several_campaigns_share_the_pace_and_are_done_in_the_readers_zone() -> None:
    both = replace(BUSY, campaigns=(SPRING, FALL))
    assert carrier_line(both, NOW, UTC) == "carrier: 2,000 waiting, 4 a second, done by 18:11"
    here = carrier_line(both, NOW, UTC, CampaignId(2))
    assert here == "carrier: 796 waiting here, 2,000 in all, 4 a second, done by 13:11 EST"
    elsewhere = carrier_line(both, NOW, UTC, CampaignId(3))
    assert elsewhere == "carrier: 0 waiting here, 2,000 in all, 4 a second, done by 18:11"


@pytest.mark.parametrize(
    ("segments", "end"),
    [
        (8 * 3600 * 4, "done by 21:00 EST"),
        (8 * 3600 * 4 + 4, "closes at 21:00 EST"),
        (500_000, "closes at 21:00 EST"),
    ],
)
def test_a_campaign_that_closes_first_says_so(segments: int, end: str) -> None:
    status = replace(BUSY, campaigns=(replace(SPRING, segments=segments),))
    assert carrier_line(status, NOW, UTC).endswith(f", 4 a second, {end}")


def test_hours_of_each_contact_have_no_one_closing_time() -> None:
    status = replace(BUSY, campaigns=(replace(SPRING, segments=500_000, hours=None),))
    assert carrier_line(status, NOW, UTC).endswith("done by 23:43 EST tomorrow")


def test_outside_its_hours_a_campaign_does_not_close() -> None:
    at_night = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
    gateway = replace(GATEWAY, seen_at=at_night)
    assert carrier_line(replace(BUSY, gateway=gateway), at_night, UTC).endswith("done by 21:05 EST")


@pytest.mark.parametrize(
    ("pace", "said"),
    [
        (0.05, "3 a minute"),
        (0.5, "0.5 a second"),
        (1.0, "1 a second"),
        (9.94, "9.9 a second"),
        (1234.5, "1,234 a second"),
    ],
)
def test_the_pace_has_no_needless_digits(pace: float, said: str) -> None:
    assert said in carrier_line(replace(BUSY, gateway=replace(GATEWAY, pace=pace)), NOW, UTC)


@pytest.mark.parametrize("pace", [None, 0.0])
def test_without_a_pace_nothing_is_estimated(pace: float | None) -> None:
    status = replace(BUSY, gateway=replace(GATEWAY, pace=pace))
    assert carrier_line(status, NOW, UTC) == "carrier: 1,204 waiting"


STOPPED_NUMBER = StoppedNumber("+14155550100", "trial", NOW)


@pytest.mark.parametrize(
    ("status", "stands"),
    [
        (seen(timedelta(minutes=2)), "delivery does not run"),
        (replace(BUSY, gateway=replace(GATEWAY, stopped=True)), "delivery has stopped"),
        (replace(BUSY, gateway=None), "no gateway has run"),
        (replace(BUSY, gateway=replace(GATEWAY, reason="No connection")), "delivery stands still"),
        (replace(BUSY, numbers_stopped=True, stopped_numbers=(STOPPED_NUMBER,)), "our number is stopped"),
        (replace(BUSY, numbers_stopped=True, stopped_numbers=(STOPPED_NUMBER,) * 2), "our numbers are stopped"),
    ],
)
def test_what_stands_still_is_said_in_place_of_an_end(status: CarrierStatus, stands: str) -> None:
    assert not status.leaves(NOW)
    assert carrier_line(status, NOW, UTC) == f"carrier: 1,204 waiting, {stands}"


def test_one_stopped_number_among_others_keeps_the_end() -> None:
    status = replace(BUSY, stopped_numbers=(STOPPED_NUMBER,))
    assert status.leaves(NOW)
    assert "done by 13:05 EST" in carrier_line(status, NOW, UTC)


def test_doubts_failures_and_what_a_pause_holds_are_counted() -> None:
    status = replace(IDLE, held=2, in_doubt=3, failed=1200)
    line = "carrier: nothing waits, 2 held by a pause, 3 in doubt, 1,200 failed in 24 h"
    assert carrier_line(status, NOW, UTC) == line


def test_there_is_no_line_where_there_is_nothing_to_say() -> None:
    assert carrier_line(IDLE, NOW, UTC) == "carrier: nothing waits"
    assert carrier_line(replace(IDLE, gateway=None), NOW, UTC) == ""
    assert carrier_line(replace(IDLE, practice=True), NOW, UTC) == ""


@pytest.mark.parametrize(
    ("status", "delivery"),
    [
        (BUSY, Delivery.RUNNING),
        (seen(timedelta(seconds=60)), Delivery.RUNNING),
        (seen(timedelta(seconds=61)), Delivery.SILENT),
        (replace(BUSY, gateway=replace(GATEWAY, seen_at=None)), Delivery.SILENT),
        (replace(BUSY, gateway=replace(GATEWAY, stopped=True)), Delivery.STOPPED),
        (replace(BUSY, gateway=None), Delivery.NEVER),
        (replace(BUSY, gateway=None, practice=True), Delivery.PRACTICE),
    ],
)
def test_whether_anything_delivers(status: CarrierStatus, delivery: Delivery) -> None:
    assert status.delivery(NOW) is delivery


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (
            replace(BUSY, gateway=None),
            "1,204 messages wait: no gateway has run yet; `thrumsg deliver` starts one.",
        ),
        (
            replace(BUSY, gateway=None, campaigns=(replace(SPRING, messages=1),)),
            "1 message waits: no gateway has run yet; `thrumsg deliver` starts one.",
        ),
        (
            seen(timedelta(minutes=2)),
            "Delivery stands still: 1,204 messages wait, and `thrumsg deliver` was last seen at 17:58.",
        ),
        (
            replace(BUSY, gateway=replace(GATEWAY, seen_at=None)),
            "Delivery stands still: 1,204 messages wait, and `thrumsg deliver` was stopped at 17:00.",
        ),
        (
            replace(BUSY, gateway=replace(GATEWAY, reason="No connection to the carrier since 12:01 UTC")),
            "Delivery waits: No connection to the carrier since 12:01 UTC. 1,204 messages wait.",
        ),
        (
            replace(IDLE, gateway=replace(GATEWAY, stopped=True, reason="the credentials are refused (20003)")),
            "Delivery stopped at 17:00: the credentials are refused (20003). 0 messages wait.",
        ),
        (
            replace(BUSY, gateway=replace(GATEWAY, reason=with_code("It refuses our account.", 20003))),
            "Delivery waits: It refuses our account (code 20003). 1,204 messages wait.",
        ),
        (
            replace(IDLE, stopped_numbers=(StoppedNumber("+14155550100", "It may not text (21606).", NOW),)),
            "Our number +14155550100 is stopped: It may not text (21606).",
        ),
        (
            replace(IDLE, stopped_numbers=(StoppedNumber("+14155550100", "", NOW),) * 3),
            "Our number +14155550100 is stopped: the reason is not known. So are 2 others.",
        ),
        (
            replace(seen(timedelta(minutes=2)), campaigns=(), in_doubt=1),
            "Delivery stands still: 1 message is in doubt, and `thrumsg deliver` was last seen at 17:58. "
            "Nobody asks the carrier about what is in doubt.",
        ),
        (
            replace(seen(timedelta(minutes=2)), in_doubt=1200),
            "Delivery stands still: 1,204 messages wait, 1,200 are in doubt, and `thrumsg deliver` was last seen at "
            "17:58. Nobody asks the carrier about what is in doubt.",
        ),
        (BUSY, ""),
        (replace(IDLE, held=5, in_doubt=5, failed=5), ""),
        (replace(seen(timedelta(minutes=2)), campaigns=()), ""),
        (replace(BUSY, gateway=None, practice=True), ""),
    ],
)
def test_the_banner_says_why_delivery_stands_still(status: CarrierStatus, said: str) -> None:
    assert standstill(status, NOW, UTC, IN_FULL) == said


def test_the_banner_is_the_same_as_time_goes_by() -> None:
    status = seen(timedelta(minutes=2))
    later = NOW + timedelta(minutes=10)
    assert standstill(status, NOW, UTC, IN_FULL) == standstill(status, later, UTC, IN_FULL)


def test_the_banner_names_times_in_the_readers_zone_and_other_days_by_their_date() -> None:
    said = standstill(seen(timedelta(days=2)), NOW, ZoneInfo(NEW_YORK), IN_FULL)
    assert said.endswith("was last seen at 13:00 on Sun 1 March.")
    said = standstill(seen(timedelta(days=1)), NOW, ZoneInfo(NEW_YORK), IN_FULL)
    assert said.endswith("was last seen at 13:00 yesterday.")


def test_the_banner_hides_numbers_but_ours_where_they_are_hidden() -> None:
    number = StoppedNumber("+14155550100", "+14155550177 complained", NOW)
    said = standstill(replace(IDLE, stopped_numbers=(number,)), NOW, UTC, PhoneDisplay(redacts=True))
    assert said.startswith("Our number +14155550100 is stopped: ")
    assert "0177" not in said


RAN = NOW - timedelta(seconds=60)
"""The last moment at which a listener that was seen then runs still."""


@pytest.mark.parametrize(
    ("listener", "state"),
    [
        (ListenerStanding(RAN, None), Listening.RUNNING),
        (ListenerStanding(RAN - timedelta(seconds=1), None), Listening.SILENT),
        (ListenerStanding(RAN, NOW), Listening.SILENT),
        (ListenerStanding(None, None), Listening.NEVER),
    ],
)
def test_whether_anything_listens(listener: ListenerStanding, state: Listening) -> None:
    assert listener.state(NOW) is state


@pytest.mark.parametrize(
    ("listener", "how"),
    [
        (ListenerStanding(NOW - timedelta(minutes=3), None), "was last seen at 17:57"),
        (ListenerStanding(NOW - timedelta(minutes=3), NOW - timedelta(minutes=2)), "was stopped at 17:58"),
        (ListenerStanding(None, None), "has never run"),
    ],
)
def test_the_banner_says_that_nobody_listens_also_where_messages_leave(listener: ListenerStanding, how: str) -> None:
    late = "come in only every five minutes, as `thrumsg deliver` fetches them."
    running = f"`thrumsg listen` {how}: answers and opt-outs {late}"
    assert standstill(replace(BUSY, listener=listener), NOW, UTC, IN_FULL) == running
    assert standstill(replace(IDLE, listener=listener), NOW, UTC, IN_FULL) == running
    both = standstill(replace(seen(timedelta(minutes=2)), listener=listener), NOW, UTC, IN_FULL)
    assert both.startswith("Delivery stands still: 1,204 messages wait")
    assert both.endswith(f". `thrumsg listen` {how}: answers and opt-outs do not come in.")


def test_a_listener_that_runs_is_no_news() -> None:
    assert standstill(replace(BUSY, listener=ListenerStanding(NOW, None)), NOW, UTC, IN_FULL) == ""


def test_a_sender_is_told_that_nothing_leaves_and_no_reasons() -> None:
    short = "Nothing leaves at present: what you send waits, and is not lost."
    stopped = replace(IDLE, gateway=replace(GATEWAY, stopped=True, reason="the credentials are refused"))
    assert standstill_in_short(stopped, NOW) == short
    assert standstill_in_short(replace(BUSY, gateway=None), NOW) == short
    assert standstill_in_short(replace(BUSY, numbers_stopped=True, stopped_numbers=(STOPPED_NUMBER,)), NOW) == short
    late = replace(BUSY, listener=ListenerStanding(None, None))
    assert standstill_in_short(late, NOW) == "Answers come in late at present."
    assert standstill_in_short(replace(late, gateway=None), NOW) == f"{short} Answers come in late at present."
    assert standstill_in_short(BUSY, NOW) == ""
    assert standstill_in_short(replace(IDLE, gateway=None), NOW) == ""


def test_what_waits_for_a_number_is_said_and_has_no_end() -> None:
    one = replace(BUSY, without_number=WithoutNumber(3, ("+14155550100",), other_ready=True))
    assert standstill(one, NOW, UTC, PhoneDisplay(redacts=True)) == (
        "3 messages wait for a number: +14155550100 is withdrawn; `thrumsg gateway numbers replace` gives another."
    )
    assert carrier_line(one, NOW, UTC) == "carrier: 1,204 waiting, 3 without a number, 4 a second, done by 13:05 EST"
    both = replace(BUSY, without_number=WithoutNumber(1204, ("+14155550100", "+15105550100"), other_ready=False))
    assert standstill(both, NOW, UTC, IN_FULL) == (
        "1,204 messages wait for a number: +14155550100 and +15105550100 are withdrawn; "
        "`thrumsg gateway numbers add` adds one, and `thrumsg gateway numbers replace` gives another."
    )
    assert carrier_line(both, NOW, UTC) == "carrier: 1,204 waiting, 1,204 without a number"


def test_the_line_says_how_many_wait_for_their_hours_and_when_the_first_leaves() -> None:
    scheduled = ScheduledMessages(3, datetime(2026, 3, 4, 14, tzinfo=UTC), NEW_YORK)
    night = replace(IDLE, scheduled=scheduled)
    assert carrier_line(night, NOW, UTC) == "carrier: scheduled: 3, the first leaves at 09:00 EST tomorrow"
    assert carrier_line(replace(night, practice=True), NOW, UTC) == carrier_line(night, NOW, UTC)
    assert "1,204 waiting, 4 a second" in carrier_line(replace(BUSY, scheduled=scheduled), NOW, UTC)
    assert carrier_line(replace(BUSY, scheduled=scheduled), NOW, UTC).endswith("leaves at 09:00 EST tomorrow")

"""The pace at which messages leave (docs/rules.md 10.4)."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.gateway.configuration import Limits
from thrumsg_tui.gateway.pacing import Pace
from thrumsg_tui.store.queries.outbox import Candidate

OURS, OTHER = "+14155550100", "+14155550101"
IDS = count(1)


def candidate(*, segments: int = 1, our_number: str | None = OURS, campaign: int = 1) -> Candidate:
    return Candidate(
        id=MessageId(next(IDS)),
        conversation_id=ConversationId(1),
        campaign_id=CampaignId(campaign),
        phone="+14155550142",
        kind=MessageKind.INITIAL,
        segments=segments,
        our_number=our_number,
    )


def leave(pace: Pace, numbers: dict[str, float], now: float, each: Candidate) -> bool:
    """Let a message leave, if it may."""
    if not pace.begin(numbers, (), now) or not pace.admit(each, now):
        return False
    pace.end({each.id})
    return True


@given(
    rate=st.integers(1, 120),
    delays=st.lists(st.floats(0.0001, 0.02), min_size=10, max_size=10),
)
def test_no_second_has_more_segments_than_the_rate_and_a_minute_has_nearly_all(rate: int, delays: list[float]) -> None:
    pace, now, left = Pace(Limits()), 100.0, list[float]()
    for nth in count():
        while leave(pace, {OURS: rate}, now, candidate()):
            left.append(now)
        if now > 130:
            break
        now = max(pace.refused_until, now) + delays[nth % len(delays)]  # the process wakes up late
    assert all(later - earlier >= 1 for earlier, later in zip(left, left[rate:], strict=False))
    if max(delays) < 0.01:
        assert len(left) >= 0.98 * rate * 30


def test_a_long_message_takes_the_time_of_all_its_segments() -> None:
    pace = Pace(Limits())
    assert leave(pace, {OURS: 1.0}, 100.0, candidate(segments=3))
    assert not leave(pace, {OURS: 1.0}, 102.9, candidate())
    assert leave(pace, {OURS: 1.0}, 103.1, candidate())


def test_each_number_has_a_pace_of_its_own() -> None:
    pace, numbers = Pace(Limits()), {OURS: 1.0, OTHER: 1.0}
    assert leave(pace, numbers, 100.0, candidate(our_number=OURS))
    assert not leave(pace, numbers, 100.0, candidate(our_number=OURS))
    assert leave(pace, numbers, 100.0, candidate(our_number=OTHER))


def test_where_every_number_is_busy_no_candidate_need_be_read() -> None:
    pace = Pace(Limits())
    assert leave(pace, {OURS: 1.0}, 100.0, candidate())
    assert not pace.begin({OURS: 1.0}, (), 100.5)
    assert pace.refused_until == pytest.approx(101.0)
    assert pace.begin({OURS: 1.0}, (), 101.0)


def test_a_number_that_is_held_gets_nothing() -> None:
    pace = Pace(Limits())
    assert not pace.begin({OURS: 1.0}, {OURS}, 100.0)
    assert pace.begin({OURS: 1.0, OTHER: 1.0}, {OURS}, 100.0)
    assert not pace.admit(candidate(our_number=OURS), 100.0)
    assert pace.admit(candidate(our_number=OTHER), 100.0)


def test_the_limits_of_the_gateway_and_of_a_campaign_hold_for_all_numbers() -> None:
    pace, numbers = Pace(Limits(per_second=2)), {OURS: 100.0, OTHER: 100.0}
    assert leave(pace, numbers, 100.0, candidate(our_number=OURS))
    assert not leave(pace, numbers, 100.0, candidate(our_number=OTHER))
    assert leave(pace, numbers, 100.51, candidate(our_number=OTHER))
    pace = Pace(Limits(campaign_per_second=1))
    assert leave(pace, numbers, 100.0, candidate(campaign=1))
    assert not leave(pace, numbers, 100.5, candidate(campaign=1))
    assert leave(pace, numbers, 100.5, candidate(campaign=2))


def test_what_was_not_claimed_after_all_leaves_room_for_another() -> None:
    pace = Pace(Limits())
    assert pace.begin({OURS: 1.0}, (), 100.0)
    assert pace.admit(candidate(), 100.0)
    pace.end(set())
    assert leave(pace, {OURS: 1.0}, 100.0, candidate())


def test_a_number_whose_pace_was_changed_goes_on_with_the_new_one() -> None:
    pace = Pace(Limits())
    assert leave(pace, {OURS: 0.01}, 100.0, candidate())
    assert not leave(pace, {OURS: 0.01}, 101.0, candidate())
    assert leave(pace, {OURS: 1.0}, 101.0, candidate())

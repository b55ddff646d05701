"""The pace is measured while messages leave, not over the time before (docs/rules.md 10.4)."""

from __future__ import annotations

import pytest

from tests.gateway.delivering import Seconds, delivering, queue, settle_down
from tests.gateway.scripted import ScriptedGateway
from tests.store.world import World
from thrumsg_tui.gateway.configuration import ConfiguredNumber
from thrumsg_tui.gateway.measured_pace import MEASURED_AFTER, MeasuredPace
from thrumsg_tui.store.queries.carrier_status import carrier_status

NUMBER = "+14155550100"


def leaving(pace: MeasuredPace, begin: float, seconds: int, segments: int = 1) -> None:
    """A message leaves each second, the first at `begin`, the last `seconds` later."""
    for second in range(seconds + 1):
        pace.count(segments, begin + second)


@pytest.mark.parametrize("seconds", [5, 20, 59, 60, 61, 500])
@pytest.mark.parametrize("segments", [1, 3])
def test_one_message_a_second_is_measured_right_from_the_first_seconds_on(seconds: int, segments: int) -> None:
    pace = MeasuredPace()
    leaving(pace, 1000.0, seconds, segments)
    assert pace.measured(1000.0 + seconds) == segments


def test_nothing_is_said_before_there_is_anything_to_measure() -> None:
    pace = MeasuredPace()
    assert pace.measured(0.0) is None
    pace.count(1, 100.0)
    pace.count(1, 101.0)
    assert pace.measured(100.0 + MEASURED_AFTER - 0.1) is None
    assert pace.measured(100.0 + MEASURED_AFTER) == 0.2


def test_the_time_in_which_nothing_waited_does_not_count() -> None:
    pace = MeasuredPace()
    leaving(pace, 0.0, 10)
    pace.rest()
    leaving(pace, 40.0, 10)
    assert pace.measured(50.0) == 1.0


def test_a_stop_in_a_batch_counts() -> None:
    pace = MeasuredPace()
    leaving(pace, 0.0, 10)
    assert pace.measured(40.0) == 0.25
    leaving(pace, 40.0, 100)
    assert pace.measured(140.0) == 1.0


def test_a_deliverer_tells_the_pace_of_a_batch_within_seconds(world: World) -> None:
    gateway, clock = ScriptedGateway(), Seconds()
    with delivering(world, gateway, clock=clock, numbers=(ConfiguredNumber(NUMBER, mps=1.0),)) as deliverer:
        for _ in range(45):
            clock.now += 1
            deliverer.turn()
        queue(world)
        for _ in range(6):
            settle_down(deliverer)
            clock.now += 1.02
        assert len(gateway.sent) == 6
        with world.db.reading() as conn:
            standing = carrier_status(conn, world.clock.now).gateway
        assert standing is not None
        assert standing.pace is not None
        assert 0.75 <= standing.pace <= 1.0, "over the 45 idle seconds, too, it were 0.1"

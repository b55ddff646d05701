"""Any changes in any order while the clock jumps, as on a machine whose time is set right."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, run_state_machine_as_test

from tests.endurance.tally import Tally
from tests.store.anything import AnythingInAnyOrder
from tests.store.world import Moment

JUMPS = (-24.0 * 366, -25.0, -2.0, -1 / 60, 1 / 60, 2.0, 25.0, 24.0 * 366)
"""Hours by which the clock is set forward or back."""


class Jumping(Moment):
    """A clock that is set forward or back at one of ten looks."""

    jumps = 0

    def __init__(self, chance: Random) -> None:
        Moment.__init__(self)
        self._chance = chance

    def __call__(self) -> datetime:
        if self._chance.random() < 0.1:
            Jumping.jumps += 1
            self.now += timedelta(hours=self._chance.choice(JUMPS))
        return Moment.__call__(self)


class WithAJumpingClock(AnythingInAnyOrder):
    """Everybody does whatever they like, at any time."""

    @initialize(seed=st.integers(0, 1000))
    def begin(self, seed: int) -> None:
        AnythingInAnyOrder.begin(self)
        self.world.clock = self.world.db.clock = Jumping(Random(seed))


def jump(tries: int) -> Tally:
    """Try so many sequences of changes; a hit is a jump of the clock."""
    tally = Tally("the clock jumps", tries=tries)
    try:
        run_state_machine_as_test(
            WithAJumpingClock, settings=settings(max_examples=tries, stateful_step_count=40, deadline=None)
        )
    except AssertionError as error:
        tally.note(f"{error!r}", broken=True)
    except Exception as error:  # noqa: BLE001 - whatever was raised is what is looked for
        tally.note(f"{error!r}", error=True)
    tally.hits = Jumping.jumps
    return tally

"""The listener is killed in the middle of its work (docs/rules.md 10.6)."""

from __future__ import annotations

from tests.gateway.killing_listener import kill_under_load
from tests.store.world import World


def test_what_was_acknowledged_before_a_kill_is_stored_once(world: World) -> None:
    result = kill_under_load(world.db.location, kills=10, seed=7)
    assert result.acknowledged > 100
    assert (result.lost, result.doubled) == (0, 0)
    assert result.interrupted, "no kill hit anything: the test proves nothing"
    assert result.left_in_spool == 0

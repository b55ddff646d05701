"""Reports that never came are fetched from the carrier's list (docs/rules.md 10.6)."""

from __future__ import annotations

from pathlib import Path

from tests.carrier.running import running_carrier
from tests.gateway.delivering import Seconds, delivering, later, queue, settle_down, states
from tests.gateway.twilio.made import OURS, configuration
from tests.store.world import World
from thrumsg_tui.gateway.missed_reports import FIRST_LOOK
from thrumsg_tui.gateway.twilio.gateway import TwilioGateway
from thrumsg_tui.store.database import utc_now


def test_what_a_carrier_never_reported_on_is_in_its_list(world: World, tmp_path: Path) -> None:
    world.clock.now = utc_now()
    queue(world, 4)
    with running_carrier(tmp_path / "carrier.log", "--number", OURS, "--fault", "unreported=100") as carrier:
        made = configuration(carrier.url, OURS)
        gateway, clock = TwilioGateway(made), Seconds()
        with delivering(world, gateway, clock=clock, numbers=made.numbers) as deliverer:
            while "queued" in states(world):
                clock.now += 1
                settle_down(deliverer)
            carrier.await_rest()
            assert states(world) == ["sent"] * 4
            for _ in range(5):
                later(world, deliverer, clock, FIRST_LOOK)
        gateway.close()
    assert states(world) == ["delivered"] * 4

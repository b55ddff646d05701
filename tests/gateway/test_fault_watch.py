"""A fault of our account that was mended is noticed without sending anything (docs/rules.md 10.5)."""

from __future__ import annotations

from datetime import timedelta

from tests.gateway.delivering import Seconds, delivering, later, queue, settle_down, states
from tests.gateway.scripted import ScriptedGateway
from tests.store.world import PEOPLE, World
from thrumsg_tui.domain.delivery import NotNow, Scope
from thrumsg_tui.gateway.configuration import Limits
from thrumsg_tui.gateway.fault_watch import ASK_EVERY
from thrumsg_tui.gateway.protocol import CannotTell
from thrumsg_tui.store.queries.gateway_state import gateway_state

REFUSED = NotNow(timedelta(minutes=5), Scope.GATEWAY, "The carrier refuses our credentials.", broken=True, code="20003")
A_MOMENT = timedelta(seconds=ASK_EVERY)


class Account(ScriptedGateway):
    """A carrier that can be asked whether it takes our account."""

    takes = False
    asked = 0

    def takes_account(self) -> bool:
        self.asked += 1
        if not self.takes:
            raise CannotTell("It refuses our credentials.")
        return True


def reason(world: World) -> str:
    with world.db.reading() as conn:
        found = gateway_state(conn, "scripted")
    return found.reason if found else ""


def test_a_mended_account_ends_the_standstill_within_seconds(world: World) -> None:
    queue(world, 1)
    gateway, clock = Account(REFUSED), Seconds()
    with delivering(world, gateway, clock=clock, limits=Limits(workers=1)) as deliverer:
        settle_down(deliverer)
        later(world, deliverer, clock, A_MOMENT)
        later(world, deliverer, clock, A_MOMENT)
        assert reason(world) == "The carrier refuses our credentials (code 20003)"
        assert (len(gateway.sent), states(world)) == (1, ["queued"])
        gateway.takes = True
        later(world, deliverer, clock, A_MOMENT)
        settle_down(deliverer)
        assert (len(gateway.sent), states(world)) == (2, ["sent"])
        deliverer.turn()
        assert reason(world) == ""
        asked = gateway.asked
        later(world, deliverer, clock, A_MOMENT)
        assert gateway.asked == asked, "nothing stands still any more"


def test_a_carrier_that_only_answers_questions_has_mended_nothing(world: World) -> None:
    queue(world, 1)
    gateway, clock = Account(always=REFUSED), Seconds()
    gateway.takes = True
    with delivering(world, gateway, clock=clock, limits=Limits(workers=1)) as deliverer:
        settle_down(deliverer)
        for _ in range(4):
            later(world, deliverer, clock, A_MOMENT)
        assert gateway.asked > 1
        assert len(gateway.sent) == 1, "three tries would stop the gateway"
        assert deliverer.standstill.fault == "The carrier refuses our credentials (code 20003)"


def test_who_cannot_be_asked_is_not(world: World) -> None:
    queue(world)
    gateway = ScriptedGateway(always=REFUSED)
    with delivering(world, gateway, limits=Limits(workers=1)) as deliverer:
        settle_down(deliverer)
        assert not deliverer.asks
    assert states(world) == ["queued"] * len(PEOPLE)

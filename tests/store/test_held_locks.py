"""What watches the locks finds one that is missing, or that is taken too late."""

from __future__ import annotations

import pytest

from tests.store.held_locks import Order
from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.locks import CampaignLock, ConversationLock, Lock, NumberLock


@pytest.fixture
def order() -> Order:
    made = Order()
    made.watches = True
    made.hold((CampaignLock(CampaignId(2), shared=True),))
    return made


@pytest.mark.parametrize("late", [NumberLock("+14155550100"), CampaignLock(CampaignId(1)), CampaignLock(CampaignId(2))])
def test_a_lock_that_comes_too_late_is_found(order: Order, late: Lock) -> None:
    with pytest.raises(AssertionError):
        order.hold((late,))


def test_a_lock_that_comes_later_in_the_order_may_be_taken(order: Order) -> None:
    order.hold((ConversationLock(ConversationId(2)), CampaignLock(CampaignId(3))))


@pytest.mark.only_sqlite("on a server the writes are not watched")
def test_a_lock_that_is_missing_is_found(
    db: Database, owner: Identity, ann: ConversationId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Transaction, "hold", lambda *_: None)
    with pytest.raises(AssertionError, match="conversation"):
        send(db, owner, ann)
    with pytest.raises(AssertionError, match="user"):
        add_user(db, owner, "zed", "Zed", "", role=Role.SENDER)

"""Kim has more conversations than one transaction may move."""

from __future__ import annotations

import pytest

from tests.store.arranging import give, take_in
from tests.store.bulk_moves.jobs import MANY, STEP
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.pacing import Pacing


@pytest.fixture
def pacing() -> Pacing:
    """Small moves are made in steps, without a pause."""
    return Pacing(most_at_once=20, step=STEP, hold=0, pause=0)


@pytest.fixture
def spring(db: Database, owner: Identity, spring: Campaign) -> Campaign:
    add_user(db, owner, "zed", "Zed", "Young", role=Role.SENDER)
    add_senders(db, owner, "Spring", ["zed"])
    return spring


@pytest.fixture
def many(db: Database, owner: Identity, spring: Campaign) -> list[ConversationId]:
    """Kim's conversations, more than one transaction may move."""
    found = take_in(db, owner, "Spring", [f"P{nth}" for nth in range(MANY)])
    give(db, owner, spring, "kim", found)
    return found

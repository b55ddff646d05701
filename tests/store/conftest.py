"""A database with an owner and a campaign, on a clock that the test turns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.new_database import new_database
from tests.store.arranging import give, known_as, take_in
from tests.store.held_locks import watch
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.users import add_user, make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.store.queries.users import identify


@pytest.fixture(autouse=True)
def watched_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each change holds what it writes."""
    watch(monkeypatch)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pacing() -> Pacing:
    """How large moves are made."""
    return Pacing()


@pytest.fixture
def db(tmp_path: Path, clock: Clock, pacing: Pacing) -> Iterator[Database]:
    location = new_database(tmp_path / "thrumsg.db")
    database = Database(location, clock=clock, scratch=True, pacing=pacing)
    yield database
    database.close()


@pytest.fixture
def owner(db: Database) -> Identity:
    make_first_owner(db, "ana", "Ana", "Ortiz")
    with db.reading() as conn:
        return identify(conn, "ana")


@pytest.fixture
def spring(db: Database, owner: Identity) -> Campaign:
    """An active campaign, open day and night, with the senders kim and lee."""
    add_user(db, owner, "kim", "Kim", "Alvarez", role=Role.SENDER)
    add_user(db, owner, "lee", "Lee", "Bishop", role=Role.SENDER)
    script = "Hi %first_name%, it's %sender_first_name%. Will you vote?"
    campaign = create_campaign(db, owner, Setup("Spring", script, hours=DailyHours("UTC", 0, 1440)))
    add_senders(db, owner, "Spring", ["kim", "lee"])
    return campaign


@pytest.fixture
def ann(db: Database, owner: Identity, spring: Campaign) -> ConversationId:
    """A contact's conversation, held by kim; not started."""
    [conversation_id] = take_in(db, owner, "Spring", ["Ann Otieno"])
    give(db, owner, spring, "kim", [conversation_id])
    return conversation_id


@pytest.fixture
def kim(db: Database, spring: Campaign) -> Identity:
    """A sender."""
    return known_as(db, "kim")


@pytest.fixture
def moderator(db: Database, owner: Identity) -> Identity:
    """Mo, who is on no campaign."""
    add_user(db, owner, "mo", "Mo", "Quill", role=Role.MODERATOR)
    return known_as(db, "mo")

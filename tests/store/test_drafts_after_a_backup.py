"""Half-written messages outlive a restore (docs/rules.md 11.4, 3.11)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.store.arranging import known_as, take_in
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.backup import backup
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.restore import restore

pytestmark = pytest.mark.only_sqlite("a backup is a copy of a file")

ANN, BEA, CY = (ConversationId(nth) for nth in (1, 2, 3))


@pytest.fixture
def saved(db: Database, owner: Identity, spring: Campaign, clock: Clock, tmp_path: Path) -> Path:
    """A backup of an hour ago with Ann, Bea, and the beginning of a message to Bea."""
    take_in(db, owner, "Spring", ["Ann Otieno", "Bea Lind"])
    keep_draft(db, owner, BEA, "Your polling")
    backup(db, tmp_path / "backup.db")
    clock.now += timedelta(hours=1)
    return tmp_path / "backup.db"


def go_back(db: Database, to: Path) -> list[tuple[str, int, str]]:
    """Restore, and return the drafts."""
    restore(db.path, to, "ana", who=known_as(db, "ana"), clock=db.clock)
    assert examine(db) == []
    with db.reading() as conn:
        rows = conn.execute(
            "SELECT login, conversation_id, body FROM draft JOIN users ON users.id = draft.user_id ORDER BY 1, 2"
        ).fetchall()
    return [tuple(row) for row in rows]


def test_what_is_written_now_is_kept_and_replaces_what_was_written_then(
    db: Database, owner: Identity, kim: Identity, saved: Path
) -> None:
    keep_draft(db, kim, ANN, "Dear Ann")
    keep_draft(db, owner, BEA, "Your polling place is")
    assert go_back(db, saved) == [("ana", BEA, "Your polling place is"), ("kim", ANN, "Dear Ann")]


def test_a_draft_that_was_sent_since_is_there_again(db: Database, owner: Identity, saved: Path) -> None:
    keep_draft(db, owner, BEA, None)
    assert go_back(db, saved) == [("ana", BEA, "Your polling")]


def test_whom_the_backup_does_not_know_cannot_be_written_to_nor_write(
    db: Database, owner: Identity, saved: Path
) -> None:
    take_in(db, owner, "Spring", ["Cy Ro"], first=90)
    add_user(db, owner, "new", "New", "Person", role=Role.ADMIN)
    keep_draft(db, owner, CY, "Dear Cy")
    keep_draft(db, known_as(db, "new"), ANN, "Dear Ann")
    assert go_back(db, saved) == [("ana", BEA, "Your polling")]


def test_a_conversation_that_is_somebody_else_s_in_the_backup_gets_none(
    db: Database, owner: Identity, saved: Path
) -> None:
    with db.writing() as tx:
        tx.conn.execute("UPDATE contact SET phone = '+14155559999' WHERE id = 1")
    keep_draft(db, owner, ANN, "Dear other")
    assert go_back(db, saved) == [("ana", BEA, "Your polling")]

"""An opt-out counts even where a conversation is not marked yet, since it was imported at the same moment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.arranging import look_at, number
from tests.store.flaky_engine import FlakyEngine, engine_of
from thrumsg_tui.domain.campaigns import Campaign, CampaignId
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import TRIES
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.missed_opt_outs import mark_missed
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.pacing import Pacing


def opt_out_without_mark(db: Database) -> None:
    """Leave the database as an opt-out does that did not see the conversations of its number."""
    with db.writing() as tx:
        tx.conn.execute("INSERT INTO opt_out (phone, kind, at) VALUES (?, 'manual', ?)", (number(0), tx.now_ms))


def test_nothing_is_sent(db: Database, owner: Identity, ann: ConversationId) -> None:
    opt_out_without_mark(db)
    with pytest.raises(Refused, match="opted out"):
        send(db, owner, ann)


def test_nothing_leaves_that_was_sent_before(db: Database, owner: Identity, ann: ConversationId) -> None:
    send(db, owner, ann)
    opt_out_without_mark(db)
    assert take_queued(db) == []
    assert look_at(db, ann).messages[-1].state is MessageState.CANCELLED


def test_the_marks_are_put_right(db: Database, owner: Identity, spring: Campaign, ann: ConversationId) -> None:
    opt_out_without_mark(db)
    mark_missed(db, spring.id, ann - 1)
    assert look_at(db, ann).opted_out
    assert not examine(db)
    with db.writing() as tx:
        tx.conn.execute("DELETE FROM opt_out")
    mark_missed(db, spring.id, ann - 1)
    assert not look_at(db, ann).opted_out
    assert not examine(db)


def test_only_new_conversations_are_looked_at(db: Database, spring: Campaign, ann: ConversationId) -> None:
    opt_out_without_mark(db)
    mark_missed(db, spring.id, ann)
    assert not look_at(db, ann).opted_out


@pytest.mark.only_sqlite("the engine that fails is made of SQLite's")
def test_an_import_is_stored_although_the_marks_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pacing: Pacing
) -> None:
    monkeypatch.setattr("thrumsg_tui.store.database.engine_for", FlakyEngine)
    db = Database(tmp_path / "flaky.db", pacing=replace(pacing, wait=lambda _: None))
    engine_of(db).failures.extend(["conflict"] * (TRIES + 1))
    [note] = mark_missed(db, CampaignId(1), 0)
    assert "doctor --repair" in note
    db.close()

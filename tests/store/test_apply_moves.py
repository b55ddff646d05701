"""Moves of one event, made several times over (docs/rules.md 2.6)."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from tests.store.arranging import assignment_of, give, holders, take_in
from thrumsg_tui.domain.campaigns import AssignmentId, Campaign
from thrumsg_tui.domain.conversation_facts import Moved
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.reassignment import Way
from thrumsg_tui.domain.users import Identity, UserId
from thrumsg_tui.store.changes.apply_moves import apply_moves
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.journal import record


@pytest.fixture
def four(db: Database, owner: Identity, spring: Campaign) -> list[ConversationId]:
    """Four conversations, all held by lee."""
    people = take_in(db, owner, "Spring", ["Ann", "Bea", "Cy", "Dee"])
    give(db, owner, spring, "lee", people)
    return people


def move(
    db: Database, owner: Identity, spring: Campaign, *parts: list[ConversationId], to: AssignmentId | None = None
) -> None:
    """Move lee's conversations to kim, or to another assignment, in one event, part after part."""
    lee, kim = assignment_of(db, spring, "lee"), to or assignment_of(db, spring, "kim")
    with db.writing(bulk=True, keeps_references=True) as tx:
        event = record(tx, owner, EventKind.REASSIGN, Moved(sum(map(len, parts)), ("Lee",), ("Kim",), 0))
        for part in parts:
            apply_moves(tx, event, [Way(each, lee, kim) for each in part])


def test_an_event_moves_more_beyond_those_that_it_has_moved(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    move(db, owner, spring, four[:2], four[2:])
    assert [holders(db, spring)[each] for each in four] == ["kim"] * 4
    assert examine(db) == []


def test_others_of_the_same_event_in_between_are_never_moved_and_counted_twice(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    with pytest.raises(ValueError, match="has moved others between"):
        move(db, owner, spring, [four[1]], [four[0], four[2]])
    assert [holders(db, spring)[each] for each in four] == ["lee"] * 4
    assert examine(db) == []


@pytest.mark.only_sqlite("a server looks up each reference by itself")
def test_nothing_is_moved_to_or_of_what_does_not_exist(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    with pytest.raises(LookupError, match="does not exist"):
        move(db, owner, spring, four, to=AssignmentId(999))
    with pytest.raises(LookupError, match="does not exist"):
        move(db, owner, spring, [*four, ConversationId(999)])
    assert [holders(db, spring)[each] for each in four] == ["lee"] * 4
    assert examine(db) == []


@pytest.mark.only_sqlite("a server looks up each reference by itself")
def test_nobody_who_is_gone_moves_anything(
    db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]
) -> None:
    gone = replace(owner, actor=replace(owner.actor, id=UserId(99)))
    with pytest.raises(Refused, match="no longer in the database"):
        move(db, gone, spring, four)
    assert [holders(db, spring)[each] for each in four] == ["lee"] * 4
    assert examine(db) == []


@pytest.mark.only_sqlite("a server looks up each reference by itself")
def test_references_are_looked_up_again_after_whatever_went_wrong(
    db: Database, owner: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thrumsg_tui.store.engines.sqlite.engine._BULK_CACHE", "(no number")
    with pytest.raises(sqlite3.Error), db.writing(bulk=True, keeps_references=True):
        pass
    monkeypatch.undo()
    with db.writing() as tx:
        assert tx.conn.execute("PRAGMA foreign_keys").fetchone()[0] == 1

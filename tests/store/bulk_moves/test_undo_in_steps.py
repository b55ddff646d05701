"""Undo of moves in steps, made in steps too (docs/rules.md 4.8, 4.9)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.store.arranging import give, journal, look_at, take_in
from tests.store.bulk_moves.jobs import MANY, begin, held, to
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.bulk_move_job import finish
from thrumsg_tui.store.changes.campaign_senders import add_senders, remove_sender
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.undo import begin_undo, undo
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.users import identify


def test_undo_and_redo_are_made_in_steps_too(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    event = reassign(db, owner, to(db, spring, "lee")).event
    for holder in ("kim", "lee", "kim"):
        begun = begin_undo(db, owner, event)
        assert begun.under_way
        outcome = finish(db, begun)
        assert (outcome.moved, outcome.skipped) == (MANY, ())
        assert held(db, spring) == {holder: MANY}
        event = outcome.event
    assert examine(db) == []


def test_what_is_under_way_is_undone_when_it_is_done(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    begun = begin(db, owner, to(db, spring, "lee"), steps=1)
    with pytest.raises(Refused, match=f"Change {begun.event} is still under way, ana moves 7 of 50: undo it when"):
        undo(db, owner, begun.event)
    finish(db, begun)
    back = begin_undo(db, owner, begun.event)
    with pytest.raises(Refused, match=f"undone already, by change {back.event}"):
        undo(db, owner, begun.event)
    with pytest.raises(Refused, match=f"Change {back.event} is still under way"):
        undo(db, owner, back.event)
    assert finish(db, back).moved == MANY


def test_a_persons_last_change_is_the_one_under_way_and_none_before(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    begun = begin(db, owner, to(db, spring, "lee"), steps=1)
    with pytest.raises(Refused, match=f"Change {begun.event} is still under way"):
        undo(db, owner)
    opt_out_number(db, owner, look_at(db, many[49]).phone)
    assert undo(db, owner).sentence == "P49 is opted in again"
    finish(db, begun)
    assert undo(db, owner).moved == MANY


def test_while_an_undo_is_under_way_a_persons_last_change_is_the_one_before(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    """docs/rules.md 4.9."""
    opt_out_number(db, owner, look_at(db, many[49]).phone)
    back = begin_undo(db, owner, reassign(db, owner, to(db, spring, "lee")).event)
    assert back.under_way
    assert undo(db, owner).sentence == "P49 is opted in again"


def test_of_two_moves_under_way_a_persons_last_change_is_the_later(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    """docs/rules.md 4.9."""
    autumn = create_campaign(db, owner, Setup("Autumn", "Hi", hours=spring.hours))
    add_senders(db, owner, "Autumn", ["kim", "lee"])
    give(db, owner, autumn, "kim", take_in(db, owner, "Autumn", [f"A{nth}" for nth in range(MANY)]))
    begin(db, owner, to(db, spring, "lee"))
    later = begin(db, owner, to(db, autumn, "lee"))
    with pytest.raises(Refused, match=f"Change {later.event} is still under way"):
        undo(db, owner)


def test_a_move_of_somebody_else_s_is_no_change_of_one_s_own(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    """docs/rules.md 4.9."""
    add_user(db, owner, "ann", "Ann", "Ames", role=Role.ADMIN)
    begin(db, owner, to(db, spring, "lee"), steps=1)
    with db.reading() as conn:
        other = identify(conn, "ann")
    with pytest.raises(Refused, match="There is nothing of yours to undo"):
        undo(db, other)


def test_an_undo_that_puts_nothing_back_was_none(
    db: Database, owner: Identity, spring: Campaign, many: Sequence[ConversationId]
) -> None:
    moved = reassign(db, owner, to(db, spring, "lee"))
    back = begin_undo(db, owner, moved.event)
    remove_sender(db, owner, "Spring", "kim")
    assert finish(db, back).event is None
    assert held(db, spring) == {"lee": MANY}
    entries = {each.id: each for each in journal(db)}
    assert moved.event is not None
    assert (entries[moved.event].undone_by, entries[moved.event].undoable) == (None, True)
    assert examine(db) == []

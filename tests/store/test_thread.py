"""What is read of one conversation (docs/rules.md 3.9, 3.10)."""

from __future__ import annotations

from dataclasses import fields

import pytest

from tests.clock import Clock
from tests.store.arranging import give, number, take_in
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationHead, ConversationId
from thrumsg_tui.domain.errors import NotFound
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.thread import get_conversation, get_conversation_head, newest_message


@pytest.fixture
def three(db: Database, owner: Identity, spring: Campaign, clock: Clock) -> list[ConversationId]:
    """Ann, whom lee texted and who wrote twice; Bea, who was texted; Cy, whom nobody holds."""
    people = take_in(db, owner, "Spring", ["Ann", "Bea", "Cy"])
    give(db, owner, spring, "lee", people[:2])
    for each in people[:2]:
        send(db, owner, each)
    for words in ("Hello", "Are you there?"):
        clock.forward(minutes=1)
        receive(db, None, number(0), words)
    return people


def test_a_head_has_all_of_a_conversation_but_what_was_said_in_it(db: Database, three: list[ConversationId]) -> None:
    with db.reading() as conn:
        for each in three:
            head, whole = get_conversation_head(conn, each), get_conversation(conn, each)
            names = [field.name for field in fields(ConversationHead)]
            assert [getattr(head, name) for name in names] == [getattr(whole, name) for name in names]
            assert head.name == whole.name


def test_the_newest_message_is_the_last_of_the_thread(db: Database, three: list[ConversationId]) -> None:
    with db.reading() as conn:
        newest = [newest_message(conn, each) for each in three]
        threads = [get_conversation(conn, each).messages for each in three]
    assert newest == [*(thread[-1] for thread in threads[:2]), None]
    assert threads[2] == ()


def test_there_is_no_head_without_a_conversation(db: Database, three: list[ConversationId]) -> None:
    with db.reading() as conn, pytest.raises(NotFound, match="There is no conversation 99"):
        get_conversation_head(conn, ConversationId(99))

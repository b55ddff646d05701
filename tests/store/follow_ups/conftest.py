"""Conversations in each state."""

from __future__ import annotations

import pytest

from tests.store.arranging import ask_everyone, give, number, take_in
from thrumsg_tui.domain.campaigns import Campaign, Question
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.questions import questions


@pytest.fixture
def four(db: Database, owner: Identity, spring: Campaign) -> list[ConversationId]:
    """Ann answered, Bea was only texted, Cy wrote first, Di has not started; kim holds them all."""
    people = take_in(db, owner, "Spring", ["Ann", "Bea", "Cy", "Di"])
    give(db, owner, spring, "kim", people)
    for each in people[:2]:
        send(db, owner, each)
    receive(db, None, number(0), "ok")
    receive(db, None, number(2), "hello?")
    return people


@pytest.fixture
def vote(db: Database, owner: Identity, spring: Campaign, four: list[ConversationId]) -> Question:
    """Ann answered Yes and Bea No, Di said Yes elsewhere, Cy was not asked."""
    ask_everyone(db, owner, "Spring", Will_you_vote="Yes|No", When="Early|Late")
    for each, choice in ((four[0], "Yes"), (four[1], "No"), (four[3], "Yes")):
        record_answer(db, owner, each, "Will you vote?", choice)
    with db.reading() as conn:
        return questions(conn, spring.id)[0]

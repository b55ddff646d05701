"""What a view of the messenger reads again after the last one: what may have changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.clock import Clock
from tests.store.arranging import assignment_of, give, known_as, number, take_in
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import edit_campaign
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.presence import show_presence
from thrumsg_tui.store.changes.questions import add_question
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.replies import add_reply
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.conversations import ListRequest
from thrumsg_tui.store.queries.messenger import MessengerView, ViewRequest, messenger_view


class Listening:
    """A connection that remembers for how many rows of lists it was asked."""

    def __init__(self, inside: Any) -> None:
        self._inside = inside
        self.rows_asked = 0

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        if "SUBSTR(message.body" in sql:
            self.rows_asked += len(parameters)
        return self._inside.execute(sql, parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inside, name)


def viewed(
    db: Database, who: Identity, request: ViewRequest, before: MessengerView | None = None
) -> tuple[MessengerView, int]:
    """A view, and for how many rows it has asked."""
    with db.reading() as conn:
        listening = Listening(conn)
        view = messenger_view(listening, who, request, db.clock(), before=before)
    return view, listening.rows_asked


def is_now(view: MessengerView, db: Database, who: Identity, request: ViewRequest) -> bool:
    """Whether a view is what one shows that was read without another; the server's number is that of all databases."""
    now, _ = viewed(db, who, request)
    return replace(view, version=now.version) == now


@pytest.fixture
def kims(db: Database, owner: Identity, spring: Campaign) -> ViewRequest:
    """The first rows of Kim's list, in which five contacts wait."""
    people = take_in(db, owner, "Spring", ["Ann", "Bea", "Cy", "Di", "Eve"])
    give(db, owner, spring, "kim", people)
    for nth, each in enumerate(people):
        send(db, owner, each)
        receive(db, None, number(nth), "Yes")
    return ViewRequest(ListRequest(spring.id, assignment_of(db, spring, "kim")), 0, 3, None, 0)


@pytest.mark.only_sqlite("what others do in other databases of a server changes its number, too")
def test_rows_are_read_again_only_when_anybody_has_changed_anything(
    db: Database, owner: Identity, kims: ViewRequest
) -> None:
    before, asked = viewed(db, owner, kims)
    assert (len(before.rows), asked) == (3, 3)
    assert viewed(db, owner, kims, before) == (before, 0)
    down, asked = viewed(db, owner, replace(kims, first=1, cursor_index=1), before)
    assert (down.first, asked) == (1, 1)
    receive(db, None, number(1), "One more")
    assert viewed(db, owner, kims, down)[1] == 3


def test_a_view_after_another_is_as_it_is_now(
    db: Database, owner: Identity, spring: Campaign, clock: Clock, kims: ViewRequest
) -> None:
    before, _ = viewed(db, owner, kims)
    kim, people = known_as(db, "kim").user.id, [row.id for row in before.rows]
    assert (before.questions, before.replies, before.others_online) == ((), (), 0)
    changes: tuple[Callable[[], object], ...] = (
        lambda: receive(db, None, number(1), "One more"),
        lambda: send(db, owner, people[2], body="Thanks"),
        lambda: opt_out_number(db, owner, number(1)),
        lambda: add_question(db, owner, spring.id, "Will you vote?", ["Yes", "No"]),
        lambda: add_reply(db, owner, spring.id, "Where", "At the school"),
        lambda: change_setting(db, owner, "redact_phones", "on"),
        lambda: edit_campaign(db, owner, spring.id, replace(spring.setup, description="Spring 2026")),
        lambda: show_presence(db, "kims", kim, spring.id, None),
        lambda: clock.forward(minutes=5),  # now Kim is offline, and nobody has changed anything
    )
    for change in changes:
        change()
        view, _ = viewed(db, owner, kims, before)
        assert is_now(view, db, owner, kims)
        assert replace(view, version=before.version) != before
        before = view

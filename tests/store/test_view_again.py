"""What a view of the messenger reads again after the last one: what may have changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.store.arranging import assignment_of, give, number, take_in
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
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


def test_rows_are_read_again_only_when_anybody_has_changed_anything(
    db: Database, owner: Identity, spring: Campaign
) -> None:
    people = take_in(db, owner, "Spring", ["Ann", "Bea", "Cy", "Di", "Eve"])
    give(db, owner, spring, "kim", people)
    for nth, each in enumerate(people):
        send(db, owner, each)
        receive(db, None, number(nth), "Yes")
    first = ViewRequest(ListRequest(spring.id, assignment_of(db, spring, "kim")), 0, 3, None, 0)
    down = ViewRequest(first.list, 1, 3, people[1], 1)
    before, asked = viewed(db, owner, first)
    assert (len(before.rows), asked) == (3, 3)
    assert viewed(db, owner, first, before) == (before, 0)
    assert viewed(db, owner, down, before) == (viewed(db, owner, down)[0], 1)
    changes: tuple[Callable[[], object], ...] = (
        lambda: receive(db, None, number(1), "One more"),
        lambda: send(db, owner, people[2], body="Thanks"),
        lambda: opt_out_number(db, owner, number(1)),
    )
    for change in changes:
        change()
        view, asked = viewed(db, owner, down, before)
        assert (view, asked) == (viewed(db, owner, down)[0], 3)
        assert view.rows != before.rows
        before = view

"""A message writes no page of the file that it need not: each is forced to the disk (docs/architecture.md)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.clock import Clock
from tests.store.arranging import number, take_in
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import path_of

pytestmark = pytest.mark.only_sqlite("a server writes what it changes to its own log")

STORED = {
    *("message", "message_in_thread", "conversation", "assignment"),
    *("event", "event_of_campaign", "event_of_conversation"),
}
"""What every message is stored in."""

SENT = {"message_queued", "outbox", "event_of_user", "event_undoable"}
"""What a message of ours is stored in besides: what waits for the gateway, and what its author may undo."""

IN_ORDER = {"conversation_responses_by_urgency", "conversation_responses_by_recency"}
"""The places in Responses that a message changes."""

BY_NAME = {"conversation_responses_by_name"}


def _tables(db: Database) -> dict[int, str]:
    """The table or index of each page of a small file, in which each has one."""
    with closing(sqlite3.connect(path_of(db.location))) as conn:
        return dict(conn.execute("SELECT rootpage, name FROM sqlite_schema WHERE rootpage > 0"))


def _written(db: Database, change: Callable[[], object]) -> list[str]:
    """Return the tables and indexes of the pages that a change puts into the log."""
    path = path_of(db.location)
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    change()
    log = path.with_name(f"{path.name}-wal").read_bytes()
    of = _tables(db)
    return [of[int.from_bytes(log[at : at + 4])] for at in range(32, len(log), 24 + 4096)]


@pytest.fixture
def people(db: Database, owner: Identity, spring: Campaign, clock: Clock) -> list[ConversationId]:
    """Three contacts, of whom all were texted and two have answered."""
    found = take_in(db, owner, spring.name, ["Ann Otieno", "Bea Lund", "Cy Park"])
    for each in found:
        send(db, owner, each)
    for nth in range(2):
        receive(db, None, number(nth), "Where do I go?")
    clock.forward(minutes=1)
    return found


def test_an_answer_of_ours_leaves_the_list_by_name_as_it_is(
    db: Database, owner: Identity, people: list[ConversationId]
) -> None:
    written = _written(db, lambda: send(db, owner, people[0], body="To the Oak School"))
    assert sorted(written) == sorted(STORED | SENT | IN_ORDER)


def test_one_more_message_of_who_waits_changes_no_count(db: Database, people: list[ConversationId]) -> None:
    written = _written(db, lambda: receive(db, None, number(0), "Hello?"))
    assert sorted(written) == sorted((STORED - {"assignment"}) | IN_ORDER | {"reply_hour"})


def test_a_first_answer_goes_from_one_tab_to_another(db: Database, people: list[ConversationId]) -> None:
    written = _written(db, lambda: receive(db, None, number(2), "ok"))
    left = {"conversation_sent_by_name", "conversation_sent_by_recency"}
    assert sorted(written) == sorted(STORED | IN_ORDER | BY_NAME | left | {"reply_hour"})

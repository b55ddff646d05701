"""Each list of conversations is read from an index of its own tab and order (docs/architecture.md)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from tests.store.arranging import assignment_of
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.enums import ConversationSort, Tab
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.conversations import ListRequest, count, ids

pytestmark = pytest.mark.only_sqlite("plans are the engine's; those of a server are in its own suite")

INDEXES = {
    Tab.INITIAL: ("initial_by_name", "initial_by_name", "initial_by_name"),
    Tab.RESPONSES: ("responses_by_urgency", "responses_by_recency", "responses_by_name"),
    Tab.FOLLOW_UPS: ("in_follow_ups", "in_follow_ups", "in_follow_ups"),
    Tab.OPT_OUTS: ("opt_outs_by_recency", "opt_outs_by_recency", "opt_outs_by_name"),
    Tab.SENT: ("sent_by_recency", "sent_by_recency", "sent_by_name"),
}
"""The index of each tab for each order: needs reply, recent, a to z."""


def indexes_of(db: Database, query: Callable[..., object], request: ListRequest) -> list[str]:
    """Return the steps in which the plan of a query reads conversations."""
    statements: list[str] = []
    with db.reading() as conn:
        assert isinstance(conn, sqlite3.Connection)
        conn.set_trace_callback(statements.append)
        query(conn, request)
        conn.set_trace_callback(None)
        rows = [row for sql in statements for row in conn.execute(f"EXPLAIN QUERY PLAN {sql}")]
    return [row[3] for row in rows if " conversation " in row[3]]


@pytest.mark.parametrize("search", ["", "p1"])
@pytest.mark.parametrize(
    ("tab", "sort", "index"),
    [(tab, sort, index) for tab in Tab for sort, index in zip(ConversationSort, INDEXES[tab], strict=True)],
)
def test_a_list_is_read_and_counted_on_indexes_of_its_tab(
    db: Database, spring: Campaign, tab: Tab, sort: ConversationSort, index: str, search: str
) -> None:
    kim = assignment_of(db, spring, "kim")
    request = ListRequest(spring.id, kim, tab, search=search, by_phone=False, sort=sort)
    for query, expected in ((ids, index), (count, INDEXES[tab][-1])):
        steps = indexes_of(db, query, request)
        assert [f" INDEX conversation_{expected} (" in step for step in steps] == [True], steps

"""Statements go to a server together: each wait for it costs what the way there and back takes."""

from __future__ import annotations

import pytest

from tests.store.arranging import known_as, look_at
from tests.store.postgres.round_trips import Traffic, traffic
from tests.store.servers.failing_server import make_campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import Tab
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.assignments import unassigned
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.conversations import ListRequest
from thrumsg_tui.store.queries.due import anything_due
from thrumsg_tui.store.queries.messenger import ViewRequest, messenger_view

_PAIR = "INSERT INTO setting (key, value) VALUES (?, ?)"


def test_the_beginning_of_a_reader_goes_with_its_first_query(db: Database) -> None:
    def read() -> None:
        with db.reading() as conn:
            assert conn.execute("SELECT COUNT(*) FROM setting").fetchone()[0] == 0

    assert traffic(db, read) == Traffic(round_trips=2, statements=4)  # BEGIN, SET, the query; ROLLBACK


def test_queries_that_are_asked_before_one_is_read_go_together(db: Database) -> None:
    def read() -> None:
        with db.reading() as conn:
            asked = [conn.execute("SELECT ? AS number", (nth,)) for nth in range(5)]
            assert [row["number"] for rows in reversed(asked) for row in rows] == [4, 3, 2, 1, 0]

    assert traffic(db, read) == Traffic(round_trips=2, statements=8)


def test_a_reader_that_asks_nothing_costs_nothing(db: Database) -> None:
    def read() -> None:
        with db.reading() as conn:
            conn.execute("SELECT 1")

    assert traffic(db, read) == Traffic(round_trips=0, statements=0)


def test_what_a_change_writes_goes_with_its_commit(db: Database) -> None:
    def write() -> None:
        with db.writing() as tx:
            tx.conn.execute(_PAIR, ("a", "1"))
            tx.conn.executemany(_PAIR, [("b", "1"), ("c", "1")])
            tx.conn.executemany("UPDATE setting SET value = ? WHERE key = ?", [("2", "a"), ("2", "b")])

    assert traffic(db, write) == Traffic(round_trips=1, statements=9)
    with db.reading() as conn:
        rows = conn.execute("SELECT key, value FROM setting ORDER BY key").fetchall()
    assert [tuple(row) for row in rows] == [("a", "2"), ("b", "2"), ("c", "1")]


def test_of_what_fails_with_its_commit_nothing_is_stored(db: Database) -> None:
    with pytest.raises(db.engine.driver_error), db.writing() as tx:
        tx.conn.executemany(_PAIR.replace("?, ?", "'a', ?"), [("1",), ("2",)])
    with db.reading() as conn:
        assert conn.execute("SELECT COUNT(*) FROM setting").fetchone()[0] == 0


def test_what_a_transaction_has_not_asked_for_in_time_has_no_result(db: Database) -> None:
    with db.reading() as conn:
        late = conn.execute("SELECT 1")
    with pytest.raises(db.engine.driver_error, match="the transaction ended"):
        late.fetchall()


def test_a_reader_whose_connection_was_lost_begins_on_a_new_one(db: Database) -> None:
    other = Database(db.location)
    with db.reading() as conn:
        (mine,) = conn.execute("SELECT pg_backend_pid()").fetchone()
    with other.reading() as conn:
        assert conn.execute("SELECT pg_terminate_backend(?, 10000)", (mine,)).fetchone()[0] == 1
    with db.reading() as conn:
        assert conn.execute("SELECT 1 AS one").fetchone()["one"] == 1
    other.close()


def _view(db: Database, who: Identity, wanted: ListRequest, cursor: ConversationId | None, height: int = 4) -> None:
    request = ViewRequest(wanted, first=2 if height == 1 else 0, height=height, cursor_id=cursor, cursor_index=2)
    with db.reading() as conn:
        shown = messenger_view(conn, who, request, db.clock())
    assert len(shown.rows) == height
    assert shown.open is not None
    assert cursor in {None, shown.open.conversation.id}


def test_each_change_and_view_waits_for_the_server_as_seldom_as_it_can(db: Database) -> None:
    conversations = make_campaign(db, 5)
    who, phone = known_as(db, "ana"), look_at(db, conversations[0]).phone
    with db.reading() as conn:
        of = find_campaign(conn, "Spring").id
        initial = ListRequest(of, unassigned(conn, of), Tab.INITIAL)

    def receive_one() -> None:
        assert receive(db, None, phone, "Yes", provider_id="SM1").conversation_id == conversations[0]

    found = {
        "a view": traffic(db, lambda: _view(db, who, initial, conversations[2])),
        "a view far from both ends": traffic(db, lambda: _view(db, who, initial, conversations[2], height=1)),
        "a view without a cursor": traffic(db, lambda: _view(db, who, initial, None)),
        "an initial": traffic(db, lambda: send(db, who, conversations[0])),
        "an answer": traffic(db, receive_one),
        "the same answer": traffic(db, receive_one),
        "a reply": traffic(db, lambda: send(db, who, conversations[0], body="Thanks")),
        "a draft": traffic(db, lambda: keep_draft(db, who, conversations[0], "So")),
        "a look for changes": traffic(db, db.version),
        "a look for what is due": traffic(db, lambda: anything_due(db)),
    }
    assert found == {
        "a view": (7, 28),  # unless it has an initial or a follow-up, whose text is asked for then: 6
        "a view far from both ends": (6, 27),
        "a view without a cursor": (6, 24),
        "an initial": (3, 21),
        "an answer": (3, 17),
        "the same answer": (3, 13),
        "a reply": (3, 19),
        "a draft": (1, 7),
        "a look for changes": (1, 1),
        "a look for what is due": (2, 4),
    }


def _connections(db: Database) -> int:
    """How many connections this program has to its database."""
    with db.reading() as conn:
        found = conn.execute("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()").fetchone()
    return int(found[0])


def test_a_thread_has_one_connection_as_long_as_it_reads_and_writes_in_turn(db: Database) -> None:
    before = _connections(db)
    with db.writing() as tx:
        tx.conn.execute(_PAIR, ("a", "1"))
    with db.reading() as conn:
        assert conn.execute("SELECT COUNT(*) FROM setting").fetchone()[0] == 1
    db.version()
    assert _connections(db) == before == 1


def test_what_is_read_during_a_change_is_read_beside_it(db: Database) -> None:
    with db.writing() as tx:
        assert tx.conn.execute(_PAIR, ("a", "1")).rowcount == 1
        with db.reading() as conn:
            assert conn.execute("SELECT COUNT(*) FROM setting").fetchone()[0] == 0
        tx.conn.execute(_PAIR, ("b", "1"))
    with db.reading() as conn:
        assert conn.execute("SELECT COUNT(*) FROM setting").fetchone()[0] == 2

"""Statements go to a server together: each wait for it costs what the way there and back takes."""

from __future__ import annotations

import pytest

from tests.store.postgres.round_trips import Traffic, traffic
from thrumsg_tui.store.database import Database

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

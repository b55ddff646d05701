"""What a session runs often is prepared, and means the same; behind a pooler nothing is (docs/postgresql.md)."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import psycopg
import pytest

from tests.store.arranging import known_as
from tests.store.postgres.round_trips import traffic
from tests.store.servers.failing_server import make_campaign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines.connection import Parameters
from thrumsg_tui.store.engines.postgres.prepared import USES
from thrumsg_tui.store.location import ServerAddress

VALUES: dict[str, tuple[str, Parameters, Any]] = {
    "a number": ("SELECT ? + 1 AS it", (1 << 40,), (1 << 40) + 1),
    "a text": ("SELECT ? AS it", ("it's 50% \\ off; -- :really?",), "it's 50% \\ off; -- :really?"),
    "a flag": ("SELECT ? AS it", (True,), 1),
    "a fraction": ("SELECT ? AS it", (0.5,), 0.5),
    "bytes": ("SELECT ? AS it", (b"\0'\xff",), b"\0'\xff"),
    "nothing": ("SELECT COALESCE(?, ?) AS it", (None, "else"), "else"),
    "names": ("SELECT :b || :a || ':c' || :b AS it", {"a": "1", "b": "2", "c": "3"}, "21:c2"),
    "no type": ("SELECT CASE WHEN ? IS NULL THEN 1 ELSE 0 END AS it", (None,), 1),
}


def prepared(db: Database) -> list[str]:
    """The statements that the session of this thread has prepared."""
    with db.reading() as conn:
        rows = conn.execute("SELECT statement FROM pg_prepared_statements ORDER BY name").fetchall()
    return [row["statement"] for row in rows]


def asked(db: Database, sql: str, parameters: Parameters = ()) -> Any:
    with db.reading() as conn:
        return conn.execute(sql, parameters).fetchone()["it"]


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_the_same_before_and_after(db: Database, name: str) -> None:
    sql, parameters, expected = VALUES[name]
    found = [asked(db, sql, parameters) for _ in range(USES + 2)]
    assert found == [expected] * (USES + 2)
    assert len([each for each in prepared(db) if each.startswith("PREPARE") and "AS it" in each]) == (name != "no type")


def test_what_is_asked_seldom_is_not_prepared(db: Database) -> None:
    for _ in range(USES - 1):
        asked(db, "SELECT ? AS it", (1,))
    assert prepared(db) == []


def test_a_row_of_all_columns_is_not_prepared_since_a_later_version_may_add_one(db: Database) -> None:
    for _ in range(USES + 2):
        with db.reading() as conn:
            assert conn.execute("SELECT setting.* FROM setting").fetchall() == []
    assert prepared(db) == []


def test_all_that_has_become_frequent_is_prepared_in_one_message(db: Database) -> None:
    frequent = [f"SELECT ? + {nth} AS it" for nth in range(20)]

    def read() -> None:
        with db.reading() as conn:
            for rows in [conn.execute(each, (1,)) for each in frequent]:
                assert len(rows.fetchall()) == 1

    for _ in range(USES):
        read()
    assert traffic(db, read, prepares=True).round_trips == 4  # is it the server itself, PREPARE, the queries, ROLLBACK
    assert len([each for each in prepared(db) if "AS it" in each]) == 20


def test_one_that_cannot_be_prepared_keeps_no_other_from_it(db: Database) -> None:
    frequent = ["SELECT ? + 1 AS it", "SELECT CASE WHEN ? IS NULL THEN 1 ELSE 0 END AS it", "SELECT ? + 2 AS it"]
    for _ in range(USES + 2):
        with db.reading() as conn:
            for rows in [conn.execute(each, (None if "CASE" in each else 1,)) for each in frequent]:
                assert len(rows.fetchall()) == 1
    assert len([each for each in prepared(db) if "AS it" in each]) == 2


def test_what_a_change_and_an_answer_ask_is_prepared_and_stores_the_same(db: Database) -> None:
    conversations = make_campaign(db, USES + 4)
    who = known_as(db, "ana")
    for nth, each in enumerate(conversations):
        send(db, who, each, body=f"{nth} % of '{nth}'")
        assert receive(db, None, f"+1415555{nth:04}", "It's at 7 % ?", provider_id=f"SM{nth}").unmatched
    bodies = "SELECT body FROM message WHERE direction = 'outgoing' ORDER BY id"
    with db.reading() as conn:
        assert len({row["body"] for row in conn.execute(bodies)}) == len(conversations)
        assert {row["body"] for row in conn.execute("SELECT body FROM unmatched")} == {"It's at 7 % ?"}
    said = prepared(db)
    for part in ("INSERT INTO message", "INSERT INTO event", "UPDATE conversation", "INSERT INTO unmatched", "NO KEY"):
        assert any(part in each for each in said), part


def test_a_reader_whose_session_was_lost_asks_the_next_one_in_full(db: Database, empty: ServerAddress) -> None:
    for _ in range(USES + 1):
        assert asked(db, "SELECT ? AS it", (1,)) == 1
    (mine,) = {asked(db, "SELECT pg_backend_pid() AS it")}
    with psycopg.connect(str(empty), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", (mine,))
    assert asked(db, "SELECT ? AS it", (1,)) == 1
    assert prepared(db) == []


@pytest.mark.parametrize("what", ["a change", "a query"])
def test_a_session_that_knows_none_of_them_is_asked_in_full(db: Database, what: str) -> None:
    """So it is where a pooler hides itself."""
    conversations = make_campaign(db, 2 * USES)
    who = known_as(db, "ana")
    for each in conversations[1:]:
        send(db, who, each)
        asked(db, "SELECT ? AS it", (1,))
    assert prepared(db)
    with db.reading() as conn:
        conn.execute("DEALLOCATE ALL")
        conn.execute("SELECT 1").fetchone()
    if what == "a change":
        assert send(db, who, conversations[0]).message_id
    else:
        assert asked(db, "SELECT ? AS it", (1,)) == 1
    assert prepared(db) == []


def test_a_name_belongs_to_one_statement_in_every_session(db: Database, empty: ServerAddress) -> None:
    """Else a pooler that hides itself could have another statement run."""

    def names(among: Database, *questions: str) -> set[str]:
        for question in questions * (USES + 1):
            asked(among, question, (1,))
        with among.reading() as conn:
            return {row["name"] for row in conn.execute("SELECT name FROM pg_prepared_statements").fetchall()}

    first, second = "SELECT ? AS it", "SELECT ? + 1 AS it"
    with closing(Database(empty)) as other:
        mine, theirs = names(db, first), names(other, second)
        assert len(mine) == len(theirs) == 1
        assert mine.isdisjoint(theirs)
        assert names(other, first) == mine | theirs

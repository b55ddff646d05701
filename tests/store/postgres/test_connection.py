"""A connection to a server answers shared SQL as SQLite does."""

from __future__ import annotations

from enum import StrEnum
from itertools import islice
from random import Random

import pytest

from thrumsg_tui.domain.errors import DatabaseUnusable
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines.postgres.translating import bulk_insert, translated

_PAIR = "INSERT INTO setting (key, value) VALUES (?, ?)"


class Word(StrEnum):
    HELLO = "hello"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT ? WHERE a = ?", "SELECT %s WHERE a = %s"),
        ("SELECT :a, :a_b", "SELECT %(a)s, %(a_b)s"),
        ("SELECT '?', ':a', '100%', 'it''s ?' -- is ? :a", "SELECT '?', ':a', '100%%', 'it''s ?' -- is ? :a"),
        ('SELECT "a?" FROM b WHERE c % 2 = 0', 'SELECT "a?" FROM b WHERE c %% 2 = 0'),
        ("SELECT a::text", "SELECT a::text"),
    ],
)
def test_parameters_are_written_as_the_driver_reads_them(sql: str, expected: str) -> None:
    assert translated(sql).decode() == expected


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE a SET b = ? WHERE c = ?",
        "INSERT INTO a (b) SELECT ? FROM c",
        "INSERT INTO a (b) VALUES (?) ON CONFLICT (b) DO UPDATE SET b = excluded.b",
        "INSERT INTO a (b) VALUES (?) ON CONFLICT (b) DO NOTHING RETURNING :c",
    ],
)
def test_what_is_no_plain_insert_runs_row_by_row(sql: str) -> None:
    assert bulk_insert(sql) is None


def test_an_insert_is_taken_apart_at_its_values() -> None:
    found = bulk_insert("INSERT INTO a (b, c) VALUES (:b, (SELECT MAX(d) FROM e WHERE f = :f)) ON CONFLICT DO NOTHING")
    assert found is not None
    assert found.values == b"(%(b)s, (SELECT MAX(d) FROM e WHERE f = %(f)s))"
    assert found.after == " ON CONFLICT DO NOTHING"


def test_a_row_is_found_by_name_and_by_position(db: Database) -> None:
    with db.reading() as conn:
        row = conn.execute("SELECT 1 AS one, 'two' AS two, NULL AS three, 4 AS one").fetchone()
    assert (row["one"], row["two"], row[2], row[-1], len(row)) == (1, "two", None, 4, 4)
    assert (list(row), row.keys()) == ([1, "two", None, 4], ["one", "two", "three"])
    assert dict(row) == {"one": 1, "two": "two", "three": None}
    with pytest.raises(LookupError):
        row["four"]


def test_values_have_the_types_that_sqlite_gives(db: Database) -> None:
    with db.reading() as conn:
        row = conn.execute(
            """
            SELECT SUM(number) AS total, AVG(number) AS mean, MAX(number) > 2 AS larger, ? AS flag, ? AS word,
                   ? AS bytes, CAST(? AS BIGINT) AS nothing, ? AS fraction
            FROM (SELECT 1 AS number UNION ALL SELECT 2 UNION ALL SELECT 4611686018427387904) AS numbers
            WHERE number < 3
            """,
            (True, Word.HELLO, b"\0\xff", None, 2.5),
        ).fetchone()
    assert tuple(row) == (3, 1.5, 0, 1, "hello", b"\0\xff", None, 2.5)
    assert [type(value) for value in row[:4]] == [int, float, int, int]


def test_any_text_comes_back_as_it_was(db: Database) -> None:
    text = "100% 'of' \\ \"this\" ?:name %s $1 \n\t é 🗳 \U0010ffff"
    with db.writing() as tx:
        tx.conn.execute(_PAIR, ("key", text))
    with db.reading() as conn:
        assert conn.execute("SELECT value FROM setting WHERE value = :value", {"value": text}).fetchone()[0] == text


def test_a_note_may_be_longer_than_an_entry_of_an_index(db: Database) -> None:
    note = "".join(chr(0x4E00 + Random(nth).randrange(20_000)) for nth in range(5_000))  # nothing to compress
    with db.writing() as tx:
        tx.conn.execute(
            "INSERT INTO opt_out (phone, kind, note, note_key, at) VALUES ('+1', 'manual', ?, ?, 0)", (note, note)
        )
    with db.reading() as conn:
        assert conn.execute("SELECT note_key FROM opt_out").fetchone()[0] == note


def test_text_has_the_order_of_its_bytes(db: Database) -> None:
    words = ["Zoe", "anna", "Ärger", "_x", "a b", "ab"]
    with db.writing() as tx:
        tx.conn.executemany(_PAIR, [(word, "") for word in words])
    with db.reading() as conn:
        found = [key for (key,) in conn.execute("SELECT key FROM setting ORDER BY key")]
    assert found == sorted(words, key=str.encode)


@pytest.mark.parametrize("number", [0, 1, 999, 1_000, 1_001, 2_500])
def test_many_rows_are_inserted_and_counted(db: Database, number: int) -> None:
    with db.writing() as tx:
        assert tx.conn.executemany(_PAIR, ((f"{nth}", "%") for nth in range(number))).rowcount == number
        named = "INSERT INTO setting (key, value) VALUES (:key, :value) ON CONFLICT DO NOTHING"
        rows = ({"value": "", "key": f"{nth}"} for nth in range(number + 2))
        assert tx.conn.executemany(named, rows).rowcount == 2
    with db.reading() as conn:
        assert conn.execute("SELECT COUNT(*) FROM setting").fetchone()[0] == number + 2


def test_a_row_may_change_one_that_was_inserted_before_it(db: Database) -> None:
    said = f"{_PAIR} ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    with db.writing() as tx:
        assert tx.conn.executemany(said, [("a", "1"), ("b", "1"), ("a", "2")]).rowcount == 3
        rows = tx.conn.execute("SELECT key, value FROM setting ORDER BY key").fetchall()
    assert [tuple(row) for row in rows] == [("a", "2"), ("b", "1")]


def test_many_updates_are_counted(db: Database) -> None:
    with db.writing() as tx:
        tx.conn.executemany(_PAIR, ((f"{nth}", "") for nth in range(450)))
        said = "UPDATE setting SET value = :value WHERE key = :key"
        rows = ({"key": f"{nth}", "value": "%s ; '"} for nth in range(500))
        assert tx.conn.executemany(said, rows).rowcount == 450
        assert tx.conn.execute("SELECT COUNT(*) FROM setting WHERE value = '%s ; '''").fetchone()[0] == 450


def test_two_streams_are_read_at_once_and_other_queries_between(db: Database) -> None:
    with db.writing() as tx:
        tx.conn.executemany(_PAIR, ((f"{nth:05}", "") for nth in range(2_500)))
    with db.reading() as conn:
        one = conn.stream("SELECT key FROM setting ORDER BY key")
        two = conn.stream("SELECT key FROM setting WHERE key >= ? ORDER BY key DESC", ("00500",))
        assert [key for (key,) in islice(one, 2)] == ["00000", "00001"]
        assert [key for (key,) in islice(two, 2)] == ["02499", "02498"]
        assert conn.execute("SELECT COUNT(*) FROM setting").fetchone()[0] == 2_500
        assert (len(list(one)), len(list(two))) == (2_498, 1_998)


def test_a_stream_fetches_few_rows_at_a_time(db: Database) -> None:
    with db.reading() as conn:
        rows = conn.stream("SELECT CAST(1 AS BIGINT) / (5000 - number) FROM generate_series(1, 10000) AS number")
        assert len(list(islice(rows, 3_000))) == 3_000
        with pytest.raises(db.engine.driver_error, match="division by zero"):
            list(rows)


def test_a_reader_changes_nothing(db: Database) -> None:
    with pytest.raises(DatabaseUnusable, match="takes no changes"), db.reading() as conn:
        conn.execute(_PAIR, ("key", "")).fetchall()


def test_a_reader_sees_one_state(db: Database) -> None:
    other = Database(db.location)
    with db.reading() as conn:
        assert conn.execute("SELECT COUNT(*) FROM setting").fetchone()[0] == 0
        with other.writing() as tx:
            tx.conn.execute(_PAIR, ("key", ""))
        assert conn.execute("SELECT COUNT(*) FROM setting").fetchone()[0] == 0
    other.close()


def test_the_version_changes_when_somebody_else_commits(db: Database) -> None:
    other = Database(db.location)
    before = db.version()
    assert db.version() == before
    with other.writing() as tx:
        tx.conn.execute(_PAIR, ("key", ""))
        during = db.version()
    assert db.version() not in {before, during}
    other.close()


def test_a_connection_that_is_opened_anew_has_versions_of_its_own(db: Database) -> None:
    """A server that crashed gives numbers of lost transactions again: the same snapshot may be another state."""

    def snapshot_and_version() -> tuple[str, int]:
        with db.reading() as conn:
            asked = conn.ask_version()
            return conn.execute("SELECT pg_current_snapshot()::text AS snapshot").fetchone()["snapshot"], asked()

    for _ in range(1_000):  # until nobody else has written to the server meanwhile
        snapshot, version = snapshot_and_version()
        db.close()
        again, anew = snapshot_and_version()
        if again == snapshot:
            assert anew != version
            return
    pytest.fail("the server was never at rest")

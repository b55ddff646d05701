"""Both engines have the same tables; the server's own are made and upgraded as one (docs/architecture.md)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg
import pytest

from tests.postgres_server import shared_cluster
from thrumsg_tui.domain.errors import DatabaseUnusable
from thrumsg_tui.store import schema
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.engines.postgres import upgrade
from thrumsg_tui.store.location import ServerAddress
from thrumsg_tui.store.schema import COUNTED

TYPES = {"bigint": "INTEGER", "text": "TEXT", "double precision": "REAL", "bytea": "BLOB"}
"""What a type of the server is called by SQLite."""


def asked(address: ServerAddress, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(str(address), autocommit=True) as conn:
        return conn.execute(sql.encode()).fetchall()


def told(address: ServerAddress, sql: str) -> None:
    with psycopg.connect(str(address), autocommit=True) as conn:
        conn.execute(sql.encode())


@pytest.fixture(scope="module")
def file() -> sqlite3.Connection:
    """SQLite's schema."""
    conn = sqlite3.connect(":memory:")
    for name in schema.MIGRATIONS:
        conn.executescript(schema.read_migration(name))
    return conn


@pytest.fixture(scope="module")
def tables(file: sqlite3.Connection) -> list[str]:
    return [
        name for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'table'") if "sqlite" not in name
    ]


def plain(sql: str) -> str:
    """A condition or a default, however its engine writes it."""
    said = re.sub(r"::(text|bigint|double precision)(\[\])?| COLLATE \"C\"", "", re.sub(r"\s+", " ", sql))
    said = re.sub(r"= ANY \(ARRAY\[(.*?)\]\)", r"IN (\1)", said)
    said = re.sub(r"<> ALL \(ARRAY\[(.*?)\]\)", r"NOT IN (\1)", said)
    return re.sub(r"[()' ]", "", said).lower()


# The tables of both engines


def test_the_migrations_have_the_same_names_and_the_same_last_format() -> None:
    assert schema.MIGRATIONS[-len(upgrade.MIGRATIONS) :] == upgrade.MIGRATIONS
    assert len(schema.MIGRATIONS) == upgrade.FORMAT


def test_both_have_the_same_tables(db: Database, tables: list[str]) -> None:
    with db.reading() as conn:
        assert sorted(db.engine.columns(conn)) == sorted(tables)


def test_both_have_the_same_columns(
    empty: ServerAddress, db: Database, file: sqlite3.Connection, tables: list[str]
) -> None:
    there = {
        table: {
            name: (TYPES[kind], required == "NO", plain(default or "") or None, generated != "NEVER")
            for of, name, kind, required, default, generated in asked(
                empty,
                "SELECT table_name, column_name, data_type, is_nullable, column_default, is_generated "
                "FROM information_schema.columns WHERE table_schema = 'public'",
            )
            if of == table
        }
        for table in tables
    }
    here = {
        table: {
            name: (kind, bool(required or key), plain(default or "") or None, hidden > 1)
            for _, name, kind, required, default, key, hidden in file.execute(f"PRAGMA table_xinfo({table})")
        }
        for table in tables
    }
    assert there == here


def test_text_is_compared_byte_by_byte(empty: ServerAddress, db: Database) -> None:
    collations = asked(
        empty,
        "SELECT DISTINCT collation_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type = 'text'",
    )
    assert collations == [("C",)]


def test_generated_columns_have_the_same_expressions(
    empty: ServerAddress, db: Database, file: sqlite3.Connection
) -> None:
    there = asked(
        empty,
        "SELECT column_name, generation_expression FROM information_schema.columns "
        "WHERE table_schema = 'public' AND is_generated = 'ALWAYS'",
    )
    made = "".join(sql for (sql,) in file.execute("SELECT sql FROM sqlite_schema WHERE type = 'table'"))
    here = re.findall(r"(\w+)\s+\w+ GENERATED ALWAYS AS \((.*?)\) (?:STORED|VIRTUAL)", made, re.DOTALL)
    assert {name: plain(said) for name, said in there} == {name: plain(said) for name, said in here}


def _keys(rows: list[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    return {tuple(row) for row in rows}


def test_both_have_the_same_references(
    empty: ServerAddress, db: Database, file: sqlite3.Connection, tables: list[str]
) -> None:
    there = asked(
        empty,
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'",
    )
    here = {
        (table, f"FOREIGN KEY ({row[3]}) REFERENCES {row[2]}({row[4]})")
        for table in tables
        for row in file.execute(f"PRAGMA foreign_key_list({table})")
    }
    assert _keys(there) == here


def test_both_have_the_same_keys(
    empty: ServerAddress, db: Database, file: sqlite3.Connection, tables: list[str]
) -> None:
    there = {
        (table, kind, tuple(columns))
        for table, kind, columns in asked(
            empty,
            """
            SELECT conrelid::regclass::text, contype::text,
                   ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS key (number, place)
                         JOIN pg_attribute ON attrelid = conrelid AND attnum = number ORDER BY place)
            FROM pg_constraint WHERE contype IN ('p', 'u') AND connamespace = 'public'::regnamespace
            """,
        )
    }
    here = set()
    for table in tables:
        columns = file.execute(f"PRAGMA table_info({table})").fetchall()
        if key := tuple(row[1] for row in sorted(columns, key=lambda row: row[5]) if row[5]):
            here.add((table, "p", key))
        for _, index, _, origin, _ in file.execute(f"PRAGMA index_list({table})"):
            if origin == "u":
                here.add((table, "u", tuple(row[2] for row in file.execute(f"PRAGMA index_info({index})"))))
    assert there == here


def test_both_have_the_same_checks(empty: ServerAddress, db: Database, file: sqlite3.Connection) -> None:
    there = [
        plain(said.removeprefix("CHECK"))
        for (said,) in asked(empty, "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'")
        if "VALUE" not in said
    ]
    made = "\n".join(sql for (sql,) in file.execute("SELECT sql FROM sqlite_schema WHERE type = 'table'"))
    here = [plain(said) for said in re.findall(r"CHECK (\(.*?\)\))", made, re.DOTALL)]
    assert sorted(there) == sorted(here)
    assert len(here) > 10


def _indexes(made: list[tuple[str, str]]) -> Mapping[str, tuple[str, str, str]]:
    found = {}
    for name, sql in made:
        words = re.sub(r"\s+", " ", re.sub(r"--[^\n]*", "", sql))
        match = re.fullmatch(
            r"CREATE (UNIQUE )?INDEX \w+ ON (?:public\.)?(\w+)(?: USING btree)? \((.*?)\)(?: WHERE (.*))?",
            words.strip(),
        )
        assert match is not None, sql
        unique, table, columns, condition = match.groups()
        found[name] = (f"{unique or ''}{table}", columns.replace('"', "").removesuffix(", id"), plain(condition or ""))
    return found


def test_both_have_the_same_indexes(empty: ServerAddress, db: Database, file: sqlite3.Connection) -> None:
    """SQLite ends each index with the rowid; the server's have it where an order needs it."""
    there = asked(
        empty,
        "SELECT relname, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
        "WHERE relnamespace = 'public'::regnamespace "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))",
    )
    here = file.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    assert _indexes(there) == {**_indexes(here), "opt_out_newest": ("opt_out", "at DESC, phone", "")}


def test_both_have_the_same_triggers(empty: ServerAddress, db: Database, file: sqlite3.Connection) -> None:
    there = asked(empty, "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
    here = file.execute("SELECT name, tbl_name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    assert _keys(there) == _keys(here)


@pytest.mark.parametrize(
    ("function", "row", "counted"),
    [
        ("count_new_conversations", "added", r"COUNT\(\*\) FILTER \(WHERE (.*)\) AS (\w+)"),
        ("recount_conversations", "each", r"COALESCE\(SUM\(sign\) FILTER \(WHERE (.*)\), 0\) AS (\w+)"),
    ],
)
def test_the_triggers_count_what_moves_and_the_doctor_count(
    empty: ServerAddress, db: Database, function: str, row: str, counted: str
) -> None:
    [(body,)] = asked(empty, f"SELECT prosrc FROM pg_proc WHERE proname = '{function}'")
    found = {name: condition for condition, name in re.findall(counted, body)}
    assert found == {name: condition.format(row=row) for name, condition in COUNTED.items()}
    assert re.findall(r"(\w+) = assignment\.\1 \+ change\.\1", body) == list(COUNTED)


# Making and upgrading


def test_a_new_database_is_without_damage(db: Database) -> None:
    assert examine(db) == []


@pytest.mark.parametrize(
    ("statement", "subject"),
    [
        ("DROP TRIGGER reply_counted ON message", "the trigger reply_counted"),
        ("ALTER TABLE message DISABLE TRIGGER reply_counted", "the trigger reply_counted"),
        ("DROP TABLE draft", "the table draft"),
        ("ALTER TABLE draft DROP COLUMN at", "the table draft"),
        ("ALTER TABLE contact ALTER fields DROP DEFAULT", "the table contact"),
        ("DROP INDEX event_notable", "the index event_notable"),
        ("ALTER TABLE users DROP CONSTRAINT users_role_check", "the constraint users_role_check of users"),
        (
            "CREATE OR REPLACE FUNCTION count_replies() RETURNS TRIGGER LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
            "the function count_replies",
        ),
    ],
)
def test_a_schema_that_was_changed_is_damage(empty: ServerAddress, db: Database, statement: str, subject: str) -> None:
    told(empty, statement)
    found = examine(db)
    assert subject in {each.subject for each in found}
    assert all(each.damage and each.sentence == "is not as it was made." for each in found)


def test_a_row_that_refers_to_none_is_damage(empty: ServerAddress, db: Database) -> None:
    told(
        empty,
        "SET session_replication_role = replica; INSERT INTO preference (user_id, key, value) VALUES (77, 'a', 'b')",
    )
    [found] = examine(db)
    assert (found.subject, found.sentence) == (
        "preference with user_id 77",
        "points at a row of users that does not exist.",
    )


def test_an_index_that_is_not_kept_up_to_date_is_made_again(empty: ServerAddress, db: Database) -> None:
    told(empty, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'event_notable'::regclass")
    [found] = examine(db)
    assert (found.subject, found.damage) == ("the index event_notable", True)
    assert db.engine.is_about_index(found.sentence)
    with db.writing() as tx:
        db.engine.rebuild_indexes(tx.conn)
    assert examine(db) == []


def test_several_that_begin_with_an_empty_database_make_it_once(empty: ServerAddress) -> None:
    with ThreadPoolExecutor(8) as pool:
        for made in pool.map(lambda _: Database(empty), range(8)):
            made.close()
    assert asked(empty, "SELECT format FROM thrumsg_format") == [(upgrade.FORMAT,)]


def test_a_database_with_other_tables_is_left_alone(empty: ServerAddress) -> None:
    told(empty, "CREATE TABLE own (id INTEGER)")
    with pytest.raises(DatabaseUnusable, match="is not a thrumsg database; it was left as it is"):
        Database(empty)
    assert asked(empty, "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'") == [(1,)]


def test_a_newer_database_is_left_alone(empty: ServerAddress, db: Database) -> None:
    told(empty, "UPDATE thrumsg_format SET format = 4711")
    with pytest.raises(DatabaseUnusable, match=r"written by a newer thrumsg \(its format is 4711"):
        Database(empty)


def test_a_database_of_another_encoding_is_refused(empty: ServerAddress) -> None:
    name = f"{empty.database}_latin1"
    told(empty, f"CREATE DATABASE {name} ENCODING LATIN1 LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0")
    try:
        with pytest.raises(DatabaseUnusable, match="keeps text as LATIN1"):
            Database(shared_cluster().address(name))
    finally:
        told(empty, f"DROP DATABASE {name}")


def test_each_schema_is_a_database_of_its_own(empty: ServerAddress) -> None:
    told(empty, "CREATE SCHEMA north; CREATE SCHEMA south")
    north, south = (Database(f"{empty}&options=-csearch_path%3D{name}") for name in ("north", "south"))
    with closing(north), closing(south):
        with north.writing() as tx:
            tx.conn.execute("INSERT INTO setting (key, value) VALUES ('a', 'b')")
        with south.reading() as conn:
            assert conn.execute("SELECT COUNT(*) FROM setting").fetchone()[0] == 0
        assert examine(north) == examine(south) == []
    with pytest.raises(DatabaseUnusable, match="has no schema that your role may use"):
        Database(f"{empty}&options=-csearch_path%3Dwest")


def test_a_role_that_may_not_make_tables_is_told_who_can(empty: ServerAddress) -> None:
    told(empty, "DROP ROLE IF EXISTS nobody_here")
    told(empty, "CREATE ROLE nobody_here LOGIN")
    try:
        with pytest.raises(
            DatabaseUnusable,
            match=r"has no tables yet, and your role may not change them.*Whoever has the role thrumsg does it",
        ):
            Database(str(empty).replace("thrumsg@", "nobody_here@"))
    finally:
        told(empty, "DROP ROLE nobody_here")

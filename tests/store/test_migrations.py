"""Migrations are frozen: a new file and an upgraded one have the same schema (docs/architecture.md)."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from tests.store.formats import ROWS, make_format
from thrumsg_tui.store import schema
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines.sqlite import upgrade
from thrumsg_tui.store.schema import COUNTED, MIGRATIONS, NOTABLE, migration_name, read_migration

pytestmark = pytest.mark.only_sqlite("no server has had these formats")

FOLDER = Path(schema.__file__).parent / "migrations"

RELEASED = {
    "0001_tables": "aceb6283a4faf573867a7b448e048bd12da24d7d19ba300c8aaf06b2cadaec7b",
    "0002_kept_counts": "7305c1fd8f42b836c6b48986e7aa308ae2a9c27d5c7dd9ef5535fceca67ce59e",
    "0003_follow_ups_and_confirmations": "83ba1fb82fcd2a1f4bde217cf0d483d635b09b3eefda7f1233636e0c33d8fac7",
    "0004_consent": "8b554ae246057e0bb2f4eab219ccc81d190c8b3f940cf8e1fc42c78bf0290065",
    "0005_wishes": "145175cf13401a379aa53cba0a65276c95ba3ed363864af099c3206759a15fd7",
    "0006_event_facts": "4c4f3e3b3208b20fcd258c627ac8555b487b5cbc29c53b54cb4ec5674cde80a9",
    "0007_carrier": "1dd4c0af165547464c7762dd5c2618c5a9c881da6fa05daa3e119f335c5d1ab2",
    "0008_team": "29114cf20d8fa7d316dce93d936d834b81502c4a081e68eaaaca742ed86bba5d",
    "0009_speed": "98de0e903ac3cced834c436b05041ca8ef77ee41fdabf7ed36cfc8863304b0d3",
    "0010_servers": "4078bb50ad17bc4fe25cc3b7e601fb28a0443d4de527170cd22feb4065fd6d12",
    "0011_messages": "a3779deae921c1145b9a5cf5d6153c4d8808982fb3e97c332f425e8c9fb2041b",
    "0012_names": "39fd4a98d93ac55445ff09f61fcb6cebe78094a29ae2745ebdbc85d0d93c5993",
}
"""The SHA-256 of every migration. A line is only ever added: files that people have were made by these bytes."""


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A database that was made just now."""
    path = tmp_path / "new.db"
    Database(path).close()
    return path


def schema_of(path: Path) -> list[tuple[str, ...]]:
    """Everything that a file has but rows and what SQLite and sqlite-utils keep for themselves."""
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute(
            r"""
            SELECT type, name, tbl_name, sql FROM sqlite_schema
            WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\' AND tbl_name <> '_sqlite_migrations' ORDER BY type, name
            """
        ).fetchall()


def made_by(path: Path, name: str) -> str:
    """The statement that made a table, an index or a trigger."""
    return next(sql for _, each, _, sql in schema_of(path) if each == name)


# The files


def test_a_released_migration_is_never_edited() -> None:
    assert {path.stem: sha256(path.read_bytes()).hexdigest() for path in FOLDER.iterdir()} == RELEASED


def test_the_number_of_files_is_the_user_version(new: Path) -> None:
    with closing(sqlite3.connect(new)) as conn:
        assert conn.execute("PRAGMA user_version").fetchone() == (len(list(FOLDER.glob("*.sql"))),)


def test_the_files_are_numbered_in_the_order_in_which_they_are_applied() -> None:
    assert [f"{file}.sql" for file in MIGRATIONS] == sorted(path.name for path in FOLDER.iterdir())
    assert [int(file[:4]) for file in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


def test_the_last_statement_of_a_file_is_complete() -> None:
    assert [file for file in MIGRATIONS if not sqlite3.complete_statement(read_migration(file))] == []


def test_files_that_people_have_name_the_migrations_as_they_are_named_here(new: Path) -> None:
    with closing(sqlite3.connect(new)) as conn:
        recorded = [name for (name,) in conn.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]
    assert recorded == [migration_name(file) for file in MIGRATIONS]
    assert recorded[:5] == ["tables", "kept_counts", "follow_ups_and_confirmations", "consent", "wishes"]


def test_an_upgrade_reads_only_the_migrations_that_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_format(tmp_path / "old.db", 3)
    read: list[str] = []

    def noting(file: str) -> str:
        read.append(file)
        return read_migration(file)

    monkeypatch.setattr(upgrade, "read_migration", noting)
    Database(tmp_path / "old.db").close()
    assert read == list(MIGRATIONS[3:])


def test_a_current_file_opens_without_any_migration(new: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(file: str) -> str:
        raise AssertionError(file)

    monkeypatch.setattr(upgrade, "read_migration", read)
    Database(new).close()


# The schema that they make


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_an_upgraded_file_has_the_schema_of_a_new_one(new: Path, tmp_path: Path, version: int) -> None:
    old = tmp_path / "old.db"
    make_format(old, version, ROWS)
    Database(old).close()
    assert schema_of(old) == schema_of(new)


def _counted(new: Path, trigger: str) -> list[str]:
    """What a trigger sets in the assignment of a conversation."""
    pattern = r"UPDATE assignment SET\s+([^;]+?)\s+WHERE id = NEW\.assignment_id;"
    (update,) = re.findall(pattern, made_by(new, trigger), re.DOTALL)
    return re.split(r",\s+", update.strip())


def test_the_triggers_count_what_moves_and_the_doctor_count(new: Path) -> None:
    assert _counted(new, "conversation_counted") == [
        f"{column} = {column} + CASE WHEN {condition.format(row='NEW')} THEN 1 ELSE 0 END"
        for column, condition in COUNTED.items()
    ]
    assert _counted(new, "conversation_recounted") == [
        f"{column} = {column} - ({condition.format(row='OLD')}) + ({condition.format(row='NEW')})"
        for column, condition in COUNTED.items()
        if column != "assigned"  # which only moves change
    ]


def test_the_kept_counts_are_columns_of_the_assignments(new: Path) -> None:
    with closing(sqlite3.connect(new)) as conn:
        columns = {row[1] for row in conn.execute("PRAGMA table_info(assignment)")}
    assert columns - {"id", "campaign_id", "user_id", "active"} == set(COUNTED)


def test_a_change_of_any_column_that_is_counted_by_is_counted(new: Path) -> None:
    (watched,) = re.findall(r"AFTER UPDATE OF ([\w, ]+) ON conversation", made_by(new, "conversation_recounted"))
    generated = dict(
        re.findall(r"(\w+) +\w+ GENERATED ALWAYS AS \((.*?)\) STORED", made_by(new, "conversation"), re.DOTALL)
    )
    with closing(sqlite3.connect(new)) as conn:
        stored = {row[1] for row in conn.execute("PRAGMA table_info(conversation)")}
    read = set(re.findall(r"\{row\}\.(\w+)", " ".join(COUNTED.values())))
    for column in read & set(generated):
        read |= set(re.findall(r"\w+", generated[column])) & stored
    assert set(watched.split(", ")) == read - set(generated)
    compared = re.findall(r"OLD\.(\w+) (?:<>|IS NOT) NEW\.(\w+)", made_by(new, "conversation_recounted"))
    assert {before for before, after in compared if before == after} == read - set(generated)


def test_the_history_reads_notable_events_from_an_index_of_them(new: Path) -> None:
    assert made_by(new, "event_notable").endswith(f" WHERE {NOTABLE}")

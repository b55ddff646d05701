"""A database of an earlier format is upgraded by whoever opens it first, all or nothing (docs/architecture.md)."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.engines.postgres import damage, engine, upgrade
from thrumsg_tui.store.location import ServerAddress

NEXT = upgrade.FORMAT + 1
_ADDS = "ALTER TABLE setting ADD COLUMN note TEXT COLLATE \"C\" NOT NULL DEFAULT '';\n"


@pytest.fixture
def later(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with a setting, and the folder of a later program's migrations."""
    with db.writing() as tx:
        tx.conn.execute("INSERT INTO setting (key, value) VALUES ('a', 'b')")
    folder = tmp_path / "migrations"
    shutil.copytree(Path(upgrade.__file__).with_name("migrations"), folder)
    (folder / f"{NEXT:04}_notes.sql").write_text(_ADDS)
    monkeypatch.setattr(upgrade, "_FOLDER", folder)
    files = (*upgrade.MIGRATIONS, f"{NEXT:04}_notes")
    for module in (upgrade, damage):
        monkeypatch.setattr(module, "MIGRATIONS", files)
    monkeypatch.setattr(damage, "_made", {})
    for module in (upgrade, engine):
        monkeypatch.setattr(module, "FORMAT", NEXT)
    return folder


def stored(address: ServerAddress) -> tuple[int, list[str]]:
    """The format of a database, and the columns of its settings."""
    with psycopg.connect(str(address)) as conn:
        [(found,)] = conn.execute("SELECT format FROM thrumsg_format").fetchall()
        named = conn.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'setting'")
        return found, sorted(name for (name,) in named.fetchall())


def test_what_is_missing_is_applied_once_by_whoever_comes_first(empty: ServerAddress, later: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: Database(empty), range(4)))
    for each in opened:
        each.close()
    assert stored(empty) == (NEXT, ["key", "note", "value"])
    db = Database(empty)
    with db.reading() as conn:
        assert tuple(conn.execute("SELECT key, value, note FROM setting").fetchone()) == ("a", "b", "")
    db.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty: ServerAddress, later: Path) -> None:
    (later / f"{NEXT:04}_notes.sql").write_text(f"{_ADDS}SELECT 1 / 0;\n")
    with pytest.raises(psycopg.errors.DivisionByZero):
        Database(empty)
    assert stored(empty) == (NEXT - 1, ["key", "value"])


def test_an_upgraded_database_has_the_tables_of_a_new_one(empty: ServerAddress, later: Path) -> None:
    db = Database(empty)
    assert examine(db) == []
    db.close()


def test_a_migration_goes_to_the_server_statement_by_statement() -> None:
    """Citus takes no two commands in one message."""
    body = "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN RETURN NULL; END $$ LANGUAGE plpgsql;"
    comment = "-- A comment; with a semicolon.\n"
    script = f"{comment}CREATE TABLE a (b TEXT DEFAULT ';');\n\n{body}\n-- the end\n"
    assert list(upgrade.statements_of(script)) == [f"{comment}CREATE TABLE a (b TEXT DEFAULT ';');", body]
    for name in upgrade.MIGRATIONS:
        migration = upgrade.read_migration(name)
        statements = list(upgrade.statements_of(migration))
        assert all(statement.count("$$") in {0, 2} for statement in statements)
        assert " ".join(statements).split() == migration.split()

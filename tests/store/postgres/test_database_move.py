"""A database is moved to a server, and from there to a file (docs/rules.md 13.2)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.postgres_server import PATIENCE
from tests.store.arranging import known_as
from tests.team_server import team_server
from thrumsg_tui.domain.errors import DatabaseMoved, DatabaseUnreachable, NotPermitted
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.backup import backup
from thrumsg_tui.store.backup_file import check_backup
from thrumsg_tui.store.changes.replies import add_reply
from thrumsg_tui.store.changes.users import make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.database_move import move as moving
from thrumsg_tui.store.database_move.move import move_database
from thrumsg_tui.store.database_move.take_back import take_back
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.engines.postgres.whole_tables import PostgresWholeTables


def named_owner(db: Database) -> Identity:
    make_first_owner(db, "ana", "Ana", "Ortiz")
    return known_as(db, "ana")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Database]:
    """An empty database that is a file."""
    made = Database(tmp_path / "thrumsg.db", scratch=True, closed_too=True)
    yield made
    made.close()


def test_a_nul_of_an_older_version_is_replaced(db: Database, file: Database) -> None:
    owner = named_owner(file)
    with file.writing() as tx:
        tx.conn.execute("UPDATE users SET first_name = ?, last_name = ?", ("A\0a", r"\u0000"))
        tx.conn.execute("UPDATE event SET details = ?", (r'{"form": "owner", "name": "A\u0000", "login": "a\\u0000"}',))
    moved = move_database(file, db, owner)
    assert moved.replaced == 2
    with db.reading() as conn:
        names = conn.execute("SELECT first_name, last_name FROM users").fetchone()
        [details] = conn.execute("SELECT details FROM event WHERE id = 1").fetchone()
    assert tuple(names) == ("A\ufffda", r"\u0000")
    assert details == r'{"form": "owner", "name": "A\ufffd", "login": "a\\u0000"}'


def test_who_waits_for_the_move_is_told_where_it_went(
    db: Database, file: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They have begun their transaction before the move ends, and are at the lock of a table by then.

    What needs no named lock waits as well, such as a draft.
    """
    owner = named_owner(db)
    compare = moving._compare

    def write() -> None:
        with db.writing() as tx:
            tx.conn.execute("UPDATE users SET email = 'ana@example.org'")

    def wait_for_a_writer(*arguments: object, **named: object) -> None:
        started.append(threads.submit(write))
        with db.reading() as conn:
            for _ in range(PATIENCE * 1000):
                waiting = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database "
                query = waiting + "WHERE datname = current_database())"
                if conn.execute(query).fetchone()[0] or started[0].done():
                    break
        compare(*arguments, **named)  # type: ignore[arg-type]

    started: list[Future[None]] = []
    monkeypatch.setattr(moving, "_compare", wait_for_a_writer)
    with ThreadPoolExecutor(1) as threads:
        move_database(db, file, owner)
        with pytest.raises(DatabaseMoved, match="was moved to"):
            started[0].result(PATIENCE)
        threads.submit(db.close).result()
    assert examine(file) == []


def test_a_server_that_goes_away_leaves_the_old_one_in_use(
    db: Database, file: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = named_owner(file)
    load = PostgresWholeTables.load

    def cut(self: PostgresWholeTables, conn: Any, table: str, columns: Any, rows: Iterator[Any]) -> None:
        load(self, conn, table, columns, until_lost(rows) if table == "users" else rows)

    def until_lost(rows: Iterator[Any]) -> Iterator[Any]:
        row = next(rows)
        other = db.engine.open("writer")
        for _ in range(PATIENCE * 1000):
            yield row
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            other.execute(f"SELECT pg_terminate_backend(pid) {others}").fetchall()
        db.engine.close(other)

    with monkeypatch.context() as patch:
        patch.setattr(PostgresWholeTables, "load", cut)
        with pytest.raises(DatabaseUnreachable, match="does not answer"):
            move_database(file, db, owner)
    add_reply(file, owner, None, "When", "Tuesday")
    with pytest.raises(DatabaseMoved, match="is half-made"):
        Database(db.location)
    move_database(file, db, owner)
    assert examine(db) == []


def test_the_driver_writes_nothing_on_the_screen() -> None:
    """As it would of a COPY whose connection is lost; the log of the tests would hide it in this process."""
    lines = (
        "import logging, thrumsg_tui.store.engines.postgres.connection; logging.getLogger('psycopg').warning('lost')"
    )
    ran = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert ran.stderr == ""


def test_a_database_of_a_server_is_taken_back(db: Database, file: Database) -> None:
    owner = named_owner(db)
    move_database(db, file, owner)
    with pytest.raises(DatabaseMoved):
        Database(db.location)
    again = Database(db.location, closed_too=True)
    assert examine(again) == []
    take_back(again, file, owner)
    again.close()
    add_reply(db, owner, None, "When", "Tuesday")
    assert examine(db) == []
    with pytest.raises(DatabaseMoved):
        Database(file.location)


def test_only_the_role_that_owns_the_tables_may_and_whoever_reads_makes_a_backup(
    file: Database, tmp_path: Path
) -> None:
    with team_server() as team:
        own = Database(team.location("olga"), closed_too=True)
        owner = named_owner(own)
        own.close()
        db = Database(team.location("host_a"), closed_too=True)
        with pytest.raises(NotPermitted, match=r"for the role that owns the tables, .*; host_a is none"):
            move_database(db, file, owner)
        db.close()
        reader = Database(team.location("auditor"))
        backup(reader, tmp_path / "backup.db")
        reader.close()
    assert check_backup(tmp_path / "backup.db").wrong == ()

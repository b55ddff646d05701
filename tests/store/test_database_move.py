"""A database is moved to another one (docs/rules.md 13.2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.clock import Clock
from tests.new_database import new_database, no_database
from tests.store.arranging import ask_everyone, give, known_as, number, sentence_of, take_in
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import DatabaseMoved, DatabaseUnusable, NotPermitted, Refused
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.backup import backup
from thrumsg_tui.store.backup_file import check_backup
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.replies import add_reply, remove_reply
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.spooled import spooled
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.database_move.copy import TableContents, contents
from thrumsg_tui.store.database_move.move import move_database
from thrumsg_tui.store.database_move.tables import KEYS
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.engines import whole_tables_of
from thrumsg_tui.store.engines.whole_tables import WholeTables
from thrumsg_tui.store.queries.history import history
from thrumsg_tui.store.queries.questions import questions
from thrumsg_tui.store.spool import Spool, SpooledRequest


@pytest.fixture
def busy(db: Database, owner: Identity, spring: Campaign, ann: ConversationId) -> Database:
    """A database in which a bit of everything has happened."""
    others = take_in(db, owner, "Spring", [f"P{nth} Ö\"'" for nth in range(8)], first=40)
    ask_everyone(db, owner, "Spring", Will_you_vote="Yes|No")
    kim = known_as(db, "kim")
    send(db, kim, ann)
    receive(db, None, number(0), "who is this?\r\n“\U0001f600”")
    with db.reading() as conn:
        [question] = questions(conn, spring.id)
    record_answer(db, kim, ann, question.text, "Yes")
    keep_draft(db, kim, ann, "a half-written")
    give(db, owner, spring, "lee", others)
    with db.reading() as conn:
        newest = history(conn)[0]
    undo(db, owner, newest.id)
    opt_out_number(db, owner, number(41), "by mail")
    return db


@pytest.fixture
def target(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    """An empty database."""
    database = Database(no_database(tmp_path / "target.db"), clock=clock, scratch=True, closed_too=True)
    yield database
    database.close()


def stored(db: Database) -> dict[str, TableContents]:
    with db.reading() as conn:
        return contents(db.engine, conn, lambda _: None)


def whole_tables(db: Database) -> type[WholeTables]:
    """The class of what the engine of a database does with whole tables."""
    return type(whole_tables_of(db.location))


def opened(db: Database) -> Database:
    """Open a database once more."""
    return Database(db.location, clock=db.clock, closed_too=True)


def test_everything_arrives_as_it_was(busy: Database, target: Database, owner: Identity) -> None:
    before = stored(busy)
    assert sum(each.rows > 0 for each in before.values()) >= 15
    moved = move_database(busy, target, owner)
    assert moved.tables == before == stored(busy)
    after = stored(target)
    assert {table for table in KEYS if after[table] != before[table]} == {"event"}
    assert examine(target) == []
    with target.reading() as conn:
        newest, *earlier = history(conn)
    with busy.reading() as conn:
        assert earlier == history(conn)[: len(earlier)]
    assert sentence_of(newest) == f"moved the database here from {busy.location}, {moved.rows} rows"
    assert newest.by == "ana"
    send(target, known_as(target, "kim"), ConversationId(1), body="It is Kim.")
    assert examine(target) == []


def test_an_id_that_was_given_is_never_given_again(busy: Database, target: Database, owner: Identity) -> None:
    first = add_reply(busy, owner, None, "When", "Tuesday")
    second = add_reply(busy, owner, None, "Where", "At school")
    remove_reply(busy, owner, second)
    move_database(busy, target, owner)
    assert add_reply(target, owner, None, "Who", "Everybody") > second > first


def test_the_old_one_can_be_looked_at_and_not_used(busy: Database, target: Database, owner: Identity) -> None:
    before = stored(busy)
    move_database(busy, target, owner)
    said = f"{busy.location} was moved to {target.location} by ana, 2026-03-03 18:00 UTC: use that one."
    with pytest.raises(DatabaseMoved, match="was moved to") as refused:
        Database(busy.location)
    assert said in str(refused.value)
    for change in (
        lambda: opt_out_number(busy, owner, number(43)),
        lambda: keep_draft(busy, owner, ConversationId(1), "x"),
    ):
        with pytest.raises(DatabaseMoved) as refused:  # by somebody who has had it open
            change()
        assert said in str(refused.value)
    assert stored(busy) == before
    assert examine(busy) == []
    with pytest.raises(DatabaseMoved):
        move_database(opened(busy), target, owner)


@pytest.mark.only_sqlite("a backup is a copy of a file")
def test_the_old_one_is_backed_up_as_it_is(busy: Database, target: Database, owner: Identity, tmp_path: Path) -> None:
    move_database(busy, target, owner)
    spool = Spool(busy.path)
    spool.write([SpooledRequest("small", "1", "/", "", b"late", busy.clock())])
    spool.close()
    backup(opened(busy), tmp_path / "backup.db")
    assert check_backup(tmp_path / "backup.db").wrong == ()


def test_only_an_owner_may(busy: Database, target: Database, moderator: Identity) -> None:
    with pytest.raises(NotPermitted, match="may not move the database"):
        move_database(busy, target, moderator)


def test_a_database_with_contents_is_not_replaced(busy: Database, target: Database, owner: Identity) -> None:
    opt_out_number_of_nobody = "INSERT INTO opt_out (phone, kind, at) VALUES ('+14155550999', 'imported', 0)"
    with target.writing() as tx:
        tx.conn.execute(opt_out_number_of_nobody)
    before = stored(target)
    with pytest.raises(Refused, match=r"is not empty: name a new database\. Nothing was moved"):
        move_database(busy, target, owner)
    assert stored(target) == before
    with pytest.raises(Refused, match="is not empty"):
        move_database(busy, opened(busy), owner)
    opt_out_number(busy, owner, number(43))


def test_a_half_made_one_is_begun_anew_by_the_same_command_only(
    busy: Database, target: Database, owner: Identity, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    for nth, how_far in enumerate(("load", "set_last_ids", "close_to_writers")):
        with monkeypatch.context() as patch:
            patch.setattr(whole_tables(target), how_far, interrupted)
            with pytest.raises(KeyboardInterrupt):
                move_database(busy, target, owner)
        with pytest.raises(DatabaseMoved, match=r"is half-made: ana began to move .* begins anew or finishes it"):
            Database(target.location)
        opt_out_number(busy, owner, number(43 + nth))
    other = Database(new_database(tmp_path / "other.db"), clock=clock)
    with other.writing() as tx:
        tx.conn.execute(
            "INSERT INTO users (login, first_name, last_name, role, created_at) VALUES ('ana', '', '', 'owner', 0)"
        )
    with pytest.raises(Refused, match="is half-made"):
        move_database(other, target, known_as(other, "ana"))
    other.close()
    moved = move_database(busy, target, owner)
    assert stored(opened(target))["message"] == moved.tables["message"]
    Database(target.location).close()


def test_a_kill_before_the_last_step_is_made_good_by_the_same_command(
    busy: Database, target: Database, owner: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("thrumsg_tui.store.database_move.move.record", interrupted)
        with pytest.raises(KeyboardInterrupt):
            move_database(busy, target, owner)
    for closed in (busy, target):
        with pytest.raises(DatabaseMoved):
            Database(closed.location)
    moved = move_database(opened(busy), target, owner)
    assert moved.finished
    assert moved.tables == stored(busy)
    with pytest.raises(DatabaseMoved):
        Database(busy.location)
    Database(target.location).close()


def test_what_the_doctor_finds_is_moved_only_if_asked_to(busy: Database, target: Database, owner: Identity) -> None:
    with busy.writing() as tx:
        tx.conn.execute("UPDATE assignment SET sent = sent + 1 WHERE user_id IS NULL")
    with pytest.raises(Refused, match=r"has 1 problem, .* add --anyway"):
        move_database(busy, target, owner)
    moved = move_database(busy, target, owner, anyway=True)
    assert moved.wrong == 1
    assert len(examine(target)) == 1


def test_what_is_damaged_is_not_moved(busy: Database, target: Database, owner: Identity) -> None:
    with busy.writing() as tx:
        tx.conn.execute("UPDATE campaign SET timezone = 'Nowhere/Land'")
    with pytest.raises(Refused, match=r"is damaged .* Nothing was moved."):
        move_database(busy, target, owner, anyway=True)


@pytest.mark.parametrize("table", ["contact", "message", "event"])
def test_a_row_that_is_lost_on_the_way_is_noticed(
    busy: Database, target: Database, owner: Identity, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    loaded: Any = whole_tables(target).load

    def lossy(self: WholeTables, conn: Any, name: str, columns: Any, rows: Any) -> None:
        loaded(self, conn, name, columns, rows)
        if name == table:
            text = {"contact": "first_name", "message": "body", "event": "details"}[table]
            conn.execute(f"UPDATE {table} SET {text} = {text} || ' ' WHERE id = (SELECT MAX(id) FROM {table})")

    with monkeypatch.context() as patch:
        patch.setattr(whole_tables(target), "load", lossy)
        with pytest.raises(DatabaseUnusable, match=rf"is not what was sent \(in {table}\): nothing was moved"):
            move_database(busy, target, owner)
    opt_out_number(busy, owner, number(43))
    move_database(busy, target, owner)


def test_what_the_doctor_finds_in_the_new_one_only_is_no_move(
    busy: Database, target: Database, owner: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All rows are there, but not the index by which threads are read."""
    loading = whole_tables(target).loading

    @contextmanager
    def forgetful(self: WholeTables, conn: Any, tables: Any) -> Iterator[None]:
        with loading(self, conn, tables):
            yield
        conn.execute("DROP INDEX message_in_thread")

    with monkeypatch.context() as patch:
        patch.setattr(whole_tables(target), "loading", forgetful)
        with pytest.raises(DatabaseUnusable, match=r"The doctor finds in .* what it did not find before"):
            move_database(busy, target, owner)
    opt_out_number(busy, owner, number(43))


@pytest.mark.only_sqlite("a server stores no NUL: tests/store/postgres/test_move.py")
def test_a_nul_is_replaced_where_the_other_engine_stores_none(
    busy: Database, target: Database, owner: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    with busy.writing() as tx:
        tx.conn.execute("UPDATE message SET body = ? WHERE id = 1", ("a\0b\0c",))
        tx.conn.execute("UPDATE message SET body = ? WHERE id = 2", (r"no NUL: \u0000",))
        tx.conn.execute("UPDATE contact SET fields = ? WHERE id = 1", (r'{"a": "x\u0000y", "b": "\\u0000"}',))
    monkeypatch.setattr(whole_tables(target), "stores_nul", False)
    moved = move_database(busy, target, owner)
    assert moved.replaced == 2
    with target.reading() as conn:
        bodies = [row[0] for row in conn.execute("SELECT body FROM message WHERE id IN (1, 2) ORDER BY id")]
        [[fields]] = conn.execute("SELECT fields FROM contact WHERE id = 1")
    assert bodies == ["a\ufffdb\ufffdc", r"no NUL: \u0000"]
    assert fields == r'{"a": "x\ufffdy", "b": "\\u0000"}'


def test_its_progress_ends_with_every_row_twice(busy: Database, target: Database, owner: Identity) -> None:
    seen: list[tuple[int, int]] = []
    moved = move_database(busy, target, owner, on_progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (2 * moved.rows, 2 * moved.rows)


@pytest.mark.only_sqlite("it looks at the schema with PRAGMAs")
def test_the_tables_are_all_there_are_each_after_those_it_refers_to(db: Database) -> None:
    with db.reading() as conn:
        assert db.engine.columns(conn).keys() == {*KEYS, "_sqlite_migrations"}
        order = list(KEYS)
        for table, key in KEYS.items():
            parents = {row["table"] for row in conn.execute(f"PRAGMA foreign_key_list({table})")} - {table}
            assert all(order.index(parent) < order.index(table) for parent in parents), table
            primary = sorted(
                (row["pk"], row["name"]) for row in conn.execute(f"PRAGMA table_info({table})") if row["pk"]
            )
            assert tuple(name for _, name in primary) == key


def test_what_waits_in_the_spool_goes_along(busy: Database, target: Database, owner: Identity) -> None:
    busy.path.parent.mkdir(parents=True, exist_ok=True)
    spool = Spool(busy.path)
    spool.write([SpooledRequest("small", "1", "/in", "", b"hello", busy.clock())])
    spool.close()
    move_database(busy, target, owner)
    assert [each.body for each in spooled(target, 5)] == [b"hello"]

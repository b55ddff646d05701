"""Damage to a file is found, named in one sentence, and never taken for anything else (docs/rules.md 11.5)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.arranging import take_in
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import DatabaseDamaged, Refused
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import damage_in, examine, repair
from thrumsg_tui.store.engines import engine_for
from thrumsg_tui.store.schema import MIGRATIONS, read_migration

pytestmark = pytest.mark.only_sqlite("it damages a file")


@pytest.fixture
def worked(db: Database, owner: Identity, spring: Campaign) -> Database:
    for each in take_in(db, owner, "Spring", ["Ann Otieno", "Bea Lind"]):
        send(db, owner, each)
    return db


def harm(db: Database, *statements: str) -> None:
    """Write what no thrumsg writes."""
    db.close()
    with closing(sqlite3.connect(db.path, isolation_level=None)) as conn:
        conn.execute("PRAGMA ignore_check_constraints = ON")
        conn.execute("PRAGMA writable_schema = ON")
        for each in statements:
            conn.execute(each)


@pytest.mark.parametrize(
    ("statement", "subject", "sentence"),
    [
        ("UPDATE contact SET first_name = CAST(x'41ff42' AS TEXT) WHERE id = 2", "row 2 of contact", "not UTF-8"),
        ("UPDATE contact SET fields = '{' WHERE id = 1", "row 1 of contact", "fields that cannot be"),
        ("UPDATE contact SET fields = '[]' WHERE id = 1", "row 1 of contact", "fields that cannot be"),
        ("UPDATE event SET action = 'sond' WHERE id = 1", "row 1 of event", "action that cannot be"),
        ("UPDATE message SET media = '[{\"url\": 1}]' WHERE id = 1", "row 1 of message", "media that cannot be"),
        ("UPDATE event SET details = '{\"facts\": 1}'", "row 1 of event", "details that cannot be"),
        (
            """UPDATE event SET details = '{"facts": {"form": "sent"}}' WHERE action = 'send'""",
            "row 7 of event",
            "details that cannot be",
        ),
        ("UPDATE event SET at = 9223372036854775807", "row 1 of event", "at that cannot be"),
        ("UPDATE campaign SET timezone = 'Mars/Olympus'", "row 1 of campaign", "timezone that cannot be"),
        ("UPDATE campaign SET ends = '2026-13-01'", "row 1 of campaign", "ends that cannot be"),
        ("UPDATE campaign SET opens = 5000", "row 1 of campaign", "opens that cannot be"),
        ("UPDATE message SET state = 'queuet' WHERE id = 1", "the file", "CHECK constraint failed in message"),
        ("UPDATE users SET role = 'boss' WHERE id = 1", "the file", "CHECK constraint failed in users"),
        ("DELETE FROM contact WHERE id = 1", "conversation 1", "points at a row of contact that does not exist"),
        ("DROP TABLE draft", "the table draft", "is not as it was made"),
        ("DROP TRIGGER reply_counted", "the trigger reply_counted", "is not as it was made"),
    ],
)
def test_what_no_thrumsg_writes_is_damage(worked: Database, statement: str, subject: str, sentence: str) -> None:
    harm(worked, statement)
    found = examine(worked)
    assert all(each.damage for each in found)
    assert subject in {each.subject for each in found}
    assert sentence in found[0].sentence


def test_a_file_that_was_worked_with_is_without_damage(worked: Database) -> None:
    with worked.reading() as conn:
        assert damage_in(worked.engine, conn) == []


def test_each_version_that_there_was_is_without_damage(tmp_path: Path) -> None:
    for version in range(1, len(MIGRATIONS) + 1):
        path = tmp_path / f"{version}.db"
        with closing(sqlite3.connect(path)) as conn:
            for file in MIGRATIONS[:version]:
                conn.executescript(read_migration(file))
            conn.execute(f"PRAGMA user_version = {version}")
        engine = engine_for(path)
        with closing(engine.open("writer")) as conn:
            assert damage_in(engine, conn) == []


def test_what_fails_on_damage_is_named_as_that(worked: Database) -> None:
    harm(worked, "UPDATE contact SET fields = '{' WHERE id = 1")
    with pytest.raises(DatabaseDamaged, match="row 1 of contact has a value in fields"), worked.reading():
        raise ValueError("what json says")


def test_a_mistake_of_ours_is_never_taken_for_damage(worked: Database) -> None:
    with pytest.raises(ZeroDivisionError), worked.reading():
        raise ZeroDivisionError
    with pytest.raises(TypeError), worked.writing():
        raise TypeError("ours")


def test_the_words_of_people_are_in_no_sentence_about_damage(worked: Database) -> None:
    harm(worked, "UPDATE message SET body = CAST(x'736563726574ff' AS TEXT) WHERE id = 1")
    with pytest.raises(DatabaseDamaged) as refusal, worked.reading() as conn:
        conn.execute("SELECT body FROM message").fetchall()
    assert "secret" not in str(refusal.value)


def test_a_row_that_is_gone_is_no_damage(worked: Database) -> None:
    with pytest.raises(Refused, match="is no longer in the database"), worked.writing() as tx:
        tx.conn.execute("INSERT INTO draft VALUES (99, 99, 'text', 0)")


def test_indexes_are_made_again(worked: Database, owner: Identity) -> None:
    (sql,) = ("CREATE INDEX conversation_of_contact ON conversation (contact_id)",)
    harm(worked, f"UPDATE sqlite_schema SET sql = '{sql} WHERE id > 9' WHERE name = 'conversation_of_contact'")
    harm(worked, "REINDEX", f"UPDATE sqlite_schema SET sql = '{sql}' WHERE name = 'conversation_of_contact'")
    assert "index conversation_of_contact" in examine(worked)[0].sentence
    assert repair(worked, owner) == ["indexes made again"]
    assert examine(worked) == []


def test_tables_that_are_damaged_are_left_as_they_are(worked: Database, owner: Identity) -> None:
    harm(worked, "UPDATE contact SET fields = '{' WHERE id = 1", "UPDATE assignment SET sent = 77")
    assert repair(worked, owner) == []
    assert examine(worked)[0].damage
    with worked.reading() as conn:
        assert conn.execute("SELECT MAX(sent) FROM assignment").fetchone()[0] == 77


def test_nothing_is_sent_from_what_is_damaged(worked: Database, owner: Identity) -> None:
    harm(worked, "UPDATE conversation SET status = 'asleep' WHERE id = 1")
    with pytest.raises(DatabaseDamaged):
        send(worked, owner, ConversationId(1), body="Hello")

"""A database of an earlier format is brought up to date, whole or not at all (docs/rules.md 1.1, 3.1)."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.arranging import journal, known_as, look_at, number, sentence_of
from tests.store.formats import ROWS, make_format
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import Status
from thrumsg_tui.domain.event_sentences import summary
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.campaigns import find_campaign, totals
from thrumsg_tui.store.queries.follow_ups import follow_ups
from thrumsg_tui.store.queries.history import history
from thrumsg_tui.store.schema import MIGRATIONS, read_migration

pytestmark = pytest.mark.only_sqlite("no server has had these formats")

CASES = {
    "Ann asked, said STOP, was opted in by hand": (Status.NEEDS_REPLY, "When do polls close?", "STOP"),
    "Bea said STOP, and is opted out": (Status.NEEDS_REPLY, "STOP", "STOP"),
    "Cy asked, and an opt-out by hand was taken back": (
        Status.NEEDS_REPLY,
        "When do polls close?",
        "When do polls close?",
    ),
    "Di asked, said STOP, then START": (Status.NEEDS_REPLY, "When do polls close?", "START"),
    "Eve was answered, opted out and in": (Status.ANSWERED, None, "At eight."),
    "Flo was texted, opted out and in": (Status.SENT, None, "Hi Flo"),
    "Gus was texted": (Status.SENT, None, "Hi Gus"),
    "Hal has not started": (Status.NOT_STARTED, None, None),
}
"""Of each contact of `ROWS`: status, the message since which the contact waits, and the last words."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database as format 2 left it."""
    path = tmp_path / "old.db"
    make_format(path, 2, ROWS)
    return path


@pytest.mark.parametrize("nth", range(len(CASES)), ids=list(CASES))
def test_a_conversation_with_a_confirmation_stands_where_its_history_puts_it(old: Path, nth: int) -> None:
    status, since, last = list(CASES.values())[nth]
    db = Database(old)
    with db.reading() as conn:
        row = conn.execute(
            """
            SELECT status, last.body AS last,
                   (SELECT body FROM message WHERE at = waiting_since AND conversation_id = conversation.id) AS since
            FROM conversation LEFT JOIN message AS last ON last.id = last_message_id WHERE conversation.id = ?
            """,
            (nth + 1,),
        ).fetchone()
    db.close()
    assert (row["status"], row["since"], row["last"]) == (status, since, last)


def test_the_doctor_finds_nothing_in_one_that_was_upgraded(old: Path) -> None:
    db = Database(old)
    with db.reading() as conn:
        counted = totals(conn, find_campaign(conn, "Spring").id)
    assert (counted.needs_reply, counted.answered, counted.sent, counted.opted_out) == (3, 1, 2, 1)
    assert examine(db) == []
    db.close()


def test_a_follow_up_made_before_stays_settled(old: Path) -> None:
    db = Database(old)
    ana = known_as(db, "ana")
    send(db, ana, ConversationId(8))  # not replied, as the follow-up asks; but it was not there when that was made
    receive(db, None, number(6), "hello?")
    with db.reading() as conn:
        reminder, over = follow_ups(conn, find_campaign(conn, "Spring").id)
        up = [row["id"] for row in conn.execute("SELECT id FROM conversation WHERE follow_up_id IS NOT NULL")]
    assert (reminder.target, reminder.whom, reminder.pending, reminder.skipped) == (
        None,
        "settled when it was made",
        1,
        1,
    )
    assert (up, over.active) == ([7], False)
    assert examine(db) == []
    db.close()


def test_what_was_written_before_is_all_there(old: Path) -> None:
    tables = ("message", "event", "event_conversation", "opt_out", "follow_up_target", "contact", "users")
    with closing(sqlite3.connect(old)) as conn:
        columns = {table: [row[1] for row in conn.execute(f"PRAGMA table_info({table})")] for table in tables}

    def contents() -> dict[str, list[tuple[object, ...]]]:
        with closing(sqlite3.connect(old)) as conn:
            return {
                table: conn.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
                for table, names in columns.items()
            }

    before = contents()
    Database(old).close()
    assert contents() == before


def test_old_entries_say_what_they_said_when_they_were_written(old: Path) -> None:
    """docs/rules.md 3.10, 3.20, 8.3."""
    db = Database(old)
    with db.reading() as conn:
        entries = history(conn)
        stored = [row["summary"] for row in conn.execute("SELECT summary FROM event ORDER BY id DESC")]
    assert [sentence_of(entry) for entry in entries] == stored
    hidden = [summary(entry.facts, PhoneDisplay(redacts=True)) for entry in entries]
    assert "received a message from +•••••••••03" in hidden
    assert not [sentence for sentence in hidden if "415555" in sentence]
    assert [sentence_of(event) for event in look_at(db, ConversationId(3)).events] == [
        "opted out by Ana Ortiz",
        "opt-out taken back by Ana Ortiz",
    ]
    undo(db, known_as(db, "ana"), entries[2].id)
    assert sentence_of(journal(db)[0]) == "the follow-up for Flo is up again"
    assert [sentence_of(event) for event in look_at(db, ConversationId(6)).events][-2:] == [
        "follow-up 'Reminder' skipped by Ana Ortiz",
        "follow-up is up again, by Ana Ortiz",
    ]
    db.close()


def test_an_upgrade_that_is_broken_off_changes_nothing_and_is_made_the_next_time(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(file: str) -> str:
        return read_migration(file) + ("\nSELECT broken FROM off;\n" if file == MIGRATIONS[-1] else "")

    with monkeypatch.context() as patched:
        patched.setattr("thrumsg_tui.store.engines.sqlite.upgrade.read_migration", broken)
        with pytest.raises(sqlite3.OperationalError):
            Database(old)
    conn = sqlite3.connect(old)
    assert conn.execute("PRAGMA user_version").fetchone() == (2,)
    assert conn.execute("SELECT status FROM conversation WHERE id = 1").fetchone() == ("answered",)
    conn.close()
    db = Database(old)
    assert examine(db) == []
    db.close()


def test_several_that_open_it_at_once_upgrade_it_once(old: Path) -> None:
    def open_it(_: int) -> int:
        db = Database(old)
        found = len(examine(db))
        db.close()
        return found

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(open_it, range(4))) == [0, 0, 0, 0]

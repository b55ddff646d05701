"""Doctor finds and mends what is stored wrongly; backup copies a file in use."""

from pathlib import Path

import pytest

from tests.store.arranging import sentence_of
from thrumsg_tui.domain.campaigns import Campaign, Target
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import NotPermitted, Refused
from thrumsg_tui.domain.redaction import IN_FULL, Phone, PhoneDisplay
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.backup import backup
from thrumsg_tui.store.changes.follow_ups import create_follow_up
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine, repair
from thrumsg_tui.store.doctor.problem import Problem
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.queries.campaigns import totals
from thrumsg_tui.store.queries.history import history
from thrumsg_tui.store.queries.users import identify


@pytest.fixture
def worked(db: Database, owner: Identity, spring: Campaign, tmp_path: Path) -> Campaign:
    """A campaign with Ann, who replied, Bea, who waits for a follow-up, and Cy, who opted out."""
    path = tmp_path / "in.csv"
    path.write_text("first,phone\nAnn,4155550142\nBea,4155550143\nCy,4155550144\nDee,4155550145\n")
    import_contacts(db, owner, path, "Spring")
    for each in (1, 2, 3):
        send(db, owner, ConversationId(each))
    receive(db, None, "+14155550142", "ok")
    create_follow_up(db, owner, "Spring", "Reminder", "Vote!", target=Target(replied=False))
    opt_out_number(db, owner, "+14155550144")
    return spring


def damage(db: Database, statement: str) -> None:
    with db.writing() as tx:
        tx.conn.execute(statement)


@pytest.mark.usefixtures("worked")
def test_whoever_waits_for_it_is_told_how_many_rows_it_has_read_of_all(db: Database) -> None:
    told: list[tuple[int, int]] = []
    examine(db, lambda *progress: told.append(progress))
    assert told == sorted(told)
    read, total = told[-1]
    assert read == total > 4
    assert {total for _, total in told} == {total}


def test_a_database_that_was_worked_with_is_well(db: Database, owner: Identity, worked: Campaign) -> None:
    assert examine(db) == []
    assert repair(db, owner) == []


@pytest.mark.parametrize(
    ("statement", "subject", "sentence", "mended"),
    [
        (
            "UPDATE conversation SET status = 'sent' WHERE id = 1",
            "conversation 1",
            "its standing should be needs_reply",
            "standing of 1 conversation recomputed",
        ),
        (
            "UPDATE conversation SET message_count = 7 WHERE id = 4",
            "conversation 4",
            "not_started with 7 messages is stored",
            "standing of 1 conversation recomputed",
        ),
        (
            "UPDATE conversation SET opted_out = 0 WHERE id = 3",
            "conversation 3",
            "its opt-out mark should be 1",
            "opt-out mark of 1 conversation recomputed",
        ),
        (
            "UPDATE conversation SET follow_up_id = NULL WHERE id = 2",
            "conversation 2",
            "its pending follow-up should be 1",
            "pending follow-up of 1 conversation recomputed",
        ),
        (
            "UPDATE conversation SET first_key = 'zoe' WHERE id = 2",
            "conversation 2",
            "its sorting name should be ('bea', '')",
            "sorting name of 1 conversation recomputed",
        ),
        (
            "UPDATE message SET segments = 9 WHERE id = 1",
            "message 1",
            "its segments should be 1, and 9 is stored.",
            "segments of 1 message measured",
        ),
        (
            "UPDATE opt_out SET note_key = 'other'",
            "the opt-out of +14155550144",
            "is not found by the words of its note.",
            "searched notes of 1 opt-out recomputed",
        ),
        (
            "UPDATE assignment SET needs_reply = 5 WHERE user_id IS NULL",
            "Unassigned in 'Spring'",
            "needs_reply is 5, counted 1.",
            "needs_reply of Unassigned in 'Spring' recounted",
        ),
    ],
)
def test_what_is_stored_wrongly_is_found_and_mended(
    db: Database, owner: Identity, worked: Campaign, statement: str, subject: str, sentence: str, mended: str
) -> None:
    with db.reading() as conn:
        before = totals(conn, worked.id)
    damage(db, statement)
    [problem] = examine(db)
    assert problem.named(IN_FULL) == subject
    assert sentence in problem.sentence
    assert repair(db, owner) == [mended]
    assert examine(db) == []
    with db.reading() as conn:
        assert totals(conn, worked.id) == before
        assert sentence_of(history(conn)[0]) == f"repaired: {mended}"


@pytest.mark.parametrize(
    ("statement", "subject", "sentence"),
    [
        (
            "UPDATE assignment SET active = 0 WHERE user_id IS NULL",
            "conversation 1",
            "is held by somebody who has left the campaign: reassign it.",
        ),
        (
            "UPDATE assignment SET user_id = 1 WHERE user_id IS NULL",
            "campaign 'Spring'",
            "has 0 Unassigned in place of one.",
        ),
        (
            "UPDATE assignment SET assigned = assigned + 1 WHERE user_id IS NULL",
            "campaign 'Spring'",
            "all senders and Unassigned have 5 together, and there are 4.",
        ),
    ],
)
def test_a_campaign_that_does_not_add_up_is_found(
    db: Database, worked: Campaign, statement: str, subject: str, sentence: str
) -> None:
    damage(db, statement)
    assert (subject, sentence) in {(problem.subject, problem.sentence) for problem in examine(db)}


def test_the_number_of_a_problem_is_hidden_where_numbers_are() -> None:
    """docs/rules.md 3.20."""
    problem = Problem("the opt-out of", "is not found.", phone=Phone("+14155550144"))
    assert problem.named(PhoneDisplay(redacts=True)) == "the opt-out of +•••••••••44"


def test_a_follow_up_that_is_up_for_others_than_its_target_says_is_found_and_mended(
    db: Database, owner: Identity, worked: Campaign
) -> None:
    damage(db, "UPDATE follow_up SET replied = 1")
    assert [(each.subject, each.sentence) for each in examine(db)] == [
        ("conversation 1", "its pending follow-up should be 1, and None is stored."),
        ("conversation 2", "its pending follow-up should be None, and 1 is stored."),
        ("conversation 3", "its pending follow-up should be None, and 1 is stored."),
    ]
    assert repair(db, owner) == ["pending follow-up of 3 conversations recomputed"]
    assert examine(db) == []


@pytest.mark.only_sqlite("SQLite can leave references unchecked for a while")
def test_a_row_that_points_nowhere_is_found(db: Database, worked: Campaign) -> None:
    with db.writing() as tx:
        tx.conn.execute("COMMIT")
        tx.conn.execute("PRAGMA foreign_keys = OFF")
        tx.conn.execute("UPDATE message SET author_id = 99 WHERE id = 1")
        tx.conn.execute("PRAGMA foreign_keys = ON")
        tx.conn.execute("BEGIN")
    assert examine(db)[0].subject == "message 1"


def test_a_sender_may_not_repair(db: Database, spring: Campaign) -> None:
    with db.reading() as conn:
        kim = identify(conn, "kim")
    with pytest.raises(NotPermitted):
        repair(db, kim)


@pytest.mark.only_sqlite("a backup is a copy of a file")
def test_a_backup_is_a_whole_database_and_replaces_an_older_one(db: Database, worked: Campaign, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    backup(db, target)
    receive(db, None, "+14155550143", "hello")
    backup(db, target)
    copy = Database(target)
    with copy.reading() as conn:
        assert totals(conn, worked.id).replied == 2
    assert examine(copy) == []
    with pytest.raises(Refused, match="is in use"):
        backup(db, target)
    copy.close()
    assert [path.name for path in tmp_path.glob("*.part")] == []


@pytest.mark.only_sqlite("a backup is a copy of a file")
def test_a_backup_never_takes_the_place_of_something_else(db: Database, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ann")
    for target in (letter, tmp_path, tmp_path / "none" / "b.db", db.path):
        with pytest.raises(Refused):
            backup(db, target)
    assert letter.read_text() == "Dear Ann"


def test_replies_by_the_hour_are_examined_too(db: Database, worked: Campaign) -> None:
    damage(db, "UPDATE reply_hour SET replies = replies + 1")
    assert examine(db) != []


def test_messages_that_wait_are_examined_too(db: Database, owner: Identity, worked: Campaign) -> None:
    with db.reading() as conn:
        before = [tuple(row) for row in conn.execute("SELECT campaign_id, messages, segments FROM outbox")]
    assert [messages for _, messages, _ in before] == [4]
    damage(db, "UPDATE outbox SET messages = messages + 3")
    [problem] = examine(db)
    assert (problem.subject, problem.sentence) == ("the messages that wait", "are counted wrongly for 1 campaign.")
    assert repair(db, owner) == ["waiting messages recounted"]
    assert examine(db) == []
    with db.reading() as conn:
        assert [tuple(row) for row in conn.execute("SELECT campaign_id, messages, segments FROM outbox")] == before

"""`thrumsg restore` (docs/rules.md 11.4)."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import ANN, Shell
from tests.json_keys import json_keys
from thrumsg_tui.store.changes.doubt_settlement import settle
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.outbox import doubts_due

pytestmark = pytest.mark.only_sqlite("what a server does is in test_backup_of_server.py")


@pytest.fixture
def saved(spring: Shell, tmp_path: Path) -> Path:
    """A backup with a queued message; one more was sent since, and Ann opted out."""
    spring.done("user", "add", "ada", "--first-name", "Ada", "--last-name", "M", "--role", "admin")
    spring.done("send", 1)
    spring.done("backup", tmp_path / "backup.db")
    spring.done("send", 2)
    spring.done("opt-out", ANN)
    return tmp_path / "backup.db"


def test_it_says_what_it_did_and_how_to_go_back(spring: Shell, saved: Path) -> None:
    spring.log_in("ada")
    said = spring.done("restore", saved)
    assert f"Went back to {saved}, as of" in said
    assert "1 message may have left since the backup: in doubt now" in said
    assert "1 number opted out since then and stays opted out." in said
    (kept,) = saved.parent.glob("*-before-restore-*")
    assert f"thrumsg restore {kept}" in said
    assert "1 message sent and 0 received since then are not in it any more" in said
    assert spring.json("history", "--limit", 1)[0]["by"] == "ada"
    assert spring.json("overview", "Spring")["sent"] == 1
    assert spring.json("doctor")["healthy"] is True
    spring.done("restore", kept)
    assert spring.json("overview", "Spring")["sent"] == 2


def test_a_doubt_of_a_restore_says_why_and_names_no_try_that_nobody_knows_of(spring: Shell, saved: Path) -> None:
    spring.done("restore", saved)
    [doubt] = spring.json("doubts")
    assert doubt["reason"] == "A backup was restored, and it may have left since that was made."
    assert (doubt["tried_at"], doubt["tries"]) == (None, 0)
    listed = spring.done("doubts").splitlines()[1]
    assert "not known" in listed
    assert doubt["reason"] in listed


def test_its_json(spring: Shell, saved: Path) -> None:
    done = spring.json("restore", saved)
    assert done.keys() == {"file", "as_of", "kept", "in_doubt", "opted_out_since"} | {
        *("sent_since", "received_since", "purged_since"),
    }
    assert (done["in_doubt"], done["opted_out_since"]) == (1, 1)
    assert (done["sent_since"], done["received_since"]) == (1, 0)


@pytest.mark.parametrize("login", ["kim", "mallory"])
def test_others_may_not(spring: Shell, saved: Path, login: str) -> None:
    spring.log_in(login)
    before = spring.database.read_bytes()
    assert "Nothing" in (said := spring.refused("restore", saved)) or "may not" in said or "not a user" in said
    assert spring.database.read_bytes() == before


def test_where_the_database_cannot_tell_the_owner_of_the_file_may(
    spring: Shell, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spring.database.write_bytes(bytes(len(spring.database.read_bytes())))
    spring.log_in("somebody")
    own = spring.database.stat().st_uid
    monkeypatch.setattr(os, "getuid", lambda: own + 1000)
    assert "is for whoever owns the file" in spring.refused("restore", saved)
    monkeypatch.setattr(os, "getuid", lambda: own)
    spring.done("restore", saved)
    spring.log_in("root")
    assert spring.json("history", "--limit", 1)[0]["summary"].endswith("(by somebody)")


def test_the_commands_that_it_prints_are_about_the_database_that_was_named(
    spring: Shell, saved: Path, tmp_path: Path
) -> None:
    said = spring.done("--db", spring.database, "restore", saved)
    (kept,) = saved.parent.glob("*-before-restore-*")
    assert f"thrumsg --db {spring.database} restore {kept}" in said
    assert f"  thrumsg --db {kept} export messages --out messages.csv" in said


def test_a_damaged_database_is_kept_and_no_command_promised_that_cannot_work(spring: Shell, saved: Path) -> None:
    content = bytearray(spring.database.read_bytes())
    content[4096 * 3 : 4096 * 9] = bytes(4096 * 6)
    spring.database.write_bytes(content)
    said = spring.done("restore", saved)
    (kept,) = saved.parent.glob("*-before-restore-*")
    assert f"The database from before is damaged; it is kept as it was, in {kept}." in said
    assert f"restore {kept}" not in said


def test_under_a_forced_command_it_says_whom_it_is_for(spring: Shell, saved: Path) -> None:
    for file in (saved, "-"):
        assert "for people with a login here" in spring.refused("--forced-login", "root", "restore", file)


def test_a_damaged_backup_is_3_and_what_is_none_is_1(spring: Shell, saved: Path, tmp_path: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[4096 * 3 : 4096 * 9] = bytes(4096 * 6)
    saved.write_bytes(content)
    ran = spring.run("restore", saved)
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert f"{saved} is damaged" in ran.err
    (tmp_path / "letter").write_text("Dear Ann")
    assert "is not a thrumsg database" in spring.refused("restore", tmp_path / "letter")
    assert spring.json("overview", "Spring")["sent"] == 2


def test_a_file_that_is_somebody_else_s_is_not_restored_into(spring: Shell, saved: Path, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear Ann")
    ran = spring.run("--db", tmp_path / "letter", "restore", saved)
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    assert (tmp_path / "letter").read_text() == "Dear Ann"


@pytest.fixture
def asked(spring: Shell, tmp_path: Path) -> Shell:
    """Three were queued in the backup; the carrier was asked about the first two, and has neither."""
    for conversation in (1, 2, 3):
        spring.done("send", conversation)
    spring.done("backup", tmp_path / "backup.db")
    spring.done("restore", tmp_path / "backup.db")
    db = Database(spring.location)
    none = timedelta(0)
    with db.reading() as conn:
        due = doubts_due(conn, db.clock() + timedelta(hours=1), wait=none, again=none)
    for doubtful in due[:2]:
        settle(db, "twilio", doubtful, [], only_ask=True)
    db.close()
    return spring


def states(shell: Shell) -> list[str]:
    return [shell.json("thread", nth)["messages"][0]["state"] for nth in (1, 2, 3)]


@pytest.mark.parametrize(("answer", "state"), [("--send-again", "queued"), ("--drop", "cancelled")])
def test_what_the_carrier_does_not_have_is_decided_at_once(asked: Shell, answer: str, state: str) -> None:
    assert states(asked) == ["in_doubt"] * 3
    assert [each["conversation"] for each in asked.json("doubts", "--absent")] == [1, 2]
    done = asked.json("doubts", "--absent", answer)
    assert json_keys("doubts --absent") == done.keys()
    assert (len(done["decided"]), done["kept"]) == (2, [])
    assert states(asked) == [state, state, "in_doubt"]
    assert "decided" in asked.json("history", "--limit", 1)[0]["summary"]
    assert asked.json("doubts", "--absent", answer)["decided"] == []
    assert asked.json("doctor")["healthy"]


def test_what_is_in_doubt_since_then_is_not_decided_so(asked: Shell) -> None:
    db = Database(asked.location)
    with db.writing() as tx:
        tx.conn.execute("UPDATE message SET state_at = state_at + 1 WHERE conversation_id = 1")
    db.close()
    assert asked.json("doubts", "--absent", "--send-again")["decided"] == [2]
    assert states(asked) == ["in_doubt", "queued", "in_doubt"]


def test_what_cannot_be_sent_again_stays_in_doubt_and_is_named(asked: Shell) -> None:
    asked.done("campaign", "archive", "Spring", "--yes")
    done = asked.json("doubts", "--absent", "--send-again")
    assert [each["message"] for each in done["kept"]] == [1, 2]
    assert "archived" in done["kept"][0]["reason"]
    assert "Message 1 stays as it is: " in asked.done("doubts", "--absent", "--send-again")


def test_only_who_may_decide_decides_at_once(asked: Shell) -> None:
    asked.log_in("kim")
    assert "may not" in asked.refused("doubts", "--absent", "--drop")
    asked.log_in("root")
    for words in (("1", "--absent", "--drop"), ("--absent", "--was-sent")):
        assert asked.run("doubts", *words).code == 2
    assert states(asked) == ["in_doubt"] * 3

"""`thrumsg move` (docs/rules.md 13.2)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import ANN, MARIA, Shell
from tests.json_keys import json_keys
from tests.server_databases import POOL
from thrumsg_tui.gateway.delivery_lock import DeliveryLock
from thrumsg_tui.store.changes.gateway_state import listener_seen
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.database_move import move as moving
from thrumsg_tui.store.location import ServerAddress
from thrumsg_tui.store.queries.settings import settings

SHOWN = (
    ("overview", "Spring"),
    ("conversations", "Spring", "--limit", "100"),
    ("history", "--limit", "100"),
    ("thread", "1"),
    ("survey", "results", "Spring"),
    ("opt-outs",),
    ("user", "list"),
    ("settings",),
    ("campaign", "show", "Spring"),
)
"""What people see of a database."""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "new" / "texting.db"


@pytest.fixture
def busy(spring: Shell, target: Path) -> Shell:
    """The campaign of `spring`, at work, and a folder for the new database."""
    target.parent.mkdir()
    spring.done("reassign", "Spring", "--from-unassigned", "--count", "2", "--to", "kim")
    spring.done("send", 1)
    spring.done("receive", "--from", MARIA, "--body", "Who is this?")
    spring.done("answer", 1, "Will you vote?", "Yes")
    spring.done("opt-out", ANN)
    return spring


def shown(shell: Shell, *database: object) -> list[object]:
    return [shell.json(*database, *words) for words in SHOWN]


@pytest.fixture
def server() -> Iterator[ServerAddress]:
    """An empty database of a server, on which people have their logins of this host."""
    address = POOL.absent()
    yield address
    POOL.give_back(address)


@pytest.mark.parametrize("place", ["target", "server"])
def test_everything_looks_the_same_in_the_new_place_and_back(
    busy: Shell, place: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    target = request.getfixturevalue(place)
    before = shown(busy)
    said = busy.done("move", busy.database, target)
    assert said.startswith(f"Moved {busy.database} to {target}: ")
    assert re.search(r": \d+ rows in \d+ tables, and each is the same there\.$", said.splitlines()[0])
    assert f"Name {target} from now on" in said
    after = shown(busy, "--db", target)
    _without_the_move(after)
    assert after == before
    assert busy.done("--db", target, "doctor").splitlines()[1:] == ["All is well."]
    said = busy.done("move", target, tmp_path / "again.db")
    assert ("in the spools of other hosts" in said) == isinstance(target, ServerAddress)
    again = shown(busy, "--db", tmp_path / "again.db")
    _without_the_move(again)
    _without_the_move(again)
    assert again == before


def _without_the_move(shown: list[object]) -> None:
    """Remove the newest event from the history, which is the move itself."""
    history = shown[2]
    assert isinstance(history, list)
    assert history.pop(0)["action"] == "move_database"


def test_its_json(busy: Shell, target: Path) -> None:
    moved = busy.json("move", busy.database, target)
    assert moved.keys() == json_keys("move")
    assert (moved["from"], moved["to"]) == (str(busy.database), str(target))
    assert (moved["replaced"], moved["wrong_figures"], moved["files_left"]) == (0, 0, [])
    assert moved["tables"]["contact"]["rows"] == 3
    assert moved["rows"] == sum(each["rows"] for each in moved["tables"].values())
    back = busy.json("move", "--back", busy.database)
    assert back == {"database": str(busy.database), "taken_back_from": str(target)}
    assert back.keys() == json_keys("move --back")


def test_the_old_one_says_where_its_contents_are(busy: Shell, target: Path, tmp_path: Path) -> None:
    busy.done("move", busy.database, target)
    for words in (("overview", "Spring"), ("send", 2), ("doctor", "--repair"), ("restore", tmp_path / "none.db")):
        ran = busy.run(*words)
        assert (ran.code, ran.out) == (3, "")
        assert f"{busy.database} was moved to {target} by root, " in ran.err
        assert ran.err.count("\n") == 1
    assert "was moved to" in (said := busy.done("doctor"))
    assert said.endswith("All is well.\n")
    assert busy.json("doctor")["moved_to"] == str(target)
    busy.done("backup", tmp_path / "backup.db")
    assert "is a whole backup" in busy.done("doctor", "--file", tmp_path / "backup.db")
    ran = busy.run("move", busy.database, tmp_path / "third.db")
    assert (ran.code, ran.out) == (3, "")
    assert not (tmp_path / "third.db").exists()


def test_it_is_taken_back(busy: Shell, target: Path) -> None:
    busy.done("move", busy.database, target)
    busy.done("--db", target, "send", 2)
    assert "has 1 change since the move" in busy.refused("move", "--back", busy.database)
    said = busy.done("move", "--back", busy.database, "--anyway")
    assert f"{busy.database} is in use again" in said
    assert f"{target} keeps its contents, and takes no changes any more." in said
    busy.done("send", 2)
    assert busy.run("--db", target, "send", 3).code == 3


def test_without_the_other_one_it_is_taken_back_only_if_asked_to(busy: Shell, target: Path) -> None:
    busy.done("move", busy.database, target)
    target.unlink()
    assert "cannot be opened now" in busy.refused("move", "--back", busy.database)
    assert not target.exists()
    busy.done("move", "--back", busy.database, "--anyway")
    busy.done("send", 2)


@pytest.mark.parametrize("login", ["kim", "mallory", "ada"])
def test_only_an_owner_may(busy: Shell, target: Path, login: str) -> None:
    busy.done("user", "add", "ada", "--first-name", "Ada", "--last-name", "M", "--role", "admin")
    busy.log_in(login)
    assert re.search("may not move the database|not a user", busy.refused("move", busy.database, target))
    assert not target.exists()


def test_not_under_a_forced_command(busy: Shell, target: Path) -> None:
    said = busy.refused("--forced-login", "root", "move", busy.database, target)
    assert "for people with a login here" in said
    assert not target.exists()


def test_what_is_refused_leaves_no_file(busy: Shell, target: Path, tmp_path: Path) -> None:
    database = Database(busy.database)
    with database.writing() as tx:
        tx.conn.execute("UPDATE assignment SET sent = sent + 1 WHERE user_id IS NULL")
    database.close()
    assert "has 1 problem" in busy.refused("move", busy.database, target)
    assert list(target.parent.iterdir()) == []
    moved = busy.json("move", busy.database, target, "--anyway")
    assert moved["wrong_figures"] == 1
    none = busy.run("move", tmp_path / "none.db", target)
    assert (none.code, none.err) == (3, f"thrumsg: There is no database at {tmp_path / 'none.db'}.\n")
    assert not (tmp_path / "none.db").exists()


def test_not_onto_itself_or_another_campaign(busy: Shell, target: Path) -> None:
    link = target.parent / "link.db"
    link.symlink_to(busy.database)
    assert "is not empty" in busy.refused("move", busy.database, link)
    assert "is not empty" in busy.refused("move", busy.database, busy.database)
    busy.done("overview", "Spring")


def test_not_while_a_service_works_on_it(busy: Shell, target: Path) -> None:
    with DeliveryLock(busy.database):
        assert f"This database is being delivered: process {os.getpid()}" in busy.refused("move", busy.database, target)
    database = Database(busy.database)
    with database.writing() as tx:
        tx.conn.execute("INSERT INTO gateway (name, changed_at, seen_at) VALUES ('small', 0, 0)")
    listener_seen(database, "small")
    database.close()
    assert "`thrumsg listen` runs on this database: stop it first." in busy.refused("move", busy.database, target)


def test_files_that_people_have_named_are_said_to_stay(busy: Shell, target: Path) -> None:
    busy.done("--forced-login", "root", "export", "messages", "--out", "messages.csv")
    said = busy.done("move", busy.database, target)
    assert f"Not moved: 1 file in {busy.database}.files. If you need them, copy them to {target}.files." in said


def test_half_of_one_is_refused_and_finished_by_the_same_command(
    busy: Shell, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for step in ("_compare", "_open_target"):
        with monkeypatch.context() as patch:
            patch.setattr(moving, step, interrupted)
            assert busy.run("move", busy.database, target).code == 130
        for words in (("overview", "Spring"), ("doctor",), ("backup", target.parent / "backup.db")):
            ran = busy.run("--db", target, *words)
            assert (ran.code, ran.out) == (3, "")
            assert f"{target} is half-made: root began to move {busy.database} into it" in ran.err
        assert busy.run("overview", "Spring").code == {"_compare": 0, "_open_target": 3}[step]
    assert busy.done("move", busy.database, target).startswith("Finished the move of")
    busy.done("--db", target, "overview", "Spring")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "the following arguments are required: FROM"),
        (("a.db",), "move needs FROM and TO"),
        (("--back", "a.db", "b.db"), "leave TO out"),
        (("--db", "a.db", "a.db", "b.db"), "leave --db out"),
    ],
)
def test_its_usage(shell: Shell, words: tuple[str, ...], said: str) -> None:
    ran = shell.run("move", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_practice_database_is_one_in_the_new_place(practice: Shell, target: Path) -> None:
    target.parent.mkdir()
    practice.done("move", practice.database, target)
    database = Database(target)
    with database.reading() as conn:
        assert settings(conn).practice_seed == 7
    database.close()

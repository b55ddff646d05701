"""Backups of a database on a server, and what else is about files there (docs/rules.md 11.4, 13.1)."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import ANN, MARIA, Shell
from tests.postgres_server import PATIENCE, binaries
from tests.server_databases import POOL
from thrumsg_tui.gateway.delivery_lock import DeliveryLock
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import ServerAddress, path_of, read_location
from thrumsg_tui.store.spool import Spool, SpooledRequest


class Server:
    """The campaign of `spring` on a server."""

    def __init__(self, shell: Shell, address: ServerAddress) -> None:
        self.shell = shell
        self.address = address

    def done(self, *words: object) -> str:
        return self.shell.done("--db", self.address, *words)

    def refused(self, *words: object) -> str:
        return self.shell.refused("--db", self.address, *words)


@pytest.fixture
def server(spring: Shell) -> Iterator[Server]:
    address = POOL.absent()
    spring.done("move", spring.database, address)
    yield Server(spring, address)
    POOL.give_back(address)


def test_a_backup_is_a_file_as_of_any_database(server: Server, tmp_path: Path) -> None:
    server.done("send", 1)
    folder = path_of(server.address).parent
    folder.mkdir(parents=True, exist_ok=True)
    spool = Spool(path_of(server.address))
    spool.write([SpooledRequest("small", "1", "/in", "", b"hello", Database(server.address).clock())])
    spool.close()
    said = server.done("backup", tmp_path / "backup.db")
    assert said.startswith(f"Copied to {tmp_path / 'backup.db'}, and the copy is sound.\n")
    assert "1 campaign, 3 contacts, 1 message" in server.shell.done("doctor", "--file", tmp_path / "backup.db")
    copy = ("--db", tmp_path / "backup.db")
    assert server.shell.json(*copy, "thread", 1) == server.shell.json("--db", server.address, "thread", 1)
    database = Database(tmp_path / "backup.db")
    with database.reading() as conn:
        assert conn.execute("SELECT body FROM spooled").fetchone()[0] == b"hello"
    database.close()
    server.done("backup", tmp_path / "backup.db")


def test_the_servers_own_command_is_the_one_that_is_printed(server: Server, tmp_path: Path) -> None:
    server.done("send", 1)
    said = server.done("backup", tmp_path / "backup.db")
    programs, dump = binaries() or tmp_path, tmp_path / "dump"
    words = shlex.split(said.splitlines()[1].partition("messages: ")[2])
    assert words[0] == "pg_dump"
    again = POOL.absent()
    restoring = ["pg_restore", "--dbname", str(again), "FILE"]
    for program, *arguments in (words, restoring):
        command = [str(programs / program), *(each.replace("FILE", str(dump)) for each in arguments)]
        subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    assert server.shell.done("--db", again, "doctor").splitlines()[1:] == ["All is well."]
    assert server.shell.json("--db", again, "overview", "Spring") == server.shell.json(
        "--db", server.address, "overview", "Spring"
    )
    POOL.give_back(again)


def test_what_only_looks_at_a_database_of_a_server_makes_none(spring: Shell, tmp_path: Path) -> None:
    address = POOL.absent()
    for words in (("doctor",), ("backup", tmp_path / "copy.db")):
        for _ in range(2):  # the first one has made nothing
            ran = spring.run("--db", address, *words)
            assert ran.code == 3
            assert ran.err == f"thrumsg: There is no database yet: {address}. Nothing was changed.\n"
    POOL.give_back(address)


def test_a_restore_keeps_what_was_there_and_who_opted_out(server: Server, tmp_path: Path) -> None:
    server.done("send", 1)
    server.done("backup", tmp_path / "backup.db")
    server.done("send", 2)
    server.done("opt-out", ANN)
    said = server.done("restore", tmp_path / "backup.db")
    assert f"Went back to {tmp_path / 'backup.db'}, as of" in said
    assert "1 message may have left since the backup: in doubt now" in said
    assert "1 number opted out since then and stays opted out." in said
    assert "1 message sent and 0 received since then are not in it any more" in said
    (kept,) = path_of(server.address).parent.glob("*-before-restore-*.db")
    assert server.shell.json("--db", kept, "overview", "Spring")["sent"] == 2
    assert server.shell.json("--db", server.address, "overview", "Spring")["sent"] == 1
    assert server.done("doctor").splitlines()[1:] == ["All is well."]
    server.done("restore", kept)
    assert server.shell.json("--db", server.address, "overview", "Spring")["sent"] == 2


def test_a_backup_of_a_file_goes_into_an_empty_database_of_a_server(spring: Shell, tmp_path: Path) -> None:
    spring.done("send", 1)
    spring.done("backup", tmp_path / "backup.db")
    address = POOL.absent()
    said = spring.done("--db", address, "restore", tmp_path / "backup.db")
    assert "in doubt now" in said
    assert "from before" not in said
    assert spring.json("--db", address, "overview", "Spring")["total"] == 3
    assert spring.done("--db", address, "doctor").splitlines()[1:] == ["All is well."]
    spring.log_in("kim")
    assert "may not repair or back up" in spring.refused("--db", address, "restore", tmp_path / "backup.db")
    POOL.give_back(address)


def test_what_cannot_be_restored_changes_nothing(server: Server, tmp_path: Path) -> None:
    server.done("send", 1)
    letter = tmp_path / "letter.db"
    letter.write_text("Dear all")
    assert "is not a thrumsg database" in server.refused("restore", letter)
    server.done("backup", tmp_path / "backup.db")
    content = (tmp_path / "backup.db").read_bytes()
    (tmp_path / "backup.db").write_bytes(content[: len(content) // 2])
    ran = server.shell.run("--db", server.address, "restore", tmp_path / "backup.db")
    assert (ran.code, ran.out) == (3, "")
    assert "is damaged" in ran.err
    with DeliveryLock(server.address):
        assert "This database is being delivered" in server.refused("restore", tmp_path / "backup.db")
    assert server.shell.json("--db", server.address, "thread", 1)["messages"]
    assert list(path_of(server.address).parent.glob("*-before-restore-*")) == []


def test_the_walkthrough_has_a_file_of_its_own(server: Server) -> None:
    server.shell.sit_at_terminal()
    for words in (("demo",), ("demo", "--fresh"), ("demo", "--seed", 7)):
        said = server.refused(*words)
        assert f"{server.address} is on a server. A walkthrough has a file of its own" in said


def test_the_doctor_mends_a_database_of_a_server(server: Server) -> None:
    database = Database(read_location(str(server.address)))
    with database.writing() as tx:
        tx.conn.execute("UPDATE assignment SET sent = sent + 1 WHERE user_id IS NULL")
    database.close()
    ran = server.shell.run("--db", server.address, "doctor")
    assert (ran.code, ran.err) == (1, "thrumsg: 1 problem; `thrumsg doctor --repair` mends what it can.\n")
    assert server.done("doctor", "--repair").splitlines()[-1] == "All is well."
    server.done("receive", "--from", MARIA, "--body", "hello")

"""The one folder of a session under a forced command, and nothing else of the host (docs/rules.md 11.1)."""

from __future__ import annotations

import argparse
import csv
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest

from tests.cli.conftest import MARIA, Result, Shell
from tests.json_keys import json_keys
from thrumsg_tui.cli.options import InputFile, OutputFile
from thrumsg_tui.cli.parser import build_parser
from thrumsg_tui.domain.permissions import Permission, Role
from thrumsg_tui.store.changes.shared_files import writing_shared
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import path_of
from thrumsg_tui.store.queries.users import identify

KEY = "\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN0 me\n"
"""A message that is a line of `authorized_keys`, in a file that holds it as it was received."""

OF_THE_HOST = {"db", "config", "authorized_keys", ("ssh add", "key")}
OF_THE_HOST |= {("backup", "file"), ("restore", "file"), ("doctor", "file")}
"""Options that name a file of the host: refused under a forced command, and `--db` among a client's words."""


class Team:
    """People who come with keys to an account whose database has an owner, an admin, a moderator and two senders."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.home = shell.database.parent
        self.path = path_of(shell.location)
        self.folder = self.path.with_name(f"{self.path.name}.files")
        for login, role in {"olga": "owner", "ada": "admin", "mo": "moderator"}.items():
            shell.done("user", "add", login, "--first-name", login, "--last-name", "Q", "--role", role)

    def run(self, login: str, command: str) -> Result:
        """Run what a client asks for."""
        self.shell.over_ssh(command)
        try:
            return self.shell.run("--forced-login", login)
        finally:
            self.shell.over_ssh(None)

    def done(self, login: str, command: str) -> str:
        """Run what must succeed, and return what was printed."""
        ran = self.run(login, command)
        assert ran.code == 0, ran.err
        return ran.out

    def refused(self, login: str, command: str) -> str:
        """Run what is refused, and return the sentence."""
        ran = self.run(login, command)
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1), ran
        return ran.err

    def everything(self) -> dict[str, bytes]:
        """Every file of the account but the database, with its content."""
        files = (path for path in self.home.rglob("*") if path.is_file() and not self._is_of_database(path))
        return {str(path.relative_to(self.home)): path.read_bytes() for path in files}

    def _is_of_database(self, path: Path) -> bool:
        return path.parent == self.path.parent and path.name.startswith(self.path.name)


@pytest.fixture
def team(spring: Shell, monkeypatch: pytest.MonkeyPatch) -> Team:
    monkeypatch.chdir(spring.database.parent)
    return Team(spring)


# Every option that takes a path


def _path_options(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Iterator[tuple[str, str, object]]:
    """Every argument of every command whose type makes a path: the command, its name, and the type."""
    for each in parser._actions:
        if isinstance(each, argparse._SubParsersAction):
            for name, below in each.choices.items():
                yield from _path_options(below, (*words, name))
        elif isinstance(each.type, type) and issubclass(each.type, Path):
            yield " ".join(words), each.dest, each.type


def test_every_option_with_a_path_says_whether_it_is_read_or_written_or_a_file_of_the_host() -> None:
    options = list(_path_options(build_parser()))
    plain = {(command, name) for command, name, kind in options if kind not in {InputFile, OutputFile}}
    assert {each for each in plain if each not in OF_THE_HOST and each[1] not in OF_THE_HOST} == set()
    assert len(options) - len(plain) >= 8


def test_every_option_that_may_name_a_file_has_a_type_that_is_one() -> None:
    """An argument that is called a file and is a text would be outside of all checks."""

    def arguments(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
        for each in parser._actions:
            if isinstance(each, argparse._SubParsersAction):
                for below in each.choices.values():
                    yield from arguments(below)
            else:
                yield each

    texts = [each for each in arguments(build_parser()) if each.type is None]
    assert [each.dest for each in texts if str(each.metavar) in {"FILE", "PATH", "KEYFILE", "FOLDER"}] == []


_COMMANDS = {
    ("import", "file"): "import users {}",
    ("import", "rejects"): "import users - --rejects {}",
    ("export", "out"): "export messages --out {}",
    ("report opt-outs", "out"): "report opt-outs --out {}",
    ("purge", "carrier_ids"): "purge Spring --yes --carrier-ids {}",
    ("reassign", "plan"): "reassign --plan {}",
    ("reassign", "save_plan"): "reassign Spring --from-unassigned --to kim --preview --save-plan {}",
    ("opt-out-list", "file"): "opt-out-list {}",
    ("media", "out"): "media 1 --out {}",
    ("media", "config"): "media 1 --out - --config {}",
    ("deliver", "config"): "deliver --once --config {}",
    ("listen", "config"): "listen --config {}",
    ("gateway check", "config"): "gateway check --config {}",
    ("backup", "file"): "backup {}",
    ("restore", "file"): "restore {}",
    ("doctor", "file"): "doctor --file {}",
    ("ssh add", "key"): "ssh add kim {}",
    ("ssh add", "authorized_keys"): "ssh add kim - --authorized-keys {}",
    ("ssh list", "authorized_keys"): "ssh list --authorized-keys {}",
    ("ssh remove", "authorized_keys"): "ssh remove kim --authorized-keys {}",
}
"""A command line for each option that takes a path."""


def test_each_of_them_is_tried() -> None:
    found = {(command, name) for command, name, _ in _path_options(build_parser()) if name != "db"}
    assert found == _COMMANDS.keys()


@pytest.mark.parametrize("command", _COMMANDS.values())
def test_no_key_names_a_file_of_the_host(team: Team, command: str) -> None:
    (team.home / ".ssh").mkdir()
    (team.home / ".ssh" / "authorized_keys").write_text("ssh-ed25519 AAAA olga\n")
    team.shell.done("receive", "--from", MARIA, "--body", KEY)
    before = team.everything()
    for named in (
        ".ssh/authorized_keys",
        "/etc/passwd",
        "../up.csv",
        ".hidden",
        "..",
        "a\tb",
        "~",
        "a" * 101,
        "é" * 101,
    ):
        said = team.refused("olga", command.format(f"'{named}'"))
        assert "name a file here" in said or "people with a login here" in said
    assert team.everything() == before


@pytest.mark.parametrize("forced", [False, True])
def test_an_admin_s_key_is_no_way_to_a_shell(team: Team, forced: bool) -> None:
    """The attack itself: without the forced command, as somebody on the host, it is what it says."""
    keys = team.home / ".ssh" / "authorized_keys"
    keys.parent.mkdir()
    keys.write_text("ssh-ed25519 AAAA olga\n")
    team.shell.done("receive", "--from", MARIA, "--body", KEY)
    words = "export", "messages", "--out", ".ssh/authorized_keys"
    if not forced:
        team.shell.done(*words)
        assert "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN0 me" in keys.read_text().splitlines()
        return
    assert "You may not name a file here" in team.refused("ada", " ".join(words))
    assert keys.read_text() == "ssh-ed25519 AAAA olga\n"
    assert sorted(path.name for path in keys.parent.iterdir()) == ["authorized_keys"]


def test_a_configuration_with_a_program_cannot_come_from_the_folder(team: Team) -> None:
    """The carrier is whatever a configuration says, a program too: one that is uploaded would be a shell."""
    team.done("ada", "export messages --out gateway.toml")
    (team.folder / "gateway.toml").write_text('gateway = "command"\n[command]\nprogram = ["touch", "owned"]\n')
    for command in ("deliver --once --config gateway.toml", "media 1 --out - --config gateway.toml"):
        assert "would be a file of the host" in team.refused("ada", command)
    assert not (team.home / "owned").exists()
    assert not (team.folder / "owned").exists()


def test_the_database_and_another_person_cannot_be_named(team: Team) -> None:
    team.done("ada", "export messages --out other.db")
    for option in ("--db other.db", "--as olga", "--as=olga", "--forced-login olga"):
        assert "your SSH key decides it" in team.refused("ada", f"overview Spring {option}")


def test_services_of_the_host_are_not_started(team: Team) -> None:
    assert "opens a port of this host" in team.refused("olga", "listen --port 0")
    assert "reads files of this host" in team.refused("olga", "gateway check")
    assert "reads a file of this host" in team.refused("olga", "restore -")


# The folder


def test_what_is_exported_by_name_is_in_the_folder_and_can_be_listed_shown_and_removed(team: Team) -> None:
    assert team.done("ada", "files") == "There are no files.\n"
    assert team.done("ada", "export conversations Spring --out spring.csv") == "3 rows in spring.csv.\n"
    (listed,) = json.loads(team.done("ada", "files --json"))
    size = (team.folder / "spring.csv").stat().st_size
    assert (listed["name"], listed["size"], listed["by"]) == ("spring.csv", size, "ada")
    assert listed.keys() == json_keys("files list")
    assert "spring.csv" in team.done("ada", "files list")
    assert team.run("ada", "files show spring.csv --json").code == 2
    assert len(list(csv.DictReader(StringIO(team.done("ada", "files show spring.csv"))))) == 3
    assert team.done("ada", "files remove spring.csv") == "spring.csv is removed.\n"
    assert list(team.folder.iterdir()) == []
    assert "There is no file spring.csv" in team.refused("ada", "files show spring.csv")


def test_what_is_piped_in_is_kept_by_name(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("first,phone\nZoe,4155550177\n"))
    assert team.done("ada", "files add list.csv") == "list.csv is kept, 27 bytes.\n"
    assert "1 imported" in team.done("ada", "import contacts list.csv --campaign Spring")
    for login in ("mo", "kim"):
        assert "You may not import files" in team.refused(login, "files add mine.csv")
    assert [each.name for each in team.folder.iterdir()] == ["list.csv"]


def test_the_folder_and_what_is_in_it_are_the_account_s_alone(team: Team) -> None:
    mask = os.umask(0)
    try:
        team.done("ada", "export messages --out m.csv")
    finally:
        os.umask(mask)
    assert stat.S_IMODE(team.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((team.folder / "m.csv").stat().st_mode) == 0o600
    team.folder.chmod(0o755)
    team.done("ada", "export messages --out m.csv")
    assert stat.S_IMODE(team.folder.stat().st_mode) == 0o700


def test_a_plan_and_rejected_rows_go_there_and_come_back(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.done("mo", "reassign Spring --from-unassigned --to kim --preview --save-plan plan.json")
    assert json.loads(team.done("mo", "reassign --plan plan.json --json"))["moved"] == 3
    monkeypatch.setattr(sys, "stdin", StringIO("first,last,phone\nBad,Row,12\n"))
    team.done("ada", "import contacts - --campaign Spring --rejects bad.csv")
    assert "1 rejected" in team.done("ada", "import contacts bad.csv --campaign Spring --dry-run")


def test_the_working_directory_is_the_one_from_before(team: Team) -> None:
    team.done("ada", "export messages --out m.csv")
    assert Path.cwd() == team.home


@pytest.mark.only_sqlite("an address is the same from everywhere")
def test_a_database_that_is_named_from_here_is_the_same_one(team: Team) -> None:
    team.shell.over_ssh("export conversations --out c.csv")
    ran = team.shell.run("--db", "thrumsg.db", "--forced-login", "ada")
    assert (ran.code, ran.out) == (0, "3 rows in c.csv.\n")
    assert sorted(path.name for path in team.folder.iterdir()) == ["c.csv"]


# Whose a file is


def test_people_below_admin_use_what_they_wrote_and_know_of_nothing_else(team: Team) -> None:
    team.done("mo", "reassign Spring --from-unassigned --to kim --preview --save-plan plan.json")
    team.done("ada", "export messages --out secret.csv")
    assert [each["name"] for each in json.loads(team.done("mo", "files --json"))] == ["plan.json"]
    assert team.done("kim", "files --json") == "[]\n"
    for command in ("files show secret.csv", "files remove secret.csv", "opt-out-list secret.csv"):
        assert "There is no file secret.csv here" in team.refused("mo", command)
    said = team.refused("mo", "reassign Spring --from-unassigned --to kim --preview --save-plan secret.csv")
    assert "not yours" in said
    assert [each["name"] for each in json.loads(team.done("olga", "files --json"))] == ["plan.json", "secret.csv"]


def test_an_admin_replaces_what_anybody_wrote_with_thrumsg_and_it_is_theirs_then(team: Team) -> None:
    team.done("mo", "reassign Spring --from-unassigned --to kim --preview --save-plan a.csv")
    team.done("ada", "export messages --out a.csv")
    assert [each["by"] for each in json.loads(team.done("ada", "files --json"))] == ["ada"]
    assert "There is no file" in team.refused("mo", "files show a.csv")


def test_what_thrumsg_did_not_write_is_not_replaced(team: Team) -> None:
    team.done("ada", "export messages --out mine.csv")
    (team.folder / "theirs.csv").write_text("kept")
    (team.folder / "mine.csv").write_text("changed by somebody on the host")
    for name in ("theirs.csv", "mine.csv"):
        assert "thrumsg did not write the file" in team.refused("ada", f"export messages --out {name}")
    assert (team.folder / "theirs.csv").read_text() == "kept"
    assert {each["by"] for each in json.loads(team.done("ada", "files --json"))} == {None}


def test_a_refused_command_leaves_no_file_and_no_row(team: Team) -> None:
    assert "You may not export" in team.refused("kim", "export messages --out m.csv")
    assert list(team.folder.iterdir()) == []
    assert json.loads(team.done("ada", "files --json")) == []


@pytest.mark.parametrize("kind", ["symlink", "hard link", "folder", "fifo"])
def test_what_is_no_ordinary_file_of_one_name_is_neither_read_nor_replaced(team: Team, kind: str) -> None:
    team.done("ada", "export messages --out first.csv")
    outside = team.home / "outside.csv"
    outside.write_text("login,first_name,last_name\nx,X,Y\n")
    odd = team.folder / "odd"
    match kind:
        case "symlink":
            odd.symlink_to(outside)
        case "hard link":
            odd.hardlink_to(outside)
        case "folder":
            odd.mkdir()
        case _:
            os.mkfifo(odd)
    for command in ("import users odd", "files show odd", "files remove odd", "export messages --out odd"):
        assert "odd is not an ordinary file" in team.refused("ada", command)
    assert outside.read_text() == "login,first_name,last_name\nx,X,Y\n"
    assert [each["name"] for each in json.loads(team.done("ada", "files --json"))] == ["first.csv"]


def test_a_folder_that_is_a_link_is_refused(team: Team) -> None:
    (team.home / "elsewhere").mkdir()
    team.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    team.folder.symlink_to(team.home / "elsewhere")
    assert "is not a folder of this account" in team.refused("ada", "export messages --out m.csv")
    assert list((team.home / "elsewhere").iterdir()) == []


def test_a_change_by_the_host_that_keeps_the_size_is_noticed(team: Team) -> None:
    team.done("ada", "export messages --out mine.csv")
    file = team.folder / "mine.csv"
    changed = file.read_bytes().swapcase()
    file.write_bytes(changed)
    assert "thrumsg did not write the file" in team.refused("ada", "export messages --out mine.csv")
    assert file.read_bytes() == changed


def test_while_somebody_writes_a_file_nobody_else_writes_it(team: Team) -> None:
    with closing(Database(team.shell.location)) as db:
        with db.reading() as conn:
            olga = identify(conn, "olga")
        with writing_shared(db, olga, ["same.csv"]):
            assert "Somebody else is writing same.csv" in team.refused("ada", "export messages --out same.csv")
            team.done("ada", "export messages --out other.csv")
    team.done("ada", "export messages --out same.csv")
    assert sorted(path.name for path in team.folder.iterdir()) == ["other.csv", "same.csv"]


def test_two_people_at_once_leave_one_whole_file(team: Team) -> None:
    command = [sys.executable, "-m", "thrumsg_tui", "--db", str(team.shell.location)]
    environment = os.environ | {"SSH_ORIGINAL_COMMAND": "export conversations --out same.csv"}
    running = [
        subprocess.Popen(
            [*command, "--forced-login", login],
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for login in ("ada", "olga") * 3
    ]
    said = [each.communicate() for each in running]
    assert "3 rows in same.csv.\n" in {out for out, _ in said}
    others = {err for _, err in said if err}
    assert all("Somebody else is writing same.csv" in err and err.count("\n") == 1 for err in others)
    assert [each.name for each in team.folder.iterdir()] == ["same.csv"]
    assert len(list(csv.DictReader(StringIO((team.folder / "same.csv").read_text())))) == 3
    (listed,) = json.loads(team.done("ada", "files --json"))
    assert listed["by"] in {"ada", "olga"}


# A backup


@pytest.mark.parametrize("role", list(Role))
def test_a_backup_is_printed_to_whom_the_role_allows_it(team: Team, role: Role) -> None:
    login = {Role.OWNER: "olga", Role.ADMIN: "ada", Role.MODERATOR: "mo", Role.SENDER: "kim"}[role]
    command = [sys.executable, "-m", "thrumsg_tui", "--db", str(team.shell.location), "--forced-login", login]
    environment = os.environ | {"SSH_ORIGINAL_COMMAND": "backup -"}
    ran = subprocess.run(command, env=environment, capture_output=True, check=False)
    may = role.may(Permission.MAINTAIN)
    assert (ran.returncode == 0, ran.stdout[:6]) == (may, b"SQLite" if may else b"")

"""Who is at the keyboard where the database is on a server (docs/rules.md 13.3): its roles say it, no client can."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator

import psycopg
import pytest

from tests.cli.conftest import Shell
from tests.postgres_server import PATIENCE, ROOT, binaries
from tests.public_keys import KIMS
from tests.team_server import Team, team_server

NO_HOST = "is no member of thrumsg_host"


@pytest.fixture(scope="module")
def server() -> Iterator[Team]:
    with team_server() as team:
        yield team


class Seats:
    """People at keyboards of several hosts, on one database."""

    def __init__(self, team: Team, shell: Shell) -> None:
        self.team, self.shell = team, shell

    def words(self, role: str, *words: object, more: str = "") -> list[object]:
        return ["--db", self.team.address(role, more), *words]

    def done(self, role: str, *words: object) -> str:
        return self.shell.done(*self.words(role, *words))

    def refused(self, role: str, *words: object, more: str = "") -> str:
        return self.shell.refused(*self.words(role, *words, more=more))

    def logins(self) -> list[str]:
        return sorted(each["login"] for each in self.shell.json(*self.words("olga", "user", "list")))


@pytest.fixture
def new(server: Team, shell: Shell) -> Seats:
    """A database without tables, and somebody on a host where they are called root."""
    server.make_database()
    return Seats(server, shell)


@pytest.fixture
def team(server: Team, shell: Shell) -> Seats:
    """One with the owner olga, the sender kim, the admin auditor and a campaign; it is made once."""
    seats = Seats(server, shell)
    if not server.is_filled:
        server.make_database()
        seats.done("olga", "user", "add", "kim", "--first-name", "Kim", "--last-name", "Alvarez")
        seats.done("olga", "user", "add", "auditor", "--first-name", "Au", "--last-name", "Ditor", "--role", "admin")
        seats.done("olga", "campaign", "create", "Spring", "--initial", "Hi")
        server.is_filled = True
    return seats


def test_the_first_owner_is_who_owns_the_database(new: Seats) -> None:
    result = new.shell.run(*new.words("kim", "user", "list"))
    assert result.code == 3
    assert "has no tables yet" in result.err
    assert "Whoever has the role thrumsg_owner does it" in result.err
    with new.team.connected("olga") as conn:
        assert conn.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    result = new.shell.run(*new.words("olga", "user", "list"))
    assert "is new, and olga is its owner" in result.err
    assert new.logins() == ["olga"]


def test_tables_of_an_older_version_are_upgraded_by_whoever_owns_them(new: Seats) -> None:
    """As if the next version had come: what it finds is the format before."""
    new.done("olga", "user", "list")
    with new.team.connected("olga") as conn:
        conn.execute("UPDATE thrumsg_format SET format = format - 1")
    result = new.shell.run(*new.words("host_a", "user", "list"))
    assert result.code == 3
    assert re.search(r"has format \d+, and this thrumsg needs \d+, and your role may not change them", result.err)
    assert "Whoever has the role thrumsg_owner does it, with any command." in result.err


@pytest.mark.parametrize("role", ["kim", "host_a", "auditor"])
def test_nobody_else_becomes_the_first_owner(new: Seats, role: str) -> None:
    """Not even if the tables are there, and no user."""
    new.done("olga", "user", "list")
    with new.team.connected("olga") as conn:
        conn.execute("TRUNCATE users CASCADE")
        assert "has no users yet" in new.refused(role, "user", "list")
        assert conn.execute("SELECT count(*) FROM users").fetchone() == (0,)


def test_a_person_is_known_by_their_role_whoever_they_are_on_their_own_host(team: Seats) -> None:
    team.shell.log_in("olga")
    assert "kim is sender" in team.refused("kim", "overview", "Spring")
    assert "'mallory' is not a user" in team.refused("mallory", "campaign", "list")


CHEATS = {
    "the option": (["--forced-login", "olga"], {}, ""),
    "the option, empty": (["--forced-login", ""], {}, ""),
    "a variable with the role": (["--forced-login", "olga"], {"PGUSER": "olga"}, ""),
    "variables with the login": (["--forced-login", "olga"], {"USER": "olga", "LOGNAME": "olga"}, ""),
    "another role of theirs": (["--forced-login", "olga"], {"PGOPTIONS": "-c role=thrumsg_app"}, ""),
    "a setting of their own": (["--forced-login", "olga"], {}, "&options=-cthrumsg.host%3Dtrue"),
    "the name of the connection": (["--forced-login", "olga"], {"PGAPPNAME": "thrumsg_host"}, ""),
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_nobody_claims_to_be_somebody_else(team: Seats, monkeypatch: pytest.MonkeyPatch, cheat: str) -> None:
    words, variables, more = CHEATS[cheat]
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert NO_HOST in team.refused("kim", *words, "user", "list", more=more)


SWITCHES = {
    "to the trusted role": "-crole%3Dthrumsg_host",
    "to the owner's role": "-crole%3Dthrumsg_owner",
    "to another person": "-crole%3Dolga",
    "of the session": "-csession_authorization%3Dolga",
}


@pytest.mark.parametrize("switch", SWITCHES)
def test_nobody_switches_to_a_role_that_is_not_theirs(team: Seats, switch: str) -> None:
    result = team.shell.run(*team.words("kim", "user", "list", more=f"&options={SWITCHES[switch]}"))
    assert (result.code, result.out) == (3, "")
    assert "permission denied to set" in result.err


def test_a_role_of_their_own_does_not_make_a_person_somebody_else(team: Seats) -> None:
    assert "kim is sender" in team.refused("kim", "overview", "Spring", more="&options=-crole%3Dthrumsg_app")


def test_nobody_makes_themselves_a_host(team: Seats) -> None:
    """What is not theirs to grant, a table or a schema of that name included."""
    with team.team.connected("kim") as conn:
        for statement in (
            "GRANT thrumsg_host TO kim",
            "CREATE ROLE thrumsg_host2",
            "CREATE SCHEMA own",
            "CREATE TEMP TABLE users ()",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement.encode())


def test_an_application_has_no_right_to_empty_or_change_tables(team: Seats) -> None:
    with team.team.connected("host_a") as conn:
        conn.execute("DELETE FROM presence")
        for statement in (
            "TRUNCATE message",
            "DROP TABLE message",
            "ALTER TABLE message ADD x INT",
            "CREATE TABLE x ()",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement.encode())


def test_a_trusted_host_says_who_it_is(team: Seats) -> None:
    team.shell.log_in("kim")
    assert "kim is sender" in team.refused("host_a", "overview", "Spring")
    team.shell.log_in("thrumsg")
    assert "'thrumsg' is not a user" in team.refused("host_a", "user", "list")
    assert "olga" in team.done("host_a", "--forced-login", "olga", "user", "list")
    team.shell.over_ssh("user list")
    assert "kim is sender" in team.refused("host_b", "--forced-login", "kim")
    team.shell.over_ssh("user list --forced-login olga")
    assert "your SSH key decides it" in team.refused("host_b", "--forced-login", "kim")


def test_a_host_is_trusted_no_more_once_its_role_is_taken_away(team: Seats) -> None:
    with team.team.connected() as conn:
        conn.execute("REVOKE thrumsg_host FROM host_b")
        try:
            assert NO_HOST in team.refused("host_b", "--forced-login", "olga", "user", "list")
        finally:
            conn.execute("GRANT thrumsg_host TO host_b")
    assert team.done("host_b", "--forced-login", "olga", "user", "list")


def test_a_person_acts_for_others_as_their_own_role_allows(team: Seats) -> None:
    assert "act for another user" in team.refused("kim", "--as", "olga", "user", "list")
    assert "kim is sender" in team.refused("olga", "--as", "kim", "overview", "Spring")


def test_a_reader_reads_and_writes_nothing(team: Seats) -> None:
    """Also where something has come due, which others end."""
    team.done("olga", "follow-up", "create", "Spring", *("--title", "Again", "--text", "Hi", "--expires", "2035-01-01"))
    with team.team.connected("olga") as conn:
        conn.execute("UPDATE follow_up SET expires_at = 1")
    assert team.shell.json(*team.words("auditor", "overview", "Spring"))
    assert team.done("auditor", "export", "messages").startswith("timestamp,")
    result = team.shell.run(*team.words("auditor", "campaign", "pause", "Spring"))
    assert result.code in {1, 3}
    assert "permission denied" in result.err
    team.shell.sit_at_terminal()
    assert "can only be read" in team.refused("auditor")


def test_a_trusted_host_delivers_without_being_a_user(team: Seats) -> None:
    team.shell.log_in("thrumsg")
    assert "Nothing would leave" in team.done("host_a", "deliver", "--dry-run")
    assert "deliver messages" in team.refused("kim", "deliver", "--dry-run")
    assert NO_HOST in team.refused("mallory", "--forced-login", "olga", "deliver", "--dry-run")
    assert "'mallory' is not a user" in team.refused("mallory", "deliver", "--dry-run")


def test_a_key_of_a_trusted_host_names_the_address(team: Seats) -> None:
    keys, key = team.shell.database.with_name("authorized_keys"), team.shell.database.with_name("kim.pub")
    key.write_text(KIMS)
    words = ("ssh", "add", "kim", key, "--authorized-keys", keys)
    team.shell.log_in("olga")
    assert NO_HOST in team.refused("olga", *words)
    assert not keys.exists()
    program = keys.with_name("thrumsg")
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", [str(program)])
        team.done("host_a", *words)
    (line,) = keys.read_text().splitlines()
    assert f"--db '{team.team.address('host_a')}' --forced-login kim" in line
    (listed,) = team.shell.json(*team.words("host_a", "ssh", "list", "--authorized-keys", keys))
    assert (listed["login"], listed["role"], listed["problems"]) == ("kim", "sender", [])


def test_a_variable_names_the_server_too(team: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THRUMSG_DB", team.team.address("olga"))
    assert team.shell.json("user", "list")
    monkeypatch.setenv("THRUMSG_DB", "postgresql://olga:secret@db.example.org/thrumsg")
    result = team.shell.run("user", "list")
    assert result.code == 3
    assert "~/.pgpass" in result.err
    assert "secret" not in result.err


def test_files_of_a_forced_command_lie_in_the_folder_of_the_host(team: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    home = team.shell.database.parent / "home"
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    team.done("host_a", "--forced-login", "olga", "export", "messages", "--out", "messages.csv")
    (written,) = home.rglob("messages.csv")
    assert written.parent.name == "thrumsg.files"
    assert written.parent.stat().st_mode & 0o777 == 0o700
    assert os.path.relpath(written, home).startswith("thrumsg/servers/")
    assert "messages.csv" in team.done("host_a", "--forced-login", "olga", "files")


PAGE = ROOT / "docs" / "postgresql.md"


def test_the_roles_of_the_page_can_be_made(team: Seats) -> None:
    statements = re.findall(r"^CREATE ROLE .*;$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(statements) == 4
    with team.team.connected() as conn:
        for statement in statements:
            role, groups = re.fullmatch(r"CREATE ROLE (\w+) +LOGIN IN ROLE ([\w, ]+);", statement).groups()  # type: ignore[union-attr]
            conn.execute(f"CREATE ROLE page_{role} LOGIN IN ROLE {groups}".encode())
    assert "olga" in team.done("page_host_a", "--forced-login", "olga", "user", "list")
    assert "'page_backup' is not a user" in team.refused("page_backup", "user", "list")


def test_a_reader_dumps_what_an_owner_restores(team: Seats) -> None:
    """As docs/postgresql.md says, with the options that it gives."""
    told = PAGE.read_text(encoding="utf-8")
    for words in ("pg_dump -Fc -d", "pg_restore --no-owner --no-privileges --role=thrumsg_owner --exit-on-error -d"):
        assert words in told
    dump, programs = team.shell.database.with_name("thrumsg.dump"), binaries() or ROOT
    team.team.make_database("restored")
    restored = team.team.address("olga", database="restored")
    options = ["--no-owner", "--no-privileges", "--role=thrumsg_owner", "--exit-on-error"]
    for command in (
        [programs / "pg_dump", "-Fc", "-d", team.team.address("auditor"), "-f", dump],
        [programs / "pg_restore", *options, "-d", restored, dump],
    ):
        subprocess.run(list(map(str, command)), check=True, timeout=PATIENCE, capture_output=True)
    assert team.shell.done("--db", restored, "doctor").splitlines()[1:] == ["All is well."]
    assert team.shell.json("--db", restored, "user", "list") == team.shell.json(*team.words("olga", "user", "list"))

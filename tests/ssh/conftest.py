"""A team: a database, a server, and people whose keys `thrumsg ssh add` has let in."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from tests.outside_tools import require_tool
from tests.roles import arrange, put_in_doubt
from tests.ssh.server import Done, Server, is_installed, make_key
from thrumsg_tui.cli.main import main
from thrumsg_tui.domain.permissions import Role

STRANGER = "stranger"
"""Somebody whose key is let in, but who is no user (any more)."""

PEOPLE = (*Role, STRANGER)


def arrange_again(arranged: Path, database: Path) -> None:
    """Have a database as it was, with nothing beside it."""
    for left in database.parent.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    shutil.copyfile(arranged, database)


class Team:
    """What the tests see of it."""

    def __init__(self, server: Server, database: Path, arranged: Path) -> None:
        self.server, self.database = server, database
        self._arranged = arranged

    def as_arranged(self) -> None:
        """Have the database as it was."""
        arrange_again(self._arranged, self.database)

    def ask(self, who: str, command: str | None, piped_in: str = "") -> Done:
        """Have somebody ask for a command by ssh."""
        return self.server.run(who, command, piped_in=piped_in)

    def keys(self, *words: object, database: Path | None = None) -> Done:
        """Run `thrumsg ssh` on the host, in a process of its own."""
        program = Path(sys.executable).with_name("thrumsg")
        command = [program, "--db", database or self.database, "ssh", *words]
        result = subprocess.run(
            [*map(str, command), "--authorized-keys", str(self.server.keys_file)],
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(result.returncode, result.stdout, result.stderr)

    def dump(self) -> list[str]:
        """All that is stored."""
        with closing(sqlite3.connect(self.database)) as conn:
            return list(conn.iterdump())

    @property
    def files(self) -> set[Path]:
        """The files beside the database, without those that SQLite keeps and empty folders, and those of the server."""
        mine = self.database.parent, *(self.server.folder / each for each in ("ssh", "data", "state"))
        kept = f"{self.database.name}-"
        return {
            path
            for folder in mine
            for path in folder.rglob("*")
            if not path.is_dir() and not path.name.startswith(kept)
        }


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    require_tool("sshd", is_there=is_installed())
    made = Server(tmp_path_factory.mktemp("sshd"))
    yield made
    made.stop()


@pytest.fixture(scope="session")
def _the_team(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    arranged = tmp_path_factory.mktemp("arranged") / "thrumsg.db"
    files = tmp_path_factory.mktemp("files")

    def run(*words: object) -> None:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as error:
            assert main(["--db", str(arranged), *map(str, words)]) == 0, (words, error.getvalue())

    arrange(run, files)
    put_in_doubt(arranged)
    folder = tmp_path_factory.mktemp("host") / 'the team\'s "data" $HOME'
    folder.mkdir(mode=0o700)
    team = Team(server, folder / "thrumsg.db", arranged)
    team.as_arranged()
    for login in Role:
        added = team.keys("add", login, make_key(server.folder / login))
        assert added.code == 0, added.err
    added = team.keys("add", Role.OWNER, make_key(server.folder / "owner2"))
    assert added.code == 0, added.err
    _let_in_a_stranger(team)
    yield team
    server.leave(*PEOPLE, "owner2")


def _let_in_a_stranger(team: Team) -> None:
    """Leave a line behind whose login is no user any more."""
    with closing(sqlite3.connect(team.database)) as conn, conn:
        conn.execute(
            "INSERT INTO users (login, first_name, last_name, role, created_at) VALUES (?, 'S', 'T', ?, 0)",
            (STRANGER, Role.SENDER),
        )
    added = team.keys("add", STRANGER, make_key(team.server.folder / STRANGER))
    assert added.code == 0, added.err
    team.as_arranged()


@pytest.fixture
def team(_the_team: Team) -> Team:
    _the_team.as_arranged()
    return _the_team

"""The command line, run in this process by a person whose login the test chooses."""

from __future__ import annotations

import json
import pwd
import sys
from collections.abc import Sequence
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.new_database import ON_SERVER, Template, no_database
from thrumsg_tui.cli.main import main
from thrumsg_tui.store.changes.settings import store_setting
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import Location
from thrumsg_tui.store.queries.settings import PRACTICE

MARIA, DEV, ANN = "+14155550142", "+14155550143", "+14155550144"


@dataclass(frozen=True, slots=True)
class Result:
    """What a command line left behind."""

    code: int
    out: str
    err: str


class Shell:
    """A person at a keyboard, `root` to begin with."""

    def __init__(self, database: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.database = database
        """The file, where the tests are of files."""
        self._location: Location | None = None
        self._patch = patch
        self._capture = capture
        self._at_terminal = False
        self.log_in("root")

    @property
    def location(self) -> Location:
        """Where the database is; to begin with, there is none yet."""
        if self._location is None:
            self.use(found := no_database(self.database))
            return found
        return self._location

    def use(self, location: Location) -> None:
        """Have another database from now on."""
        self._location = location
        self._patch.setenv("THRUMSG_DB", str(location))

    def log_in(self, login: str, full_name: str = "") -> None:
        """Sit down as somebody else."""
        account = pwd.struct_passwd((login, "x", 1000, 1000, full_name, "/home", "/bin/sh"))
        self._patch.setattr(pwd, "getpwuid", lambda _: account)

    def sit_at_terminal(self, kind: str = "xterm-256color") -> None:
        """Have a terminal from now on."""
        self._at_terminal = True
        self._patch.setenv("TERM", kind)

    def over_ssh(self, command: str | None) -> None:
        """Come with a key that has a forced command."""
        if command is None:
            self._patch.delenv("SSH_ORIGINAL_COMMAND", raising=False)
        else:
            self._patch.setenv("SSH_ORIGINAL_COMMAND", command)

    def run(self, *words: object) -> Result:
        """Run a command line."""
        _ = self.location
        self._capture.readouterr()
        for stream in (sys.stdin, sys.stdout) if self._at_terminal else ():
            self._patch.setattr(stream, "isatty", lambda: True, raising=False)
        code = main([str(word) for word in words])
        out, err = self._capture.readouterr()
        return Result(code, out, err)

    def done(self, *words: object) -> str:
        """Run one that must succeed, and return what it printed."""
        result = self.run(*words)
        assert result.code == 0, result.err
        return result.out

    def json(self, *words: object) -> Any:
        """Run one that must succeed, and return its JSON."""
        return json.loads(self.done(*words, "--json"))

    def refused(self, *words: object) -> str:
        """Run one that a rule refuses, and return the reason."""
        result = self.run(*words)
        assert (result.code, result.out) == (1, "")
        assert result.err.count("\n") == 1
        return result.err

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Ask the database itself."""
        with closing(Database(self.location)) as db, db.reading() as conn:
            return [tuple(row) for row in conn.execute(query, parameters)]

    def change(self, *statements: str) -> None:
        """Change the database itself, as no command would."""
        with closing(Database(self.location)) as db, db.writing() as tx:
            for each in statements:
                tx.conn.execute(each)

    def ids(self, *words: object) -> list[int]:
        """List conversations, and return their ids."""
        return [each["id"] for each in self.json("conversations", *words)]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    for variable in ("SSH_ORIGINAL_COMMAND", "THRUMSG_DB"):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("XDG_DATA_HOME", "XDG_STATE_HOME", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    made = Shell(tmp_path / "thrumsg.db", monkeypatch, capsys)
    if not ON_SERVER:  # there it is made once it is needed
        made.use(made.database)
    return made


@pytest.fixture(scope="session")
def made_spring(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The database of `spring`: made once, since that takes six commands."""
    folder = tmp_path_factory.mktemp("spring")
    location = no_database(folder / "spring.db")
    contacts, survey = folder / "contacts.csv", folder / "survey.csv"
    contacts.write_text(f"First Name,Last Name,Cell\nMaria,Lopez,{MARIA}\nDev,Patel,{DEV}\nAnn,Otieno,{ANN}\n")
    survey.write_text("question,choices\nWill you vote?,Yes|No\n")
    account = pwd.struct_passwd(("root", "x", 1000, 1000, "", "/home", "/bin/sh"))

    def done(*words: object) -> None:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as error:
            assert main(["--db", str(location), *map(str, words)]) == 0, error.getvalue()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pwd, "getpwuid", lambda _: account)
        patch.delenv("SSH_ORIGINAL_COMMAND", raising=False)
        done(
            *("campaign", "create", "Spring", "--initial", "Hi %first_name%, it's %sender_first_name%", "--quicksend"),
            *("--timezone", "UTC", "--open", "00:00", "--close", "24:00", "--no-quiet-hours"),
        )
        done("user", "add", "kim", "--first-name", "Kim", "--last-name", "Alvarez")
        done("user", "add", "lee", "--first-name", "Lee", "--last-name", "Ng")
        done("campaign", "add-sender", "Spring", "kim", "lee")
        done("import", "contacts", contacts, "--campaign", "Spring")
        done("import", "survey", survey, "--campaign", "Spring")
    return Template(location)


@pytest.fixture
def spring(shell: Shell, made_spring: Template) -> Shell:
    """A campaign that is always open, with the senders kim and lee, and three contacts whom nobody holds."""
    shell.use(made_spring.copy(shell.database))
    return shell


@pytest.fixture
def practice(spring: Shell) -> Shell:
    """The same in a practice database."""
    database = Database(spring.location)
    with database.writing() as tx:
        store_setting(tx, PRACTICE, "7")
    database.close()
    return spring

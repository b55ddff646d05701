"""Every command and option of the parser, tried by each person under a forced command (docs/rules.md 8.1, 11.1).

All are tried in this process, with what an SSH client would ask for, and the commands also at a real OpenSSH server.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest

from tests.roles import DEV, arrange, put_in_doubt
from tests.ssh.command_lines import CommandLine, command_lines
from tests.ssh.conftest import PEOPLE, STRANGER, Team, arrange_again
from tests.ssh.server import Done
from thrumsg_tui.cli.main import main
from thrumsg_tui.cli.parser import build_parser
from thrumsg_tui.domain.permissions import Role

NAME = "list.csv"
"""A name that a file in the one folder may have."""

FILES = (NAME, ".ssh/authorized_keys", "../escaped", "{outside}/target", ".profile", "../thrumsg.db", "-")
"""What is written where a file is named."""

WRITERS = {Role.ADMIN, Role.OWNER}
"""Who writes into the folder by one of these lines: exports, and reports."""

OTHERS = ("Patel", "Otieno", DEV[1:], DEV[-4:], "Ng)", "owner1")
"""Words of conversations that are not the sender's, and of people's."""

SENDERS_TABLES = {
    *("message", "event", "event_conversation", "conversation", "assignment", "answer", "opt_out", "sqlite_sequence"),
    *("preference", "presence", "draft", "follow_up_state", "conversation_follow_up"),
}
"""Tables in which a sender may change rows."""

NOT_THEIRS = (2, 3)
"""Conversations that are not the sender's."""


@dataclass(frozen=True, slots=True)
class Host:
    """The account on the host, with a home, a database, and a folder that is none of its business."""

    arranged: Path
    database: Path
    home: Path
    outside: Path

    def as_arranged(self) -> None:
        """Have the database as it was."""
        arrange_again(self.arranged, self.database)

    @property
    def files(self) -> dict[Path, bytes | None]:
        """Every file and folder, besides those of the database."""
        found = [path for folder in (self.home, self.outside) for path in sorted(folder.rglob("*"))]
        return {path: path.read_bytes() if path.is_file() else None for path in found}

    @property
    def folder(self) -> set[str]:
        """What is in the one folder, and whatever else is beside the database that was not there."""
        beside = {path for path in self.database.parent.iterdir() if not path.name.startswith("thrumsg.db")}
        folder = self.database.with_name("thrumsg.db.files")
        return {str(path.relative_to(folder)) for path in folder.rglob("*")} | set(map(str, beside))

    def ask(self, who: str, command: str) -> Done:
        """Run the command that somebody's client asks for, as sshd would have it run."""
        out, err = TextIOWrapper(BytesIO(), "utf-8"), StringIO()
        os.environ["SSH_ORIGINAL_COMMAND"] = command
        with redirect_stdout(out), redirect_stderr(err):
            code = main(["--db", str(self.database), "--forced-login", who])
        out.flush()
        return Done(code, out.buffer.getvalue().decode("utf-8", "replace"), err.getvalue())

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """All that is stored, by table."""
        with closing(sqlite3.connect(self.database)) as conn:
            names = [name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: sorted(conn.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in names}

    def threads(self) -> list[tuple[object, ...]]:
        """What is stored of the conversations that are not the sender's."""
        with closing(sqlite3.connect(self.database)) as conn:
            return [
                *conn.execute("SELECT * FROM conversation WHERE id IN (?, ?) ORDER BY id", NOT_THEIRS),
                *conn.execute("SELECT * FROM message WHERE conversation_id IN (?, ?) ORDER BY id", NOT_THEIRS),
            ]


@pytest.fixture(scope="module")
def arranged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("database") / "thrumsg.db"
    folder = tmp_path_factory.mktemp("arranged")

    def run(*words: object) -> None:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as error:
            assert main(["--db", str(database), *map(str, words)]) == 0, (words, error.getvalue())

    arrange(run, folder)
    put_in_doubt(database)
    return database


@pytest.fixture
def host(arranged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    made = Host(arranged, tmp_path / "data" / "thrumsg.db", tmp_path / "home", tmp_path / "outside")
    for folder in (made.database.parent, made.home, made.outside, made.home / ".ssh"):
        folder.mkdir(mode=0o700)
    (made.home / ".ssh" / "authorized_keys").write_text("as it was")
    (made.home / ".profile").write_text("as it was")
    made.as_arranged()
    monkeypatch.chdir(made.home)
    monkeypatch.setattr(sys, "stdin", StringIO())
    for variable in ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(made.home))
    monkeypatch.setenv("THRUMSG_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("SSH_ORIGINAL_COMMAND", "")
    monkeypatch.delenv("THRUMSG_DB", raising=False)
    return made


FOR_ANYBODY = {("completion",), *(("config", each) for each in ("check", "path", "show"))}
"""Commands that read no database, and print the same for everybody."""


def lines(host: Host) -> Iterator[CommandLine]:
    """Every command and option; those that name files with each hostile name."""
    for nth, file in enumerate(FILES):
        for line in command_lines(file.format(outside=host.outside)):
            if nth == 0 or line.names_files:
                yield line


def wrong_with(who: str, line: CommandLine, came: Done) -> str | None:
    """What no answer may be, whoever gets it."""
    if came.code not in {0, 1, 2}:
        return f"ended with {came.code}"
    if "Traceback" in came.err or "went wrong" in came.err:
        return "failed in a way that nobody foresaw"
    given = str(line)
    said = came.out + came.err
    if who == Role.SENDER and (found := [word for word in OTHERS if word in said and word not in given]):
        return f"told of others: {found}"
    if who == STRANGER and line.command not in FOR_ANYBODY and (came.out or came.code == 0):
        return "told a stranger something"
    return None


@contextmanager
def no_file_changes(host: Host) -> Iterator[None]:
    before = host.files
    yield
    assert host.files == before


@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_gets_more_than_their_role_has(host: Host, who: str) -> None:
    rows, threads, untouched = host.rows(), host.threads(), host.arranged.read_bytes()
    wrong: list[str] = []
    kept: set[str] = set()
    tried: set[tuple[tuple[str, ...], str]] = set()

    def note(line: CommandLine, came: Done, why: str | None) -> None:
        if why:
            wrong.append(f"{line}: {why}\n{came.out[-200:]}{came.err[-200:]}")

    with no_file_changes(host):
        for line in lines(host):
            came = host.ask(who, str(line))
            tried.add((line.command, line.option))
            note(line, came, wrong_with(who, line, came))
            if there := host.folder:
                named = {line.words[-1]} if line.command == ("files", "add") else {NAME}
                note(line, came, None if who in WRITERS and there == named else f"wrote {there}")
                kept.update(there)
            if host.database.read_bytes() != untouched and rows != (after := host.rows()):
                changed = {name for name in after if after[name] != rows.get(name)}
                note(line, came, _too_much(who, changed, threads, host))
                host.as_arranged()
    assert wrong == []
    assert bool(kept) is (who in WRITERS)
    assert tried == {(line.command, line.option) for line in command_lines("-")}


def _too_much(who: str, changed: set[str], threads: list[tuple[object, ...]], host: Host) -> str | None:
    """What a person may not have changed; what each role may is tested by the table of roles."""
    if who == STRANGER:
        return f"a stranger changed {changed}"
    if who != Role.SENDER:
        return None
    if more := changed - SENDERS_TABLES:
        return f"a sender changed {more}"
    return "a sender changed what is not theirs" if host.threads() != threads else None


def test_every_command_and_every_option_is_tried(host: Host) -> None:
    """A parser with one more option has one more line."""
    from thrumsg_tui.cli import commands
    from thrumsg_tui.cli.argument_parser import Commands

    before = {(line.command, line.option) for line in command_lines("-")}
    added: Callable[[Commands], None] = commands.add_commands

    def with_one_more(level: Commands) -> None:
        added(level)
        level.add("new", "new.run", "is new", "upkeep_arguments.demo")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("thrumsg_tui.cli.parser.add_commands", with_one_more)
        build_parser.cache_clear()
        after = {(line.command, line.option) for line in command_lines("-")}
    build_parser.cache_clear()
    assert after - before == {(("new",), ""), (("new",), "--seed"), (("new",), "--fresh"), (("new",), "--tour")}
    assert host.database.exists()


def test_every_command_at_a_real_server(team: Team) -> None:
    """Each command as a sender, and as an owner those that name a file, and with a stranger some of each."""
    target = team.database.parent / "target"
    every = [line for line in command_lines(str(target)) if not line.option]
    naming = [line for line in command_lines(str(target)) if line.names_files]
    asked: list[tuple[str, CommandLine]] = [(Role.SENDER, line) for line in every]
    asked += [(Role.OWNER, line) for line in naming] + [(STRANGER, line) for line in every[::8]]
    threads, files = _threads(team), team.files
    for who in (Role.SENDER, Role.OWNER, STRANGER):
        team.ask(who, "campaign list")  # opens the connection that the others share

    def ask(each: tuple[str, CommandLine]) -> tuple[str, CommandLine, Done]:
        return *each, team.ask(each[0], str(each[1]))

    with ThreadPoolExecutor(4) as at_once:
        came = list(at_once.map(ask, asked))
    wrong = [(who, str(line), why, each) for who, line, each in came if (why := wrong_with(who, line, each))]
    assert wrong == []
    assert [str(line) for who, line, each in came if who == Role.OWNER and each.code == 0] == []
    assert team.files == files
    assert _threads(team) == threads


def _threads(team: Team) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(team.database)) as conn:
        return [*conn.execute("SELECT * FROM message WHERE conversation_id IN (?, ?) ORDER BY id", NOT_THEIRS)]

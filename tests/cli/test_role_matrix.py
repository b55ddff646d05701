"""The table of roles, tried from the command line, each thing by each role (docs/rules.md 8.1, 8.2)."""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from types import FrameType

import pytest

import thrumsg_tui.store.changes
from tests.cli.conftest import Shell
from tests.new_database import Template, contents, give_back, no_database
from tests.roles import IN_OTHER_WORDS, ROWS, Row, arrange, put_in_doubt
from thrumsg_tui.cli.main import main
from thrumsg_tui.cli.parser import build_parser
from thrumsg_tui.domain.permissions import Permission, Role
from thrumsg_tui.store.database import Database

CHANGES = Path(thrumsg_tui.store.changes.__path__[0])

NOT_A_COMMAND = {
    "shared_files.writing_shared": "stores who wrote what over SSH: tests/cli/test_shared_files.py",
    "launch_check.confirm_open_points": "`campaign launch --confirm` later on: tests/cli/test_launch_check.py",
    "shared_files.remove_shared": "removes it: tests/cli/test_shared_files.py",
    "drafts.keep_draft": "the message box of the app keeps what is being written",
    "old_queue.cancel_old": "deliver --cancel-old needs a carrier: tests/cli/test_deliver.py",
}
"""Changes that no command makes, and why."""


@dataclass(frozen=True, slots=True)
class Arranged:
    """The database that the table is tried in, and the folder of its files, both to be copied."""

    database: Template
    folder: Path


@pytest.fixture(scope="module")
def arranged(tmp_path_factory: pytest.TempPathFactory) -> Arranged:
    folder = tmp_path_factory.mktemp("arranged")
    database = no_database(tmp_path_factory.mktemp("database") / "thrumsg.db")

    def run(*words: object) -> None:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as error:
            assert main(["--db", str(database), *map(str, words)]) == 0, (words, error.getvalue())

    arrange(run, folder)
    put_in_doubt(database)
    return Arranged(Template(database), folder)


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody at the keyboard, in a copy of what was arranged."""

    shell: Shell
    folder: Path
    out: Path

    def dump(self) -> object:
        """All that is stored."""
        return contents(self.shell.location)

    @property
    def written(self) -> list[Path]:
        """The files that were written."""
        return list(self.out.iterdir())


@pytest.fixture
def seat(shell: Shell, arranged: Arranged, tmp_path: Path) -> Seat:
    shell.use(arranged.database.copy(tmp_path / "thrumsg.db"))
    out = tmp_path / "out"
    out.mkdir()
    folder = tmp_path / "folder"
    shutil.copytree(arranged.folder, folder)
    return Seat(shell, folder, out)


def _lines(row: Row, seat: Seat) -> list[str]:
    """The words of a row; `undo 1` stands for the first reassignment, whose id the journal tells."""
    words = row.words(seat.folder, seat.out)
    if words == ["undo", "1"]:
        with closing(Database(seat.shell.location)) as db, db.reading() as conn:
            (first,) = conn.execute("SELECT MIN(id) FROM event WHERE action = 'reassign'").fetchone()
        return ["undo", str(first)]
    return words


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_each_role_does_what_the_one_before_it_may_and_more(seat: Seat, row: Row, role: Role) -> None:
    words, before = _lines(row, seat), seat.dump()
    seat.shell.log_in(role)
    result = seat.shell.run(*words)
    if role.rank >= row.weakest.rank:
        assert (result.code, result.err) == (0, "")
        assert (seat.dump() == before) is row.looks
        assert bool(seat.written) is ("{out}" in row.line)
        return
    assert (result.code, result.out) == (1, "")
    assert result.err.count("\n") == 1
    if row.action:
        assert (
            f"You may not {row.action}: that needs the role {row.weakest} or above, and {role} is {role}." in result.err
        )
    assert seat.dump() == before
    assert seat.written == []


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("row", [row for row in ROWS if row.names_files], ids=lambda row: row.name)
def test_under_a_forced_command_nobody_names_files(seat: Seat, row: Row, role: Role) -> None:
    words, before = _lines(row, seat), seat.dump()
    seat.shell.log_in("shared")
    result = seat.shell.run("--forced-login", role, *words)
    assert (result.code, result.out) == (1, "")
    assert "You may not name a file here" in result.err
    assert seat.dump() == before
    assert seat.written == []


def test_under_a_forced_command_a_list_may_be_piped_in(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("415 555 0199\n"))
    done = seat.shell.json("--forced-login", "moderator", "opt-out-list", "-")
    assert done["opted_out"] == ["+14155550199"]


# Nothing is missing from the table


def test_each_action_of_the_rules_is_in_the_table() -> None:
    assert {row.action for row in ROWS if row.action} | IN_OTHER_WORDS.keys() == set(Permission)


CONFIG = ("show", "edit", "check", "path")


def test_each_command_is_in_the_table() -> None:
    commands = set(_commands(build_parser()))
    tried = {max((each for each in commands if _begins(row, each)), key=len) for row in ROWS}
    untried: dict[tuple[str, ...], str] = {
        ("completion",): "reads no database: tests/cli/test_completion.py",
        **{("config", each): "reads no database: tests/cli/test_config.py" for each in CONFIG},
        ("demo",): "opens the app",
        ("gateway", "check"): "reads no database: tests/cli/test_gateway_check.py",
        ("files", "list"): "is about a folder: tests/cli/test_shared_files.py",
        ("files", "add"): "is about a folder: tests/cli/test_shared_files.py",
        ("files", "show"): "is about a folder: tests/cli/test_shared_files.py",
        ("files", "remove"): "is about a folder: tests/cli/test_shared_files.py",
        ("media",): "asks the carrier: tests/cli/test_media.py",
        ("listen",): "runs until it is stopped: tests/cli/test_listen.py",
        ("move",): "closes its database: tests/cli/test_move.py",
        ("web",): "opens the app: tests/e2e/test_web.py",
        ("restore",): "replaces everything: tests/cli/test_restore.py",
    }
    assert commands - tried == untried.keys()


def test_each_change_of_the_store_is_made_by_the_table(seat: Seat, arranged: Arranged, tmp_path: Path) -> None:
    made: set[str] = set()
    for nth, row in enumerate(ROWS):
        give_back(seat.shell.location)
        seat.shell.use(arranged.database.copy(tmp_path / f"{nth}.db"))
        words = _lines(row, seat)
        seat.shell.log_in("owner")
        with _watching(made):
            seat.shell.done(*words)
    assert _changes() - made == NOT_A_COMMAND.keys()


def _begins(row: Row, command: tuple[str, ...]) -> bool:
    return tuple(row.line.split()[: len(command)]) == command


def _commands(parser: argparse.ArgumentParser, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command, as the words that call it."""
    levels = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    if not levels:
        yield before
    for level in levels:
        for name, below in level.choices.items():
            yield from _commands(below, (*before, name))


def _changes() -> set[str]:
    """Every change that somebody makes: the public functions that take a database and who it is."""
    found = set()
    for each in pkgutil.iter_modules([str(CHANGES)]):
        module = importlib.import_module(f"thrumsg_tui.store.changes.{each.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and {"db", "who"} <= inspect.signature(function).parameters.keys():
                found.add(f"{each.name}.{name}")
    return found


@contextmanager
def _watching(made: set[str]) -> Iterator[None]:
    """Note the changes that are called meanwhile."""

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(str(CHANGES)):
            made.add(f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}")

    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)

"""What each command loads, seen in a process of its own."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.cli.every_command import every_command
from thrumsg_tui.cli.argument_parser import function
from thrumsg_tui.cli.parser import build_parser, parse

pytestmark = pytest.mark.only_sqlite("it names the modules that SQLite needs")

_HEAVY = ("asyncio", "phonenumbers", "platformdirs", "rich", "sqlite3", "sqlite_utils", "textual")
_RARE = tuple(f"thrumsg_tui.store.engines.sqlite.{name}" for name in ("copy", "damage", "upgrade"))
"""Parts of the engine for new, old, damaged and restored databases."""
_PROBE = """
import sys
from thrumsg_tui.cli.main import main
code = main(sys.argv[1:])
print(code, *sys.modules, file=sys.stderr)
"""


def every_module(database: Path, *words: str, given: str = "") -> set[str]:
    command = [sys.executable, "-c", _PROBE, *words]
    environment = os.environ | {"THRUMSG_DB": str(database)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True, input=given)
    code, *modules = done.stderr.splitlines()[-1].split()
    assert code == "0", done.stderr
    return set(modules)


def loaded(database: Path, *words: str) -> list[str]:
    modules = every_module(database, *words)
    return [name for name in _HEAVY + _RARE if name in modules]


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["campaign", "create", "--help"]])
def test_help_and_version_load_nothing(shell: Shell, words: list[str]) -> None:
    assert loaded(shell.database, *words) == []


def test_version_and_help_load_next_to_nothing(shell: Shell) -> None:
    for words in (["--version"], ["--help"]):
        modules = every_module(shell.database, *words)
        assert modules & {"dataclasses", "datetime", "inspect", "json", "lzma", "unicodedata", "zoneinfo"} == set()
        assert len(ours(modules)) <= 16


@pytest.mark.parametrize("columns", [40, 90])
def test_help_is_as_wide_as_the_environment_says(columns: int) -> None:
    words = [sys.executable, "-m", "thrumsg_tui", "campaign", "--help"]
    done = subprocess.run(words, capture_output=True, text=True, env=os.environ | {"COLUMNS": str(columns)}, check=True)
    assert columns - 20 < max(map(len, done.stdout.splitlines())) < columns


def test_a_command_that_reads_loads_what_it_shows(shell: Shell) -> None:
    login = "--forced-login", "root"
    shell.done("campaign", "create", "Spring", "--initial", "Hi")
    modules = ours(every_module(shell.database, *login, "overview", "Spring", "--json"))
    needless = (
        "domain.event_sentences",
        "domain.campaign_facts",
        "domain.content_facts",
        "store.changes.",
        "store.journal",
        "gateway",
        "tui",
    )
    assert [name for name in modules if name.startswith(needless)] == ["store.changes.due"]
    assert len(modules) <= 70


def test_a_move_and_its_undo_load_nothing_of_other_changes(spring: Shell) -> None:
    """Nor a saved plan, nor what a line of progress needs, since a script sees none."""
    move = "reassign", "Spring", "--from-unassigned", "--to", "kim", "--json"
    for words in (move, ("undo", "--json")):
        modules = every_module(spring.database, "--forced-login", "root", *words)
        needless = "cli.plan_file", "store.changes.opt_out", "store.changes.send", "store.queries.thread"
        assert [name for name in ours(modules) if name.startswith(needless)] == [], words
        assert modules & {"shutil", "lzma", "rich"} == set(), words
        assert len(ours(modules)) <= 100, words


def test_an_import_loads_nothing_of_other_kinds_of_file(spring: Shell) -> None:
    words = "--forced-login", "root", "import", "contacts", "-", "--campaign", "Spring", "--json"
    modules = ours(every_module(spring.database, *words, given="First Name,Cell\nZoe,415 555 0199\n"))
    kinds = [f"store.imports.{kind}" for kind in ("opt_outs", "replies", "survey", "users")]
    needless = (*kinds, "store.export_rows", "store.changes.opt_out", "store.changes.undo")
    assert [name for name in modules if name.startswith(needless)] == []


_GARBAGE = """
import gc, sys
from thrumsg_tui.__main__ import main
code = main()
print(code, gc.isenabled(), gc.get_freeze_count() > 10_000, file=sys.stderr)
"""


def test_garbage_is_collected_once_a_command_is_loaded(shell: Shell) -> None:
    """And what was loaded is never looked at again."""
    command = [sys.executable, "-c", _GARBAGE, "--forced-login", "root", "campaign", "list"]
    environment = os.environ | {"THRUMSG_DB": str(shell.database)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert done.stderr.splitlines()[-1] == "0 True True"


def ours(modules: set[str]) -> list[str]:
    return sorted(name.removeprefix("thrumsg_tui.") for name in modules if name.startswith("thrumsg_tui."))


def test_ordinary_commands_load_no_screen_and_no_migrations(shell: Shell) -> None:
    login = "--forced-login", "root"
    shell.done("campaign", "list")
    assert loaded(shell.database, *login, "campaign", "create", "Spring", "--initial", "Hi") == ["sqlite3"]
    assert loaded(shell.database, *login, "overview", "Spring", "--json") == ["sqlite3"]
    assert loaded(shell.database, *login, "conversations", "Spring") == ["sqlite3"]
    assert loaded(shell.database, *login, "export", "messages") == ["sqlite3"]


def test_no_parser_is_made_but_that_of_the_command() -> None:
    build_parser.cache_clear()
    parse(["survey", "results", "Spring"])
    (groups,) = [each for each in build_parser()._actions if isinstance(each, argparse._SubParsersAction)]
    made = {name: below for name, below in groups.choices.items() if "_actions" in vars(below)}
    assert made.keys() == {"survey"}
    (survey,) = [each for each in made["survey"]._actions if isinstance(each, argparse._SubParsersAction)]
    assert [name for name, below in survey.choices.items() if "_actions" in vars(below)] == ["results"]


def test_every_command_has_its_function() -> None:
    named = [parser.get_default("run") for parser in every_command(build_parser())]
    assert len(named) == len(set(named)) > 60
    for run in [*named, parse([]).run]:
        assert callable(function(run))

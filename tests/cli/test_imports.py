"""What each command loads, seen in a process of its own."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from thrumsg_tui.cli.argument_parser import function
from thrumsg_tui.cli.parser import build_parser, parse

_HEAVY = ("phonenumbers", "rich", "sqlite3", "sqlite_utils", "textual")
_RARE = tuple(f"thrumsg_tui.store.engines.sqlite.{name}" for name in ("copy", "damage", "upgrade"))
"""Parts of the engine for new, old, damaged and restored databases."""
_PROBE = """
import sys
from thrumsg_tui.cli.main import main
code = main(sys.argv[1:])
print(code, *[name for name in {heavy} if name in sys.modules], file=sys.stderr)
"""


def loaded(database: Path, *words: str) -> list[str]:
    command = [sys.executable, "-c", _PROBE.format(heavy=_HEAVY + _RARE), *words]
    environment = os.environ | {"THRUMSG_DB": str(database)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    code, *modules = done.stderr.splitlines()[-1].split()
    assert code == "0", done.stderr
    return modules


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["campaign", "create", "--help"]])
def test_help_and_version_load_nothing(shell: Shell, words: list[str]) -> None:
    assert loaded(shell.database, *words) == []


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


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    levels = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    if not levels:
        yield parser
    for level in levels:
        for below in level.choices.values():
            yield from commands(below)


def test_every_command_has_its_function() -> None:
    named = [parser.get_default("run") for parser in commands(build_parser())]
    assert len(named) == len(set(named)) > 60
    for run in [*named, parse([]).run]:
        assert callable(function(run))

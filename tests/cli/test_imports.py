"""What each command loads, seen in a process of its own."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from thrumsg_tui.cli.argument_parser import Commands, Parser
from thrumsg_tui.cli.commands import add_commands
from thrumsg_tui.cli.parser import parse

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


def test_every_command_has_its_function() -> None:
    named: list[str] = []

    class Noting(Commands):
        def add(self, name: str, run: str, explanation: str, **settings: object) -> Parser:
            named.append(run)
            return super().add(name, run, explanation)

        def group(self, name: str, explanation: str, *, alone: str | None = None) -> Commands:
            return Noting(self._added(name, explanation), required=True)

    add_commands(Noting(Parser(), required=False))
    assert len(named) == len(set(named))
    for run in [*named, parse([]).run]:
        module, _, function = run.rpartition(".")
        assert callable(getattr(import_module(f"thrumsg_tui.cli.{module}"), function))

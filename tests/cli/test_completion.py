"""Shells complete thrumsg's commands, options and file names, and `man` shows its page.

Each script runs in the shell for which it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.outside_tools import require_tool

ROOT = Path(__file__).parent.parent.parent

BASH = """
source "$SCRIPT"
COMP_WORDS=(thrumsg {words} {begun!r}); COMP_CWORD={place}
_shtab_thrumsg thrumsg {begun!r} {before}
printf '%s\\n' "${{COMPREPLY[@]}}"
"""

ZSH = """
autoload -U compinit && compinit -D -u
eval "$(cat "$SCRIPT")"
zmodload zsh/zpty
zpty shell "zsh -f -i"
zpty -w shell "PS1=; fpath=($PWD \\$fpath); autoload -U compinit; compinit -D -u; eval \\"\\$(cat $SCRIPT)\\""
zpty -w -n shell $'thrumsg campaign arch\\t'
zpty -r shell shown '*archive*' && print -r -- archive
"""


def completed(script: str, program: str, tmp_path: Path, commands: str) -> list[str]:
    """Run commands in a shell that has read a script; return the words that they print, without explanations."""
    file = tmp_path / "script"
    file.write_text(script)
    found = subprocess.run(
        [program, "-c", commands],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SCRIPT": str(file), "TERM": "dumb"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert found.stderr == ""
    return [line.split("\t")[0] for line in found.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "begun", "found"),
    [
        ([], "camp", ["campaign"]),
        (["campaign"], "a", ["archive", "add-sender"]),
        (["campaign", "create"], "--q", ["--quicksend", "--quiet-hours"]),
        (["completion"], "", ["bash", "zsh", "fish"]),
        (["web"], "--p", ["--port"]),
        (["import", "contacts"], "cont", ["contacts.csv"]),
        (["--db"], "cont", ["contacts.csv"]),
    ],
)
def test_bash_completes(shell: Shell, tmp_path: Path, words: list[str], begun: str, found: list[str]) -> None:
    (tmp_path / "contacts.csv").touch()
    script = shell.done("completion", "bash")
    before = words[-1] if words else "thrumsg"
    asked = BASH.format(words=" ".join(words), begun=begun, place=len(words) + 1, before=before)
    assert completed(script, "bash", tmp_path, asked) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("thrumsg camp", ["campaign"]),
        ("thrumsg campaign a", ["add-sender", "archive"]),
        ("thrumsg campaign create --q", ["--quicksend", "--quiet-hours"]),
        ("thrumsg completion f", ["fish"]),
        ("thrumsg import contacts cont", ["contacts.csv"]),
    ],
)
def test_fish_completes(shell: Shell, tmp_path: Path, line: str, found: list[str]) -> None:
    require_tool("shells", is_there=shutil.which("fish") is not None)
    (tmp_path / "contacts.csv").touch()
    script = shell.done("completion", "fish")
    assert sorted(completed(script, "fish", tmp_path, f"source $SCRIPT; complete -C '{line}'")) == found


def test_zsh_completes(shell: Shell, tmp_path: Path) -> None:
    require_tool("shells", is_there=shutil.which("zsh") is not None)
    assert completed(shell.done("completion", "zsh"), "zsh", tmp_path, ZSH)[-1:] == ["archive"]


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_a_script_begins_with_how_to_install_it(shell: Shell, name: str) -> None:
    lines = shell.done("completion", name).splitlines()
    assert lines[0] == ("#compdef thrumsg" if name == "zsh" else "# To install it:")
    head = "\n".join(takewhile(lambda line: line.startswith("#"), lines))
    assert f"thrumsg completion {name}" in head
    assert "shtab" not in head


def test_without_a_shell_it_tells_how_to_install_it(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/usr/bin/fish")
    told = shell.done("completion")
    assert told.startswith("fish:\n")
    assert all(f"\n{name}:\n" in f"\n{told}" for name in ("bash", "zsh", "fish"))
    assert [*shell.json("completion")] == ["fish", "bash", "zsh"]


def test_what_is_told_for_bash_works(shell: Shell, tmp_path: Path) -> None:
    """The commands are run as they are told, in a shell whose thrumsg is ours."""
    ours = tmp_path / "thrumsg"
    ours.write_text(f'#!/bin/sh\nexec {sys.executable} -m thrumsg_tui "$@"\n')
    ours.chmod(0o755)
    lines = shell.json("completion")["bash"]
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    subprocess.run(["bash", "-ec", "\n".join(lines)], env=environment, cwd=ROOT, check=True)
    installed = tmp_path / ".local/share/bash-completion/completions/thrumsg"
    assert installed.read_text() == shell.done("completion", "bash")


def test_json_has_the_script(shell: Shell) -> None:
    told = shell.json("completion", "bash")
    assert told["shell"] == "bash"
    assert told["script"].rstrip() == shell.done("completion", "bash").rstrip()


def test_no_database_is_needed(shell: Shell) -> None:
    shell.done("completion", "fish")
    assert not shell.database.exists()


def test_other_shells_are_refused_with_those_that_are_known(shell: Shell) -> None:
    refused = shell.run("completion", "tcsh")
    assert refused.code == 2
    assert "'bash', 'zsh', 'fish'" in refused.err


def test_a_command_pays_nothing_for_it(shell: Shell) -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import sys, thrumsg_tui.cli.main; print('shtab' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout == "False\n"


def test_the_manual_page_is_clean(tmp_path: Path) -> None:
    require_tool("shells", is_there=shutil.which("man") is not None)
    shown = subprocess.run(
        ["man", "--warnings", "-l", str(ROOT / "docs" / "thrumsg.1")],
        env={"PATH": os.environ["PATH"], "MANWIDTH": "80", "LC_ALL": "C.UTF-8", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stderr == ""
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert "--to-unassigned" in shown.stdout

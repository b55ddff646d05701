"""What `thrumsg --version` tells for a report of a fault, and what it does not tell."""

from __future__ import annotations

import getpass
import json
import os
import re
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from thrumsg_tui import __version__
from thrumsg_tui.cli.version import checked_out, version_lines
from thrumsg_tui.store.schema import MIGRATIONS

ROOT = Path(__file__).parent.parent.parent


def facts(environment: dict[str, str] | None = None, path: list[str] | None = None) -> dict[str, str]:
    """What stands below the first line, by its heading."""
    first, *lines = version_lines(environment or {}, sys.path if path is None else path)
    assert first == f"thrumsg {__version__}"
    pairs = (line.strip().partition("  ") for line in lines)
    return {name: value.strip() for name, _, value in pairs}


def test_the_first_line_is_the_version_alone(shell: Shell) -> None:
    first, *others = shell.done("--version").splitlines()
    assert first == f"thrumsg {__version__}"
    assert all(line.startswith("  ") for line in others)


def test_it_tells_what_runs() -> None:
    told = facts()
    assert told["Python"].startswith(".".join(map(str, sys.version_info[:3])))
    assert told["database"] == f"format {len(MIGRATIONS)}"
    for package in ("textual", "rich", "psycopg", "textual-serve"):
        assert told[package] == version(package)
    assert re.fullmatch(r"3\.\d+\.\d+", told["SQLite"])
    assert told["system"].startswith(f"{os.uname().sysname} {os.uname().release} {os.uname().machine}")


def test_what_is_not_installed_is_said(tmp_path: Path) -> None:
    told = facts(path=[str(tmp_path), str(tmp_path / "nowhere")])
    assert told["psycopg"] == told["textual"] == "not installed"


def test_the_package_that_python_finds_first_counts(tmp_path: Path) -> None:
    for folder, number in (("first", "8.2.9"), ("second", "8.2.1")):
        (tmp_path / folder / f"textual-{number}.dist-info").mkdir(parents=True)
    assert facts(path=[str(tmp_path / "first"), str(tmp_path / "second")])["textual"] == "8.2.9"


def test_it_tells_nothing_of_the_person(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.8 22")
    monkeypatch.setenv("TMUX", "/tmp/tmux-1000/default,2,0")
    said = shell.done("--version")
    assert "SSH" in said
    login, home = getpass.getuser(), os.path.expanduser("~")  # noqa: PTH111 - as it is written
    for private in (f" {login}", home, str(ROOT), socket.gethostname(), "192.0.2", "/tmp", str(shell.database)):
        assert private not in said


def test_a_terminal_is_told_with_what_stands_between() -> None:
    told = facts({"TERM": "tmux-256color", "TERM_PROGRAM": "iTerm\x1b[2J", "TMUX": "x", "NO_COLOR": "1", "LANG": "C"})
    assert "\x1b" not in told["terminal"]
    assert told["terminal"].startswith("tmux-256color, iTerm")
    assert "tmux, NO_COLOR" in told["terminal"]
    assert told["locale"].startswith("C, ")
    assert facts()["terminal"].startswith("no TERM")


# The commit


def git(folder: Path, *words: str) -> str:
    named = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    done = subprocess.run(["git", *named, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_commit_of_a_checkout(tmp_path: Path) -> None:
    repository, second = tmp_path / "repository", tmp_path / "second"
    repository.mkdir()
    assert checked_out(str(repository)) is None
    git(repository, "init", "-q", "-b", "main")
    git(repository, "commit", "-q", "--allow-empty", "-m", "one")
    commit = git(repository, "rev-parse", "HEAD")
    assert checked_out(str(repository)) == commit
    git(repository, "worktree", "add", "-q", "-b", "other", str(second))
    git(second, "commit", "-q", "--allow-empty", "-m", "two")
    assert checked_out(str(second)) == git(second, "rev-parse", "HEAD") != commit
    git(repository, "pack-refs", "--all", "--prune")
    assert checked_out(str(repository)) == commit
    git(repository, "checkout", "-q", "--detach")
    assert checked_out(str(repository)) == commit


def test_the_commit_of_an_installation_from_git(tmp_path: Path) -> None:
    folder = tmp_path / f"thrumsg-{__version__}.dist-info"
    folder.mkdir()
    commit = "0123456789abcdef0123456789abcdef01234567"
    origin = {"url": "https://example.org/thrumsg.git", "vcs_info": {"vcs": "git", "commit_id": commit}}
    (folder / "direct_url.json").write_text(json.dumps(origin))
    assert facts(path=[str(tmp_path)])["commit"] == commit


def test_the_hash_of_a_wheel_is_no_commit(tmp_path: Path) -> None:
    folder = tmp_path / f"thrumsg-{__version__}.dist-info"
    folder.mkdir()
    wheel = "0123456789abcdef" * 4
    origin = {"url": "file:///thrumsg.whl", "archive_info": {"hash": f"sha256={wheel}", "hashes": {"sha256": wheel}}}
    (folder / "direct_url.json").write_text(json.dumps(origin))
    assert wheel not in facts(path=[str(tmp_path)])["commit"]

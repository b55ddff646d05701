"""What goes to a terminal is harmless, whatever writes it; to a file or pipe it is exact (docs/rules.md 11.3)."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.accounts import own_login
from tests.cli.conftest import MARIA, Shell

NASTY = "hi\x1b]0;owned\x07\x9b31m\u202ethere\x1b[2J"


def at_terminal(*words: object, **environment: str) -> bytes:
    """Run a command line whose output and complaints go to a terminal, and return what that gets."""
    screen, keyboard = pty.openpty()
    command = [sys.executable, "-m", "thrumsg_tui", *map(str, words)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=keyboard, stderr=keyboard, env=os.environ | environment
    ) as process:
        os.close(keyboard)
        shown = b""
        try:
            while more := os.read(screen, 65536):
                shown += more
        except OSError:  # Linux says so that the other end is closed
            pass
        process.wait()
    os.close(screen)
    return shown


def harmless(shown: bytes) -> bool:
    text = shown.decode("utf-8")
    return not any(each in text for each in ("\x1b", "\x07", "\x9b", "\u202e"))


@pytest.fixture
def nasty(spring: Shell) -> Shell:
    spring.done("user", "add", own_login(), "--first-name", "A", "--last-name", "B", "--role", "owner")
    spring.done("send", 1)
    spring.done("receive", "--from", MARIA, "--body", NASTY)
    spring.done("opt-out", MARIA, "--note", NASTY)
    return spring


@pytest.mark.parametrize(
    "words",
    [
        ("export", "messages", "Spring"),
        ("export", "messages", "--json"),
        ("export", "opt-outs"),
        ("export", "messages", "--out", "-"),
        ("export", "messages", "--out", "/dev/stdout"),
        ("thread", 1),
        ("thread", 1, "--json"),
        ("opt-outs", "--json"),
        ("overview", NASTY),
        ("history", "--person", NASTY),
        ("import", "users", f"{NASTY}.csv"),
        ("restore", f"{NASTY}.db"),
        ("backup", f"no{NASTY}/b.db"),
        ("import", "contacts", "x.csv", "--campaign", "Spring", "--map", NASTY),
        (NASTY,),
    ],
)
def test_no_command_writes_an_escape_to_a_terminal(nasty: Shell, words: tuple[object, ...]) -> None:
    shown = at_terminal(*words)
    assert shown
    assert harmless(shown), shown


def test_rejected_rows_at_a_terminal_are_harmless(nasty: Shell, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(f"first,phone\n{NASTY},12\n", encoding="utf-8")
    assert harmless(at_terminal("import", "contacts", tmp_path / "in.csv", "--campaign", "Spring", "--rejects", "-"))


def test_a_pipe_and_a_file_get_the_text_as_it_is(nasty: Shell, tmp_path: Path) -> None:
    assert NASTY in nasty.done("export", "messages")
    nasty.done("export", "messages", "--out", tmp_path / "out.csv")
    assert NASTY in (tmp_path / "out.csv").read_text(encoding="utf-8")


def test_an_export_to_a_terminal_that_is_not_utf_8_is_plain(nasty: Shell) -> None:
    nasty.done("receive", "--from", MARIA, "--body", "À demain \U0001f600")
    shown = at_terminal("export", "messages", LC_ALL="C", PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    assert not any(0x80 <= each < 0xA0 for each in shown)
